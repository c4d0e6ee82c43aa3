"""Where verbs are offered: at a row, at several rows, at a list, or by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from homeroom_graphql.vocabulary.values import Control, VerbPlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from homeroom.pages import Look
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyNoun, VocabularyVerb

__all__ = [
    "OWN_VALUES",
    "Action",
    "actions_apart",
    "actions_in_children",
    "actions_of_list",
    "actions_of_row",
    "actions_of_rows",
    "imports_of",
    "is_import",
    "offering",
]

#: The verb that writes the school's own fields; its form is about one row of any noun that has some.
OWN_VALUES: Final = "custom_fields.value.set"


@dataclass(frozen=True, slots=True)
class Action:
    """A verb where it is offered.

    Args:
        verb: The verb.
        address: Of its form.
        first: Whether it is offered beside the heading, and not in a menu.
        label: What people call it there.
    """

    verb: VocabularyVerb
    address: str
    first: bool
    label: str


def actions_of_row(reader: Reader, noun: VocabularyNoun, look: Look, row: str) -> Sequence[Action]:
    """What can be done with a row: its own verbs, then what is added at it."""
    found = [
        each
        for each in reader.vocabulary.verbs
        if each.subject_noun == noun.name and each.place is not VerbPlace.ROWS and each.name not in look.hidden
    ]
    setting = reader.words.verbs.get(OWN_VALUES)
    if setting is not None and any(each.own for each in noun.fields):
        found.append(setting)
    found.sort(key=lambda each: (each.place is not VerbPlace.ROW, each.removes))
    return _actions(found, look, row)


def actions_in_children(
    reader: Reader, noun: VocabularyNoun, child: VocabularyNoun, look: Look, row: str
) -> Sequence[Action]:
    """What adds rows of another noun at a row."""
    found = [
        each
        for each in reader.vocabulary.verbs
        if each.subject_noun == noun.name
        and each.noun == child.name
        and each.place in (VerbPlace.LIST, VerbPlace.TABLE)
        and each.name not in look.hidden
    ]
    return _actions(found, look, row)


def actions_of_rows(reader: Reader, noun: VocabularyNoun, look: Look) -> Sequence[Action]:
    """What can be done with several rows at once."""
    found = [
        each
        for each in reader.vocabulary.verbs
        if each.subject_noun == noun.name and each.place is VerbPlace.ROWS and each.name not in look.hidden
    ]
    return _actions(found, look)


def actions_of_list(reader: Reader, noun: VocabularyNoun, look: Look) -> Sequence[Action]:
    """What can be done at the list of a noun: rows are added, or come from a file."""
    found = [
        each
        for each in reader.vocabulary.verbs
        if each.noun == noun.name and each.place in (VerbPlace.LIST, VerbPlace.TABLE) and each.name not in look.hidden
    ]
    # A verb that answers with no row is offered where the look of a noun names it.
    found += [each for each in reader.vocabulary.verbs if _is_apart(each) and each.name in look.actions]
    # Imports answer with a run, and add rows of the noun that the verbs beside them are about.
    groups = {each.name.rpartition(".")[0] for each in noun.verbs}
    imports = [f"{each}.import" for each in groups]
    found += [each for each in reader.vocabulary.verbs if each.name in imports and each not in found]
    actions = _actions(found, look)
    labels = [each.verb.label for each in actions]
    return [
        replace(each, label=reader.text("{label} (several)").format(label=each.label))
        if each.verb.place is VerbPlace.TABLE and labels.count(each.label) > 1
        else replace(each, first=each.first or number == 0)
        for number, each in enumerate(actions)
    ]


def actions_apart(reader: Reader) -> Sequence[Action]:
    """What can be done that is about no noun."""
    return _actions((each for each in reader.vocabulary.verbs if _is_apart(each)), None)


def imports_of(reader: Reader) -> list[VocabularyVerb]:
    """The imports that a reader may run."""
    return [each for each in reader.vocabulary.verbs if is_import(each)]


def is_import(verb: VocabularyVerb) -> bool:
    """Whether a verb reads a file and answers with the run that did so."""
    return verb.noun == "ImportRun" and any(each.control is Control.FILE for each in verb.inputs)


def offering(looks: Iterable[Look], verb: VocabularyVerb) -> str:
    """The noun whose list offers a verb that is about no noun; empty where none does."""
    if not _is_apart(verb):
        return ""
    return next((look.noun for look in looks if verb.name in look.actions), "")


def _is_apart(verb: VocabularyVerb) -> bool:
    return verb.place is VerbPlace.APART


def _actions(verbs: Iterable[VocabularyVerb], look: Look | None, row: str | None = None) -> Sequence[Action]:
    wanted = list(look.actions) if look is not None else []
    query = "" if row is None else f"?{urlencode({'subject': row})}"
    made = [Action(each, f"/do/{each.name}{query}", each.name in wanted, each.label) for each in verbs]
    made.sort(key=lambda each: wanted.index(each.verb.name) if each.first else len(wanted))
    return made
