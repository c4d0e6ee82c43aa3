"""The verbs of a vocabulary: what each takes, and where it is offered."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from homeroom.commands import Command
from homeroom.resources import camel_case
from homeroom.signatures import REQUIRED, prose
from homeroom_graphql.inputs import reason_field
from homeroom_graphql.schema import REMOVED, payload_field
from homeroom_graphql.vocabulary.columns import file_columns
from homeroom_graphql.vocabulary.inputs import InputMaker, taken
from homeroom_graphql.vocabulary.values import VerbPlace, VocabularyVerb

if TYPE_CHECKING:
    from homeroom.computed_queries import ComputedQuery
    from homeroom_graphql.vocabulary.speaker import Speaker

__all__ = ["Placing", "placing_of", "verb_of"]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a verb is offered.

    Args:
        place: Where.
        noun: The noun that it is about; empty if it is about none.
        subject: The parameter with what it is offered at; empty if there is none.
        subject_noun: The noun of that.
        table: The parameter with the rows of a table; empty if there is none.
    """

    place: VerbPlace
    noun: str = ""
    subject: str = ""
    subject_noun: str = ""
    table: str = ""


def placing_of(verb: Command | ComputedQuery) -> Placing:
    """Where a verb is offered, by what it must be given and what it answers with.

    A row of the noun that it answers with, or removes, comes first; then rows of any noun; then rows to be written;
    then a row of another noun, at which something is added or done.
    """
    if not isinstance(verb, Command):
        return Placing(VerbPlace.APART)
    noun = verb.returns or verb.removed_resource
    must = {name: taken(kind) for name, (kind, default) in verb.parameters.items() if default is REQUIRED}
    ids = [(name, each.noun) for name, each in must.items() if each.noun and not each.many]
    several = [(name, each.noun) for name, each in must.items() if each.noun and each.many]
    rows = [name for name, each in must.items() if each.many and dataclasses.is_dataclass(each.base)]
    for name, target in ids:
        if target == noun:
            return Placing(VerbPlace.ROW, noun, name, target)
    for name, target in several[:1]:
        return Placing(VerbPlace.ROWS, noun or target, name, target)
    for name in rows[:1]:
        subject, target = ids[0] if ids else ("", "")
        place = VerbPlace.TABLE if noun or target else VerbPlace.APART
        return Placing(place, noun or target, subject, target, name)
    for name, target in ids[:1]:
        return Placing(VerbPlace.LIST if noun else VerbPlace.ROW, noun or target, name, target)
    return Placing(VerbPlace.LIST if noun else VerbPlace.APART, noun)


def verb_of(speaker: Speaker, verb: Command | ComputedQuery) -> VocabularyVerb:
    """A verb as the reader meets it."""
    placing = placing_of(verb)
    resources = speaker.variant.resources
    inputs = InputMaker(speaker, verb, resources.get(placing.noun), resources.get(placing.subject_noun)).all()
    command = verb if isinstance(verb, Command) else None
    return VocabularyVerb(
        name=verb.name,
        field=verb.field,
        label=speaker.labels.verb(verb),
        description=speaker.text(verb.name, prose(verb.description)),
        noun=placing.noun or None,
        place=placing.place,
        subject=camel_case(placing.subject) or None,
        subject_noun=placing.subject_noun or None,
        table=camel_case(placing.table) or None,
        inputs=inputs,
        answers=_answers(speaker, command) if command is not None else verb.field,
        many=command is not None and command.many,
        reason=reason_field(command) if command is not None else None,
        removes=bool(command is not None and command.removes),
        file_columns=list(file_columns(speaker, command)) if command is not None else [],
    )


def _answers(speaker: Speaker, command: Command) -> str | None:
    shown = payload_field(command, speaker.variant)
    if shown is None and command.value is not None:
        return "result"
    return shown or (REMOVED if command.removes else None)
