"""A file of another system whose rows are brought in together, as a declared import reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.commands import Event
from homeroom.imports.refusals import SAME_RECORD
from homeroom.imports.sheet import FIELD, Sheet, SheetRow, made
from homeroom.imports.sync.work import Sync
from homeroom.refusals import TOO_LONG
from homeroom.texts import required_text

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.imports.declare import Import, ImportOptions

__all__ = ["SystemFile", "bring_in"]

_LONGEST_SYSTEM: Final = 60
#: An index has the ids.
_LONGEST_ID: Final = 500


@dataclass(frozen=True, slots=True)
class SystemFile:
    """A file of another system, read by the columns of an import.

    Args:
        context: The command's.
        sync: The import, with its links, its report and its stop.
        sheet: The rows of the file.
        kind: The dataclass of a row.
    """

    context: Context
    sync: Sync
    sheet: Sheet
    kind: Any

    def made(self, rows: Sequence[SheetRow]) -> list[Any]:
        """Rows as the dataclass of the import; cells that are empty have its defaults."""
        return [
            made(self.kind, {path: value for path, value in row.values.items() if value is not None}) for row in rows
        ]

    def refuse_twins(self, ids: Sequence[str], rows: Sequence[SheetRow], column: str) -> None:
        """Refuse rows that are right so far and have the id of a row before them.

        Args:
            ids: By which the system knows each of the rows.
            rows: The rows.
            column: The column that the refusal names.
        """
        first: dict[str, int] = {}
        for key, row in zip(ids, rows, strict=True):
            if row.wrong:
                continue
            if len(key) > _LONGEST_ID:
                self.sheet.problem(row, column, TOO_LONG, most=_LONGEST_ID)
            if first.setdefault(key, row.line) != row.line:
                self.sheet.problem(row, column, SAME_RECORD, line=first[key])


async def bring_in(
    context: Context,
    spec: Import,
    sheet: Sheet,
    given: Mapping[str, Any],
    options: ImportOptions,
    file_name: str,
    into: UUID | None,
) -> UUID:
    """Have the function of an import bring in the rows of a file, and keep what was done as a run.

    Args:
        context: The command's.
        spec: The import.
        sheet: The rows of the file.
        given: The arguments of the import.
        options: What the caller chose.
        file_name: The name of the file.
        into: The run that waits for it, in a job.

    Returns:
        The run.

    Raises:
        Refusal: Names everything that is wrong with the file by line and column.
    """
    assert spec.bring_in is not None
    system = required_text(given["system"], _LONGEST_SYSTEM, "system")
    for row in sheet.rows:
        sheet.refuse_incomplete(row)
    begun = Sync.begin(context, spec.name, system, field=FIELD, allow_endings=options.allow_endings)
    async with begun as sync:
        arguments = {name: value for name, value in given.items() if name in spec.arguments}
        await spec.bring_in(SystemFile(context, sync, sheet, spec.row), **arguments)
        sheet.raise_problems()
    sync.report["left_out"].update(sheet.left_out)
    more = {"passed_over_columns": sheet.passed_over}
    run = await sync.record(format=sheet.format, more=more, file_name=file_name, into=into)
    await context.emit(Event("imports.run.done", {"run": run, "command": spec.name, "system": system}))
    return run
