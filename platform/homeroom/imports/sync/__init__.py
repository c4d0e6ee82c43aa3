"""Keeping rows in step with another system, whose files name everything by ids of its own.

A plugin that imports such files maps records to the columns of its tables; the rest is the same for all systems::

    ROOM = SyncedRows("room", Room)
    BOOKING = SyncedPeriods("booking", Booking)

    async with Sync.begin(context, "timetables.plan.import", system, field="file") as sync:
        rooms = await sync.rows(ROOM, [WantedRow(each.id, number, {"code": each.code}) for number, each in ...])
        await sync.periods(BOOKING, [WantedPeriod(each.id, number, {"room_id": rooms[each.room]}) for ...])
    return await sync.record(format="plan-csv")

Records are linked to the rows that they became, so that the next file changes these rows: in what it says otherwise
than the last one, so that what the school changed stays. Dated rows begin, change, end and are taken up again.
Everything is read in few statements, compared in memory and written in few statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.lazy import on_demand

if TYPE_CHECKING:
    from homeroom.imports.sync.files import SystemFile
    from homeroom.imports.sync.links import Key, Link, Links
    from homeroom.imports.sync.periods import SAID, SyncedPeriods, WantedPeriod
    from homeroom.imports.sync.rows import SyncedRows, WantedRow
    from homeroom.imports.sync.work import Sync

__all__ = [
    "SAID",
    "Key",
    "Link",
    "Links",
    "Sync",
    "SyncedPeriods",
    "SyncedRows",
    "SystemFile",
    "WantedPeriod",
    "WantedRow",
]

__getattr__ = on_demand(
    __name__,
    SAID="periods",
    Key="links",
    Link="links",
    Links="links",
    Sync="work",
    SyncedPeriods="periods",
    SyncedRows="rows",
    SystemFile="files",
    WantedPeriod="periods",
    WantedRow="rows",
)
