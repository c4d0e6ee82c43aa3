"""Running a verb from a form: the mutation, and where its errors belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.forms.controls import FormControl, all_controls
from homeroom_console.forms.results import result_selection
from homeroom_console.showing.values import name_selection
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["Outcome", "names_of", "place_errors", "run_verb"]

#: The code of a failure after which the form asks for the password.
CONFIRMATION: Final = "CONFIRMATION_REQUIRED"
#: The code of a refusal because somebody else has changed the row.
CONFLICT: Final = "CONFLICT"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form.

    Args:
        rows: The rows that the verb answered with.
        errors: The refusals: code, message, field, row. A field is the name of a control, or the path of an input.
        failures: The errors of the request as a whole.
        result: What the verb answers beside rows.
    """

    rows: Sequence[Mapping[str, Any]] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    failures: Sequence[Mapping[str, Any]] = ()
    result: Any = None

    @property
    def done(self) -> bool:
        """Whether nothing was wrong."""
        return not self.errors and not self.failures

    @property
    def wants_password(self) -> bool:
        """Whether the reader has to give the password first."""
        return any(each.get("extensions", {}).get("code") == CONFIRMATION for each in self.failures)

    @property
    def conflict(self) -> bool:
        """Whether somebody else has changed the row meanwhile."""
        return any(each.get("code") == CONFLICT and each.get("row") is None for each in self.errors)


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
    if verb.answers == "result":
        selected = result_selection(reader, verb)
    elif noun is not None and verb.answers not in (None, "removed"):
        selected = f"{verb.answers} {{ {name_selection(reader, noun.name)} }} "
    kind = f"{verb.field[:1].upper()}{verb.field[1:]}Input"
    document = (
        f"mutation ConsoleDo($input: {kind}!) {{ done: {verb.field}(input: $input) {{"
        f" {selected}errors {{ code message field row column }} }} }}"
    )
    answer = await asking.ask(reader, document, {"input": arguments})
    done = answer.first
    if done is None:
        misfits = [each for each in answer.errors if _misfit(each)]
        return Outcome(
            errors=[_of_value(each) for each in misfits],
            failures=[each for each in answer.errors if each not in misfits],
        )
    if verb.answers == "result":
        return Outcome((), done["errors"], answer.errors, done.get("result"))
    rows = done.get(verb.answers or "") or []
    return Outcome(rows if isinstance(rows, list) else [rows], done["errors"], answer.errors)


def _misfit(error: Mapping[str, Any]) -> bool:
    """Whether a value did not fit the type of its argument."""
    extensions = error.get("extensions", {})
    return extensions.get("variable") == "input" and bool(extensions.get("path"))


def _of_value(error: Mapping[str, Any]) -> dict[str, Any]:
    path = error["extensions"]["path"]
    return {"code": MISFIT, "message": error["message"], "field": ".".join(map(str, path)), "row": None}


#: The code of a value that is not of the type of its argument; the control says what is expected.
MISFIT: Final = "BAD_VALUE"


def place_errors(
    reader: Reader, controls: Sequence[FormControl], errors: Sequence[Mapping[str, Any]]
) -> list[tuple[FormControl | None, str]]:
    """Put errors to their controls. Gives all of them for the summary, each with its control where it has one.

    Args:
        reader: Who reads them.
        controls: Of the form.
        errors: The refusals.
    """
    by_name = {each.name: each for each in all_controls(controls)}
    placed: list[tuple[FormControl | None, str]] = []
    for error in errors:
        found = next((by_name[name] for name in names_of(error) if name in by_name), None)
        message = _message(reader, found, error)
        if found is not None and message not in found.errors:
            found.errors.append(message)
        placed.append((found, message))
    return placed


def _message(reader: Reader, control: FormControl | None, error: Mapping[str, Any]) -> str:
    if error["code"] != MISFIT or control is None:
        return str(error["message"])
    return misfit(reader, control.input.control, empty=control.value in (None, "", [], {}))


def misfit(reader: Reader, control: Control, *, empty: bool) -> str:
    """What to say about a value that is not of the kind that its control is for."""
    if empty:
        return reader.text("This is needed.")
    texts = {
        Control.NUMBER: reader.text("Write a whole number, such as 12."),
        Control.DECIMAL: reader.text("Write a number, such as 7.5."),
        Control.DATE: reader.text("Write a date."),
        Control.MOMENT: reader.text("Write a date with a time."),
        Control.REFERENCE: reader.text("Choose it from the list."),
        Control.JSON: reader.text("This is no valid JSON."),
    }
    return texts.get(control, reader.text("This cannot be read."))


def names_of(error: Mapping[str, Any]) -> Iterator[str]:
    """The names of controls that an error may belong to, the nearest first."""
    field, row = error.get("field"), error.get("row")
    if not field:
        return
    if row is not None:
        head, _, tail = field.partition(".")
        yield from _upward(f"{head}.{row}.{tail}" if tail else f"{head}.{row}")
    yield from _upward(field)


def _upward(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]
