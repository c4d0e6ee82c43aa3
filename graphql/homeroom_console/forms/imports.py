"""Imports of files: what a file may have, its rehearsal, and what a run did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from homeroom.labels import labels_in
from homeroom.languages import ENGLISH
from homeroom.sheets import write_xlsx
from homeroom_console.forms.choosing import codes
from homeroom_console.forms.controls import ControlMaker, FormControl
from homeroom_console.forms.reading import read_form
from homeroom_console.forms.running import place_errors
from homeroom_console.forms.settling import settle
from homeroom_graphql.vocabulary.values import Control

if TYPE_CHECKING:
    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyColumn, VocabularyVerb

__all__ = [
    "Column",
    "Fault",
    "Report",
    "columns_of",
    "import_controls",
    "read_run",
    "run_import",
    "template_of",
]

#: What a run says.
RUN: Final = "id at kind state command system format fileName login problems undoableUntil jobId report"
#: Files of more bytes than this are imported by a job.
_LARGE: Final = 1_000_000
#: Faults that are shown; the file has to be looked at as a whole where there are more.
_FAULTS: Final = 200
#: Inputs that pages have controls of their own for, or none.
_HIDDEN: Final = frozenset({"headers", "asJob", "bundle"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a file may have.

    Args:
        column: The column.
        holds: What may stand in its cells, for people.
    """

    column: VocabularyColumn
    holds: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a file.

    Args:
        line: Its line; none where it is about the file as a whole.
        column: The header of its column; empty where it is about a line.
        message: What is wrong.
    """

    line: int | None
    column: str
    message: str


@dataclass(slots=True)
class Report:
    """What an import, or its rehearsal, did or would do.

    Args:
        run: The run; none where nothing could be read.
        counts: What was done, of what, and how often.
        names: What was done, and to which rows by name; of each also what changed.
        faults: What is wrong with the file.
        more: Faults that are not shown.
        failures: Why the request failed as a whole.
        errors: What is wrong with other controls.
        passed_over: Headers that mean no column.
        rehearsed: Whether nothing was kept.
        large: Whether a job does it.
    """

    run: Mapping[str, Any] | None = None
    counts: list[tuple[str, str, int]] = field(default_factory=list)
    names: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    failures: list[str] = field(default_factory=list)
    errors: list[tuple[FormControl | None, str]] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    rehearsed: bool = True

    @property
    def waits(self) -> bool:
        """Whether a job still has to do it."""
        return self.run is not None and self.run["state"] == "WAITING"

    @property
    def good(self) -> bool:
        """Whether the file can be imported, or was."""
        return self.run is not None and self.run["state"] == "DONE" and not self.faults and not self.failures


async def columns_of(asking: Asking, reader: Reader, verb: VocabularyVerb) -> list[Column]:
    """The columns of a file, with what may stand in them.

    Args:
        asking: Asks for the codes of code tables.
        reader: Who prepares a file.
        verb: The import.
    """
    found = [Column(each, await _holds(asking, reader, each)) for each in verb.file_columns]
    noun = reader.words.nouns.get(_noun_of(reader, verb))
    for each in noun.fields if noun is not None else ():
        if each.own and not each.sensitive:
            said = ", ".join(value.label for value in each.values) or reader.text("the school's own field")
            found.append(Column(_own_column(each.name, each.label), said))
    return found


def _own_column(name: str, label: str) -> VocabularyColumn:
    from homeroom_graphql.vocabulary.values import VocabularyColumn

    return VocabularyColumn(name, label, False, False, Control.TEXT, False, None, [], None, [], None)


def _noun_of(reader: Reader, verb: VocabularyVerb) -> str:
    """The noun whose rows an import writes; the verb itself answers with a run."""
    from homeroom.imports import import_of

    spec = import_of(reader.variant.commands[verb.name])
    return spec.resource if spec is not None else ""


async def _holds(asking: Asking, reader: Reader, column: VocabularyColumn) -> str:
    if column.values:
        return ", ".join(each.label for each in column.values)
    if column.code_table:
        known = await codes(asking, reader, column.code_table)
        return ", ".join(code for code, _ in known[:20]) + (", …" if len(known) > 20 else "")
    if column.noun:
        about = reader.words.nouns.get(column.noun)
        by = " / ".join(column.named_by)
        one = about.one if about is not None else column.noun
        said = f"{one}: {by}" if by else one
        return f"{said} ({reader.text('several with commas between them')})" if column.many else said
    said_of = {
        Control.DATE: reader.text("a date, such as 2026-09-05"),
        Control.NUMBER: reader.text("a whole number"),
        Control.DECIMAL: reader.text("a number"),
        Control.FLAG: reader.text("yes or no"),
    }
    if column.longest:
        return reader.text("text of at most {count} characters").format(count=column.longest)
    return said_of.get(column.control, reader.text("text"))


def template_of(reader: Reader, verb: VocabularyVerb, columns: Sequence[Column]) -> bytes:
    """An empty workbook with the headers of an import in the reader's language."""
    return write_xlsx(verb.label[:31], [each.column.header for each in columns], [])


