"""Declaring an import: the command that follows from commands which create, change and end rows."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from homeroom.commands import RESERVED, Command, Ref, command_of
from homeroom.errors import ConfigurationError
from homeroom.imports.columns import ImportColumn, columns_of, row_parameter
from homeroom.imports.stops import SHARE
from homeroom.imports.tables import RunKind
from homeroom.nouns.words import plural_of
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding
from homeroom.signatures import REQUIRED, declared_function, documented
from homeroom.uploads import Upload

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.context import Context
    from homeroom.imports.files import FileLines
    from homeroom.imports.sheet import Sheet

__all__ = ["AbsentRows", "ExistingRows", "FileFormat", "HeaderMeans", "Import", "ImportOptions", "import_of", "imports"]

_HALF: Final = Fraction(1, 2)
#: Rows of one file.
_MOST_ROWS: Final = 100_000


class ExistingRows(StrEnum):
    """What becomes of rows of a file that the school has already."""

    CHANGE = "change"
    KEEP = "keep"
    REFUSE = "refuse"


class AbsentRows(StrEnum):
    """What becomes of the school's rows that a file does not have."""

    KEEP = "keep"
    END = "end"


class ImportJob(StrEnum):
    """What a job does with a file."""

    IMPORT = "import"
    REHEARSAL = "rehearsal"

    @property
    def kind(self) -> RunKind:
        """The run that it makes."""
        return RunKind.IMPORT if self is ImportJob.IMPORT else RunKind.PREVIEW


@dataclass(frozen=True, slots=True)
class HeaderMeans:
    """Which column of an import a header of a file means.

    Args:
        header: As the file has it.
        column: The column, such as `exam_capacity`; null passes the file's column over.
    """

    header: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller of an import chose.

    Args:
        headers: What headers mean that are not known by themselves.
        existing: What becomes of rows that the school has already.
        absent: What becomes of rows that the file does not have.
        allow_endings: Whether a large share may end.
        allow_changes: Whether a large share may change.
        encoding: Of a text file.
        date_order: What comes first in a date whose year comes last.
        common: Path to the value of all rows, for columns that the file does not have.
    """

    headers: Sequence[HeaderMeans] = ()
    existing: ExistingRows = ExistingRows.CHANGE
    absent: AbsentRows = AbsentRows.KEEP
    allow_endings: bool = False
    allow_changes: bool = False
    encoding: TextEncoding | None = None
    date_order: DateOrder | None = None
    common: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A format of files beside CSV and XLSX.

    Args:
        name: What the run calls it, such as ``icalendar``.
        matches: Whether a content is of this format.
        lines: Reads a file as a table: gets the context, the file's name, its content and what the caller chose.
    """

    name: str
    matches: Callable[[bytes], bool]
    lines: Callable[[Context, str, bytes, ImportOptions], Awaitable[FileLines]]


@dataclass(frozen=True, slots=True)
class Import:
    """An import. Made by :func:`imports`.

    Args:
        name: The dotted name of its command, also its permission: ``school.room.import``.
        create: The command that creates rows.
        change: The command that changes one row, if rows are changed.
        end: The command that ends rows which a file does not have, if any.
        key: The columns that tell one row from another; empty if every row of a file is new.
        columns: Path to column.
        most_ended: The share of rows that end without a question.
        most_changed: The share of rows that change without a question.
        most_rows: Rows of one file.
        formats: Formats beside CSV and XLSX.
        prepare: Looks at the rows of a file before they are compared with those of the school; it may change them, and
            leave some out.
        bring_in: Brings in all rows of another system's file at once, in place of `create`.
        arguments: The arguments of `bring_in`: name to (type, default).
        row: The dataclass of the rows that `bring_in` gets.
        headers: Further headers by which files call a column.
    """

    name: str
    create: Command
    change: Command | None
    end: Command | None
    key: tuple[str, ...]
    columns: Mapping[str, ImportColumn]
    most_ended: Fraction
    most_changed: Fraction
    most_rows: int
    formats: Sequence[FileFormat] = ()
    prepare: Callable[[Context, Sheet], Awaitable[None]] | None = None
    bring_in: Callable[..., Awaitable[None]] | None = None
    arguments: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    row: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def resource(self) -> str:
        """The resource of its rows."""
        return str(self.create.returns)


