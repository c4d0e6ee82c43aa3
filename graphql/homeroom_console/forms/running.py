"""Running a verb from a form: the mutation, and where its errors belong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom_console.showing.values import name_selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.forms.controls import FormControl
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["Outcome", "place_errors", "run_verb"]

#: The code of a failure after which the form asks for the password.
CONFIRMATION = "CONFIRMATION_REQUIRED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form.

    Args:
        rows: The rows that the verb answered with.
        errors: The refusals: code, message, field, row.
        failures: The errors of the request as a whole.
    """

    rows: Sequence[Mapping[str, Any]] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    failures: Sequence[Mapping[str, Any]] = ()

    @property
    def done(self) -> bool:
        """Whether nothing was wrong."""
        return not self.errors and not self.failures

    @property
    def wants_password(self) -> bool:
        """Whether the reader has to give the password first."""
        return any(each.get("extensions", {}).get("code") == CONFIRMATION for each in self.failures)


async def run_verb(asking: Asking, reader: Reader, verb: VocabularyVerb, arguments: Mapping[str, Any]) -> Outcome:
    """Run a verb with arguments.

    Args:
        asking: Asks.
        reader: Who runs it.
        verb: The verb.
        arguments: Of its mutation.
    """
    noun = reader.words.nouns.get(verb.noun or "")
    selected = ""
    if noun is not None and verb.answers not in (None, "result", "removed"):
        selected = f"{verb.answers} {{ {name_selection(reader, noun.name)} }} "
    kind = f"{verb.field[:1].upper()}{verb.field[1:]}Input"
    document = (
        f"mutation ConsoleDo($input: {kind}!) {{ done: {verb.field}(input: $input) {{"
        f" {selected}errors {{ code message field row column }} }} }}"
    )
    answer = await asking.ask(reader, document, {"input": arguments})
    done = answer.first
    if done is None:
        return Outcome(failures=answer.errors)
    rows = done.get(verb.answers or "") or []
    return Outcome(rows if isinstance(rows, list) else [rows], done["errors"], answer.errors)


def place_errors(
    controls: Sequence[FormControl], errors: Sequence[Mapping[str, Any]]
) -> list[tuple[FormControl | None, str]]:
    """Put errors to their controls. Gives all of them for the summary, each with its control where it has one.

    Args:
        controls: Of the form.
        errors: The refusals.
    """
    by_name = {each.name: each for each in _all(controls)}
    placed: list[tuple[FormControl | None, str]] = []
    for error in errors:
        found = next((by_name[name] for name in _names(error) if name in by_name), None)
        message = _located(error)
        if found is not None:
            found.errors.append(message)
        placed.append((found, message))
    return placed


def _all(controls: Sequence[FormControl]) -> Iterator[FormControl]:
    for each in controls:
        yield each
        yield from _all(each.controls)


def _names(error: Mapping[str, Any]) -> Iterator[str]:
    """The names of controls that an error may belong to, the nearest first."""
    field, row = error.get("field"), error.get("row")
    if not field:
        return
    if row is not None:
        head, _, tail = field.partition(".")
        yield f"{head}.{row}.{tail}" if tail else f"{head}.{row}"
    yield field
    yield field.partition(".")[0]


def _located(error: Mapping[str, Any]) -> str:
    """The message; where it is about a file, it names line and column already."""
    return str(error["message"])
