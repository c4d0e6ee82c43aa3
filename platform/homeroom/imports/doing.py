"""Running an import: the file is read, compared with what the school has, checked as a whole, and written."""

from __future__ import annotations

import asyncio
import dataclasses
import typing
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.errors import Refusal
from homeroom.imports.columns import row_parameter
from homeroom.imports.declare import AbsentRows, ExistingRows, Import, ImportOptions
from homeroom.imports.files import FileLines, read_lines
from homeroom.imports.jobs import queue_import
from homeroom.imports.own_fields import MOST_VALUES, own_value, with_own_fields, write_own_values
from homeroom.imports.references import table_named
from homeroom.imports.refusals import MANY_CHANGES, ROW_EXISTS
from homeroom.imports.report import Report
from homeroom.imports.runs import record_run
from homeroom.imports.sheet import FIELD, Sheet, SheetRow, dataclass_in, made, read_sheet
from homeroom.imports.stops import Stop
from homeroom.imports.stored import Difference, StoredRows, load_stored, names_of
from homeroom.imports.sync.files import bring_in
from homeroom.imports.turns import take_turn
from homeroom.labels import labels_in
from homeroom.languages import ENGLISH
from homeroom.reading.faults import refusing
from homeroom.refusals import LISTED_TWICE, REQUIRED, TOO_LARGE
from homeroom.removal import noun_of

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.custom import CustomField
    from homeroom.uploads import Upload

__all__ = ["import_file"]

#: Names of each kind that a run keeps.
_MOST_NAMES: Final = 1_000
#: Rows that are created at once; between two of these a job says how far it is.
_AT_ONCE: Final = 1_000


async def import_file(context: Context, spec: Import, given: dict[str, Any], into: UUID | None) -> UUID:
    """Import a file, or have a job do so.

    Args:
        context: The command's.
        spec: The import.
        given: The arguments of its command.
        into: The run that waits for it, in a job.

    Returns:
        The run.

    Raises:
        Refusal: Names everything that is wrong with the file by line and column.
    """
    as_job = given.pop("as_job", None)
    if as_job is not None:
        return await queue_import(context, spec, given, as_job)
    upload: Upload = given.pop("file")
    spec = with_own_fields(context, spec)
    options = _options(spec, given)
    await take_turn(context, spec.name)
    length = context.trail.length
    with refusing(FIELD):
        lines = await _lines(context, spec, upload.name, await _content(context, upload), options)
    sheet = await read_sheet(context, spec, lines, options)
    if spec.prepare is not None:
        await spec.prepare(context, sheet)
    if spec.bring_in is not None:
        return await bring_in(context, spec, sheet, given, options, upload.name, into)
    report = await _Work(context, spec, sheet, options).run()
    report["left_out"].update(sheet.left_out)
    return await record_run(
        context,
        command=spec.name,
        format=sheet.format,
        report={**report.as_json(), "passed_over_columns": sheet.passed_over},
        names=report.named,
        file_name=upload.name,
        since=length,
        into=into,
    )


async def _lines(context: Context, spec: Import, name: str, content: bytes, options: ImportOptions) -> FileLines:
    for each in spec.formats:
        if each.matches(content):
            return await each.lines(context, name, content, options)
    return await read_lines(context, name, content, options.encoding, spec.most_rows)


def _options(spec: Import, given: Mapping[str, Any]) -> ImportOptions:
    names = {each.name for each in dataclasses.fields(ImportOptions)}
    chosen = {name: value for name, value in given.items() if name in names and value is not None}
    common = {name: value for name, value in given.items() if name in spec.columns and value is not None}
    return ImportOptions(**chosen, common=common)


async def _content(context: Context, upload: Upload) -> bytes:
    content = bytearray()
    async for piece in upload.chunks():
        content += piece
        if len(content) > context.host.settings.max_upload:
            raise Refusal(TOO_LARGE, FIELD, most=context.host.settings.max_upload)
    return bytes(content)