def imports(
    create: Command,
    *,
    change: Command | None = None,
    end: Command | None = None,
    key: str | Collection[str] = (),
    by: Mapping[str, Column | Sequence[Column]] | None = None,
    most_ended: Fraction = SHARE,
    most_changed: Fraction = _HALF,
    most_rows: int = _MOST_ROWS,
    about: str = "",
    name: str = "",
    formats: Sequence[FileFormat] = (),
    prepare: Callable[[Context, Sheet], Awaitable[None]] | None = None,
    bring_in: Callable[..., Awaitable[None]] | None = None,
    row: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Command:
    """The import of a noun, as a command for ``COMMANDS``.

    Args:
        create: The command that creates rows: many at once (``Noun.create_many`` or any command with ``rows``), or one.
        change: The command that changes one row. Without it the import only adds rows.
        end: The command that ends or removes a row which the file no longer has, where the caller wants that.
        key: The argument, or the arguments, that tell one row from another: ``code``. ``change`` and ``end`` need it.
        by: Argument to the column by which files name the rows that it refers to: ``{"campus": Campus.name}``.
            Without an entry that is the code, the number or the name, whichever there is first. Of several columns, a
            text that no row has in the first is looked for in the next.
        most_ended: The share of the rows that end without a question; the caller may allow more.
        most_changed: The share of the rows in the file that change without a question; the caller may allow more.
        most_rows: Rows that a file has at most.
        about: What it does, for people.
        name: The function, if not ``import`` and the noun's plural.
        formats: Formats of files beside CSV and XLSX.
        prepare: Looks at the rows of a file before they are compared with those of the school; it may change them, and
            leave some out (``sheet.left_out`` counts these by reason).
        bring_in: Brings in all rows of another system's file at once, in place of `create`, and remembers what the file
            said: ``async def bring_in(file: SystemFile, *, ...)``; its arguments are arguments of the import, its
            docstring describes them. See :class:`homeroom.imports.sync.SystemFile`.
        row: The dataclass of the rows that `bring_in` gets, by default those that `create` takes.
        headers: Further headers by which files call a column: ``{"class": "school_class"}``.

    Raises:
        ConfigurationError: The declaration contradicts itself.
    """
    plugin_and_noun = create.name.rpartition(".")[0]
    dotted = f"{plugin_and_noun}.import"
    if create.returns is None:
        raise ConfigurationError(f"import {dotted}: {create.name} does not return rows")
    keys = (key,) if isinstance(key, str) else tuple(key)
    row = row or (row_parameter(create)[0] if bring_in is not None else None)
    columns = columns_of(create, change, {name: _several(each) for name, each in (by or {}).items()}, row)
    for each in (*keys, *(by or {}), *(headers or {}).values()):
        if each not in columns:
            raise ConfigurationError(f"import {dotted}: there is no column {each}, only {', '.join(columns)}")
    for other in filter(None, (change, end)):
        if not keys:
            raise ConfigurationError(f"import {dotted}: {other.name} needs a key")
        if _first_reference(other) != create.returns:
            raise ConfigurationError(f"import {dotted}: the first argument of {other.name} is no {create.returns}")
    if bring_in is not None and keys:
        raise ConfigurationError(f"import {dotted}: what brings in all rows finds them again by itself; leave out key")
    arguments = (
        {} if bring_in is None else declared_function(f"import {dotted}", bring_in, reserved=RESERVED).parameters
    )
    made = Import(
        dotted, create, change, end, keys, columns, most_ended, most_changed, most_rows,
        formats, prepare, bring_in, arguments, row, headers or {},
    )  # fmt: skip
    function = _function(made)
    function.__name__ = function.__qualname__ = name or f"import_{_plural(create)}"
    parameters = _parameters(made)
    description = about or f"Import {_words(create)} from a file: all of it or nothing."
    return command_of(dotted, function, parameters, _described(description, made, parameters), returns="ImportRun")


def import_of(command: Command) -> Import | None:
    """The import that a command is; none for other commands."""
    found: Import | None = getattr(command.function, "imports", None)
    return found


def _function(spec: Import) -> Any:
    async def run_import(context: Context, *, into: UUID | None = None, **given: Any) -> UUID:
        from homeroom.imports.doing import import_file  # who declares an import does not run it

        return await import_file(context, spec, given, into)

    run_import.imports = spec  # type: ignore[attr-defined]
    return run_import


def _parameters(spec: Import) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {"file": (Upload, REQUIRED)}
    for path, column in spec.columns.items():
        if column.common or (column.resource and "." not in path):
            kind: Any = Annotated[UUID, Ref(column.resource)] if column.resource else column.type
            kind = list[kind] if column.many else kind
            found[path] = (kind | None, None)
    if spec.change is not None:
        found["existing"] = (ExistingRows, ExistingRows.CHANGE)
        found["allow_changes"] = (bool, False)
    if spec.bring_in is not None:
        found |= {"system": (str, REQUIRED), **spec.arguments, "allow_endings": (bool, False)}
    if spec.end is not None:
        found["absent"] = (AbsentRows, AbsentRows.KEEP)
        found["allow_endings"] = (bool, False)
    found["headers"] = (list[HeaderMeans] | None, None)
    found["encoding"] = (TextEncoding | None, None)
    found["date_order"] = (DateOrder | None, None)
    found["as_job"] = (ImportJob | None, None)
    return found


_ABOUT: Final = {
    "file": "A CSV or an XLSX whose first line has the headers, in any of the four languages.",
    "existing": "What becomes of rows that the school has already.",
    "allow_changes": "Whether a large share of the rows may change.",
    "system": "Which other system the file comes from; what an earlier file of it said is remembered.",
    "absent": "What becomes of rows that the file does not have.",
    "allow_endings": "Whether a large share of the rows may end.",
    "headers": "What headers mean that are not known by themselves.",
    "encoding": "Of a CSV that is neither UTF-8 nor UTF-16, such as GB18030.",
    "date_order": "What comes first in a date whose year comes last, such as 03/04/2026.",
    "as_job": "Whether a job imports or rehearses the file, for large files; the run says how far it is.",
}


def _described(about: str, spec: Import, parameters: Mapping[str, Any]) -> str:
    key = f" Rows are found again by {' and '.join(each.replace('_', ' ') for each in spec.key)}." if spec.key else ""
    texts = {**documented(spec.bring_in.__doc__ if spec.bring_in is not None else ""), **_ABOUT}
    lines = [
        f"    {name}: {texts.get(name) or 'Of all rows, where the file has no column for it.'}" for name in parameters
    ]
    report = f"Every problem is named with its line and column. The run names every row.{key}"
    return "\n".join([about, "", report, "", "Args:", *lines])


def _first_reference(command: Command) -> str:
    kind = next(iter(command.parameters.values()))[0]
    if typing.get_origin(kind) is list:
        (kind,) = typing.get_args(kind)
    return next((each.resource for each in typing.get_args(kind)[1:] if isinstance(each, Ref)), "")


def _several(columns: Column | Sequence[Column]) -> Sequence[Column]:
    return columns if isinstance(columns, tuple | list) else (columns,)


def _plural(create: Command) -> str:
    function = create.function.__name__.partition("_")[2]
    return function if "rows" in create.parameters else plural_of(function)


def _words(create: Command) -> str:
    return _plural(create).replace("_", " ")
