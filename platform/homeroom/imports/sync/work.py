"""One import from another system: its links, its report, and what it does to rows."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from homeroom.errors import Refusal
from homeroom.imports.journal import Journal
from homeroom.imports.refusals import CONTRADICTION
from homeroom.imports.report import Report
from homeroom.imports.runs import record_run
from homeroom.imports.stops import Stop
from homeroom.imports.sync.keyed import write_by_key
from homeroom.imports.sync.links import Links
from homeroom.imports.sync.periods import SyncedPeriods, WantedPeriod, sync_periods
from homeroom.imports.sync.rows import SyncedRows, WantedRow, sync_rows
from homeroom.imports.turns import take_turn
from homeroom.reading.faults import Fault, FileRefused
from homeroom.refusals import Code

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["Sync"]

logger = logging.getLogger(__name__)

#: What a report says, whether there is something to say or not.
_HEADINGS: Final = (
    "created",
    #: Rows that were there and that the file is taken to be about for the first time.
    "matched",
    "changed",
    "unchanged",
    #: Of the periods that ended, those in whose place another one of the same group is.
    "moved",
    "ended",
    #: Periods taken up again that an earlier import had ended.
    "reopened",
    #: Rows of which values differ from the file because the school changed them.
    "kept",
    "left_out",
)


def _placed(origin: Any, attribute: str, code: Code, /, **values: Any) -> Fault:
    """A fault of a record that knows its ``place``."""
    place = getattr(origin, "place", None)
    file, line = ("", 0) if place is None else (place.file, place.line)
    return Fault(file, line, attribute if line else "", code, **values)


class Sync:
    """One import from another system, in the transaction of a command. Made by :meth:`begin`.

    Args:
        context: The command's.
        command: The dotted name of the import.
        system: The name of the other system; its ids are remembered under it.
        field: The input that the file came in.
        source: What people call what is imported: a file, a roster.
        allow_endings: Whether a large share of the rows may end, or of some value be cleared.
        fault_at: Makes a fault from a record, an attribute of it, a code and values; by default that of the record's
            ``place``.
        kept_as: Gives of a record what is kept of it, as JSON values.
        headings: What the report says further, whether there is something to say or not.
    """

    def __init__(
        self,
        context: Context,
        command: str,
        system: str,
        *,
        field: str,
        source: str = "file",
        allow_endings: bool = False,
        fault_at: Callable[..., Fault] = _placed,
        kept_as: Callable[[Any], Any] = lambda record: record,
        headings: Sequence[str] = (),
    ) -> None:
        self.context = context
        self.command = command
        self.system = system
        self.source = source
        self.links = Links(context, command, system, kept_as)
        self.report = Report()
        self.endings = Stop(field, allowed=allow_endings)
        self._field = field
        self._fault_at = fault_at
        self._journal = Journal()
        self._since = context.trail.length
        for heading in (*_HEADINGS, *headings):
            self.report.counts[heading] = Counter()

    @classmethod
    @asynccontextmanager
    async def begin(
        cls, context: Context, command: str, system: str, *, field: str, unread: Collection[str] = (), **options: Any
    ) -> AsyncIterator[Sync]:
        """Load the links, and at the end refuse what ends too much and write them; of this school one at a time.

        Args:
            context: The command's.
            command: The dotted name of the import.
            system: The name of the other system.
            field: The input that the file came in, which refusals name.
            unread: Nouns whose kept records are not compared, so that they need not be loaded.
            options: As of :class:`Sync`.

        Raises:
            Refusal: What the body refuses with FileRefused; a large share would end; or what the checks did not
                foresee contradicts the database.
        """
        sync = cls(context, command, system, field=field, **options)
        await take_turn(context, command)
        await sync.links.load(unread)
        try:
            yield sync
            await sync._finish()
        except FileRefused as fault:
            raise fault.refusal(field) from None
        except asyncpg.IntegrityConstraintViolationError as fault:
            # Which of the school's rows it is, is not known here.
            logger.exception("an import contradicts what the school has")
            raise Refusal(CONTRADICTION, field) from fault

    async def _finish(self) -> None:
        self.endings.refuse()
        await self.links.write(self._journal)
        # What is only checked at the end of a transaction is checked here, so that a rehearsal meets it, too.
        await self.context.execute("SET CONSTRAINTS ALL IMMEDIATE")
        await self.context.execute("SET CONSTRAINTS ALL DEFERRED")

    def fault(self, origin: Any, attribute: str, code: Code, /, **values: Any) -> Fault:
        """A fault of a record, with its file, line and column; of the file as a whole where there is no record.

        Args:
            origin: The record, or None.
            attribute: Its attribute that is wrong; empty for the record as a whole.
            code: What is wrong.
            values: What its text names.
        """
        return Fault("", 0, "", code, **values) if origin is None else self._fault_at(origin, attribute, code, **values)

    async def rows(self, noun: SyncedRows, wanted: Sequence[WantedRow]) -> dict[str, UUID]:
        """Create or change rows.

        A row that earlier imports know is changed where the file says something else than the last time, column by
        column: what the school changed stays as long as the file says what it said before, and a value that the file
        takes away is cleared only where the row still has it.

        Args:
            noun: How the rows are kept in step.
            wanted: The rows.

        Returns:
            Source id to row.

        Raises:
            FileRefused: With file, line and column of each value that is not allowed or that another row has.
        """
        return await sync_rows(self, noun, wanted)

    async def periods(self, noun: SyncedPeriods, wanted: Sequence[WantedPeriod]) -> dict[str, UUID]:
        """Begin, change, take up and end dated rows.

        What vanished from the file ends with yesterday, with the last day of what it lies within where that is over, or
        with the day before what takes its place, and is not removed; what would only begin later is. What the school
        ended while the file still has it stays ended, and is counted. What an import ended and the next has again is
        taken up again; what comes back after more than two weeks is new.

        Args:
            noun: How the rows are kept in step.
            wanted: The rows.

        Returns:
            Source id to row.

        Raises:
            FileRefused: With the line of each record that meets another period of the same.
        """
        return await sync_periods(self, noun, wanted)

    async def by_key(
        self,
        name: str,
        table: type[SchoolTable],
        key: Sequence[str],
        rows: Sequence[Mapping[str, Any]],
        *,
        first: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda row: {},
    ) -> dict[tuple[Any, ...], UUID]:
        """Create or change rows that have no id in the file, found by columns that are unique together.

        Args:
            name: What reports call them.
            table: Their table.
            key: The columns.
            rows: The rows, all with the same columns; of two with the same key the last one is written.
            first: Gives the further columns of a new row.

        Returns:
            Key to row, of all rows of the table; empty where there are no rows to write.
        """
        return await write_by_key(self, name, table, key, rows, first)

    async def record(
        self, *, format: str, more: Mapping[str, Any] | None = None, file_name: str = "", into: UUID | None = None
    ) -> UUID:
        """Keep what was done as a run, which can be undone.

        Args:
            format: The format of the file.
            more: What the report says beside the counts, as JSON values.
            file_name: The name of the file.
            into: The run that waits for this; without it there will be a new one.

        Returns:
            The run.
        """
        return await record_run(
            self.context,
            command=self.command,
            format=format,
            system=self.system,
            file_name=file_name,
            report={**self.report.as_json(), **(more or {})},
            names=self.report.named,
            journal=self._journal,
            since=self._since,
            into=into,
        )