class _Work:
    """One import.

    Args:
        context: The command's.
        spec: The import.
        sheet: The rows of the file.
        options: What the caller chose.
    """

    def __init__(self, context: Context, spec: Import, sheet: Sheet, options: ImportOptions) -> None:
        self._context = context
        self._spec = spec
        self._sheet = sheet
        self._options = options
        self._resource = context.variant.resources[spec.resource]
        self._noun = noun_of(context, table_named(self._resource.table))
        self._report = Report(_MOST_NAMES)
        self._done = self._total = 0
        #: The id() of a row of the file to the row of the school that it became.
        self._made: dict[int, UUID] = {}

    async def run(self) -> Report:
        """Do it. Raises Refusal with everything that is wrong."""
        self._refuse_twins()
        stored = await load_stored(self._context, self._spec, self._sheet, absent=self._ends)
        new, differences = self._compare(stored)
        gone = self._gone(stored)
        self._stop(stored, new, differences, gone)
        self._total = len(new) + len(differences) + len(gone)
        created = await self._create(new)
        await self._change(differences)
        await self._write_own(stored)
        self._sheet.raise_problems()
        await self._end(gone)
        await self._name_created(created)
        return self._report

    @property
    def _ends(self) -> bool:
        return self._spec.end is not None and self._options.absent is AbsentRows.END

    def _refuse_twins(self) -> None:
        if not self._spec.key:
            return
        seen: set[tuple[Any, ...]] = set()
        for row in self._sheet.rows:
            key = tuple(row.values.get(path) for path in self._spec.key)
            if None in key:
                for path in self._spec.key:
                    if path in row.values and row.values[path] is None:
                        self._sheet.problem(row, path, REQUIRED)
            elif key in seen:
                self._sheet.problem(row, self._spec.key[-1], LISTED_TWICE)
            seen.add(key)

    def _compare(self, stored: StoredRows) -> tuple[list[SheetRow], list[Difference]]:
        """The rows that are new, and how others differ from what the school has."""
        new, differences = [], []
        for row in self._sheet.rows:
            there = stored.of(row)
            if there is None:
                self._sheet.refuse_incomplete(row, self._spec.key)
                if not row.wrong:
                    new.append(row)
                continue
            if row.wrong:
                continue
            difference = stored.difference(row, there)
            if not difference.values or self._options.existing is ExistingRows.KEEP:
                self._report["unchanged"][self._noun] += 1
            elif self._spec.change is None or self._options.existing is ExistingRows.REFUSE:
                self._sheet.problem(row, self._spec.key[-1], ROW_EXISTS)
            else:
                differences.append(difference)
        return new, differences

    def _gone(self, stored: StoredRows) -> list[tuple[UUID, str]]:
        return stored.others(self._sheet.rows) if self._ends else []

    def _stop(
        self,
        stored: StoredRows,
        new: Sequence[SheetRow],
        differences: Sequence[Difference],
        gone: Sequence[tuple[UUID, str]],
    ) -> None:
        """Stop where much would end or change; it is one of the problems of the file."""
        endings = Stop(FIELD, allowed=self._options.allow_endings, share=self._spec.most_ended)
        nouns = labels_in(self._context.variant, ENGLISH).nouns(self._resource)
        endings.add(nouns, [name for _, name in gone], stored.count, new=len(new))
        changes = Stop(
            FIELD,
            allowed=self._options.allow_changes,
            by="allow_changes",
            share=self._spec.most_changed,
            code=MANY_CHANGES,
        )
        changes.add(nouns, [each.name for each in differences], stored.count)
        for stop in (endings, changes):
            try:
                stop.refuse()
            except Refusal as refusal:
                self._sheet.problems += refusal.problems

    # Writing ----------------------------------------------------------------------------------------------------

    async def _create(self, rows: Sequence[SheetRow]) -> list[UUID]:
        """Create rows, those that are wrong left out; gives the ids in the order of the file."""
        create = self._spec.create
        kind, many = row_parameter(create)
        if not many:
            for row in rows:
                for one in await self._run(create, self._arguments(row), [row]):
                    self._made[id(row)] = one
            return [self._made[id(row)] for row in rows if id(row) in self._made]
        common = [path for path, column in self._spec.columns.items() if column.common]
        groups: dict[tuple[Any, ...], list[SheetRow]] = {}
        for row in rows:
            groups.setdefault(tuple(row.values.get(path) for path in common), []).append(row)
        for values, members in groups.items():
            same = dict(zip(common, values, strict=True))
            for start in range(0, len(members), _AT_ONCE):
                piece = members[start : start + _AT_ONCE]
                arguments = {**same, "rows": [made(kind, self._of_rows(row, common)) for row in piece]}
                ids = await self._run(create, arguments, piece)
                self._made |= dict(zip((id(row) for row in piece), ids, strict=False))
        return [self._made[id(row)] for row in rows if id(row) in self._made]

    def _of_rows(self, row: SheetRow, common: Sequence[str]) -> dict[str, Any]:
        return {
            path: value
            for path, value in row.values.items()
            if value is not None and path not in common and self._spec.columns[path].creates
        }

    def _arguments(self, row: SheetRow) -> dict[str, Any]:
        given = self._of_rows(row, ())
        nested: dict[str, dict[str, Any]] = {}
        for path in list(given):
            if "." in path:
                name, _, inner = path.partition(".")
                nested.setdefault(name, {})[inner] = given.pop(path)
        kinds = {name: dataclass_in(kind) for name, (kind, _) in self._spec.create.parameters.items()}
        return {**given, **{name: made(kinds[name], values) for name, values in nested.items()}}

    async def _change(self, differences: Sequence[Difference]) -> None:
        change = self._spec.change
        if change is None:
            return
        this = next(iter(change.parameters))
        for each in differences:
            if arguments := each.arguments(change):
                await self._run(change, {this: each.id, **arguments}, [each.row])
            if not each.row.wrong:
                self._report.add("changed", self._noun, each.name, each.id, each.detail)

    async def _write_own(self, stored: StoredRows) -> None:
        """Write the school's own fields of the rows that were created or are there."""
        own = [
            (path, each.own) for path, each in self._spec.columns.items() if each.own and path in self._sheet.headers
        ]
        wanted: list[tuple[SheetRow, str]] = []
        values: list[tuple[UUID, CustomField, Any]] = []
        for row in self._sheet.good() if own else ():
            there = stored.of(row)
            at = self._made.get(id(row)) if there is None else there["id"]
            if at is None or (there is not None and self._options.existing is not ExistingRows.CHANGE):
                continue
            for path, field in own:
                value = own_value(field, row.values.get(path))
                if value is None if there is None else value == there.get(path):
                    continue
                wanted.append((row, path))
                values.append((at, field, value))
        for start in range(0, len(values), MOST_VALUES):
            try:
                async with self._context.savepoint():
                    await write_own_values(self._context, self._spec.resource, values[start : start + MOST_VALUES])
            except Refusal as refusal:
                for problem in refusal.problems:
                    row, path = wanted[start + (problem.row or 0)]
                    self._sheet.problem(row, path, problem.code, **problem.values)

    async def _end(self, gone: Sequence[tuple[UUID, str]]) -> None:
        end = self._spec.end
        if end is None or not gone:
            return
        this, (kind, _) = next(iter(end.parameters.items()))
        for row, name in gone:
            several = typing.get_origin(kind) is list
            await self._context.run(end, {this: [row] if several else row})
            self._report.add("ended", self._noun, name, row)
        await self._progress(len(gone))

    async def _run(self, command: Any, arguments: Mapping[str, Any], rows: Sequence[SheetRow]) -> list[UUID]:
        """Run a command for rows; what it refuses becomes problems of these rows."""
        try:
            async with self._context.savepoint():
                result = await self._context.run(command, arguments)
        except Refusal as refusal:
            self._sheet.refuse(rows, refusal.problems)
            return []
        finally:
            await self._progress(len(rows))
        await asyncio.sleep(0)
        return list(result) if isinstance(result, list) else [result]

    async def _progress(self, rows: int) -> None:
        self._done += rows
        await self._context.progress(self._done, self._total)

    async def _name_created(self, ids: Sequence[UUID]) -> None:
        self._report["created"][self._noun] += len(ids)
        names = await names_of(self._context, self._resource, ids[:_MOST_NAMES])
        for row in ids[:_MOST_NAMES]:
            self._report.name("created", self._noun, names[row], row)