async def import_controls(
    asking: Asking, reader: Reader, verb: VocabularyVerb, values: Mapping[str, Any]
) -> list[FormControl]:
    """The controls of an import: the file, then what may be chosen beside."""
    maker = ControlMaker(asking, reader)
    return await maker.of_inputs([each for each in verb.inputs if each.name not in _HIDDEN], values)


async def run_import(
    asking: Asking, reader: Reader, verb: VocabularyVerb, sent: dict[str, list[Any]], *, keep: bool
) -> Report:
    """Import a file, or rehearse that.

    Args:
        asking: Asks.
        reader: Who imports.
        verb: The import.
        sent: What the form sent.
        keep: Whether it is imported; otherwise nothing is kept.
    """
    unresolved = await settle(asking, reader, verb.inputs, sent)
    arguments = read_form(verb.inputs, sent, reader.space.time_zone).arguments
    if unresolved:
        controls = await import_controls(asking, reader, verb, arguments)
        return Report(errors=place_errors(reader, controls, unresolved), rehearsed=not keep)
    if _size(arguments.get("file")) > _LARGE and any(each.name == "asJob" for each in verb.inputs):
        arguments["asJob"] = "IMPORT" if keep else "REHEARSAL"
    elif not keep:
        arguments["rehearse"] = True
    key = str((sent.get("idempotencyKey") or [""])[-1])
    if key and keep:
        arguments["idempotencyKey"] = key
    kind = f"{verb.field[:1].upper()}{verb.field[1:]}Input"
    document = (
        f"mutation ConsoleImport($input: {kind}!) {{ done: {verb.field}(input: $input) {{"
        f" importRun {{ {RUN} }} errors {{ code message field row column }} }} }}"
    )
    answer = await asking.ask(reader, document, {"input": arguments})
    made = Report(rehearsed=not keep)
    if answer.first is None:
        made.failures = [str(each["message"]) for each in answer.errors]
        return made
    run, errors = answer.first["importRun"], answer.first["errors"]
    of_file = [each for each in errors if each["field"] in (None, "file")]
    controls = await import_controls(asking, reader, verb, arguments)
    made.errors = place_errors(reader, controls, [each for each in errors if each not in of_file])
    _add_faults(made, of_file)
    if run is not None:
        _add_run(reader, made, run)
    return made


async def read_run(asking: Asking, reader: Reader, run: str) -> Report | None:
    """What a run did; none if the reader may not see it.

    Args:
        asking: Asks.
        reader: Who reads.
        run: Its id.
    """
    document = f"query ConsoleImportRun($id: ID!) {{ run: importRun(id: $id) {{ {RUN} }} }}"
    found = (await asking.ask(reader, document, {"id": run})).first
    if found is None:
        return None
    made = Report(rehearsed=found["kind"] == "PREVIEW")
    _add_faults(made, found["problems"] or [])
    _add_run(reader, made, found)
    return made


def _add_faults(made: Report, problems: Sequence[Mapping[str, Any]]) -> None:
    made.faults = [Fault(each.get("row"), each.get("column") or "", each["message"]) for each in problems[:_FAULTS]]
    made.more = max(0, len(problems) - _FAULTS)


def _add_run(reader: Reader, made: Report, run: Mapping[str, Any]) -> None:
    made.run = run
    report = run["report"] or {}
    made.passed_over = list(report.get("passed_over_columns") or [])
    done = {
        "created": reader.text("Created"),
        "matched": reader.text("Already there"),
        "changed": reader.text("Changed"),
        "moved": reader.text("Moved"),
        "ended": reader.text("Ended"),
        "reopened": reader.text("Open again"),
        "kept": reader.text("Kept"),
        "doubles": reader.text("Perhaps there twice"),
        "unknown": reader.text("Not known"),
        "other_files": reader.text("Other files"),
        "unchanged": reader.text("Unchanged"),
        "left_out": reader.text("Left out"),
        "removed": reader.text("Removed"),
        "restored": reader.text("Restored"),
        "doubtful": reader.text("Doubtful"),
    }
    nouns = dict(_nouns_of_reports(reader))
    plugin = run["command"].partition(".")[0]
    for name, counts in report.items():
        if isinstance(counts, Mapping) and name != "names":
            made.counts += [
                (done.get(name, name), nouns.get(what) or reader.text(_spelt(what), plugin), int(count))
                for what, count in counts.items()
                if isinstance(count, int)
            ]
    for name, rows in (report.get("names") or {}).items():
        made.names.append((done.get(name, name), [(each["name"], each.get("detail") or "") for each in rows]))


def _size(file: Any) -> int:
    return int(getattr(file, "size", 0))


def _nouns_of_reports(reader: Reader) -> Iterator[tuple[str, str]]:
    """What the report of a run calls rows, and what its reader does."""
    english = labels_in(reader.variant, ENGLISH)
    for each in reader.variant.resources.values():
        yield english.noun(each).lower().replace(" ", "_"), reader.labels.nouns(each)
        yield english.nouns(each).lower(), reader.labels.nouns(each)


def _spelt(name: str) -> str:
    return name.replace("_", " ").capitalize()
