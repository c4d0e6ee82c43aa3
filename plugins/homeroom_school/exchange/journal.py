"""What an import did to which rows: named for people, and kept so that the import can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom_school.exchange.report import Named
from homeroom_school.tables import RunKind

__all__ = ["Journal", "RowChange", "forget_old_runs", "keep_changes", "keep_names", "kept_until"]

#: For so long the names of a rehearsal can be read; those of the one before go when the next run begins.
_REHEARSALS: Final = timedelta(days=7)
#: For so long an import can be undone and its names can be read.
_IMPORTS: Final = timedelta(days=90)

_INSERT_CHANGES: Final = """
INSERT INTO roster_change (id, run_id, table_name, row_id, person_id, old_values, new_values)
SELECT n.id, $1, n.table_name, n.row_id, n.person_id, n.old_values::jsonb, n.new_values::jsonb
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[])
     AS n (id, table_name, row_id, person_id, old_values, new_values)
"""
_INSERT_NAMES: Final = """
INSERT INTO roster_name (id, run_id, position, done, noun, name, row_id, detail)
SELECT n.id, $1, n.position, n.done, n.noun, n.name, n.row_id, n.detail
FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[])
     AS n (id, position, done, noun, name, row_id, detail)
"""


def kept_until(context: Context, kind: RunKind) -> datetime | None:
    """Until when what a run does is kept, if it is.

    Args:
        context: The command's.
        kind: What the run is for.
    """
    return context.now + _IMPORTS if kind is RunKind.IMPORT else None


@dataclass(slots=True)
class RowChange:
    """What a run did to one row.

    Args:
        old: The values before, of the columns that changed; all of a row that was removed; None for a new row.
        new: The values after; None for a row that was removed.
        person: Whose the row is, where its own columns do not say so.
    """

    old: dict[str, Any] | None
    new: dict[str, Any] | None
    person: UUID | None = None


@dataclass(slots=True)
class Journal:
    """What a run did, by table and row."""

    rows: dict[tuple[str, UUID], RowChange] = field(default_factory=dict)

    def add(self, table: str, row: UUID, change: RowChange) -> None:
        """Note a change; several of one row are one."""
        before = self.rows.get((table, row))
        if before is None:
            self.rows[table, row] = change
        elif before.old is None and change.new is None:
            del self.rows[table, row]
        elif change.new is None:
            self.rows[table, row] = RowChange({**(change.old or {}), **(before.old or {})}, None, change.person)
        else:
            old = None if before.old is None else {**(change.old or {}), **before.old}
            self.rows[table, row] = RowChange(old, {**(before.new or {}), **change.new}, change.person)

    def add_trail(self, trail: AuditTrail, length: int) -> None:
        """Note what the audit learned after its first lines.

        Args:
            trail: The command's.
            length: How many lines there were before the run.
        """
        for table, row, old, new in trail.since(length):
            if table == "roster_run":
                continue
            self.add(
                table,
                row,
                RowChange(
                    None if old is None else msgspec.json.decode(old), None if new is None else msgspec.json.decode(new)
                ),
            )


async def keep_changes(context: Context, run: UUID, journal: Journal) -> None:
    """Keep what a run did, so that it can be undone. Of new rows only the ids are kept.

    Args:
        context: The command's.
        run: The run.
        journal: What it did.
    """
    rows = [(*place, change) for place, change in journal.rows.items()]
    if rows:
        await context.execute(
            _INSERT_CHANGES,
            run,
            new_ids(len(rows)),
            [table for table, _, _ in rows],
            [row for _, row, _ in rows],
            [change.person for _, _, change in rows],
            [_text(change.old) for _, _, change in rows],
            [_text({} if change.old is None and change.new is not None else change.new) for _, _, change in rows],
        )


def _text(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else msgspec.json.encode(values).decode()


async def keep_names(context: Context, run: UUID, names: Sequence[Named], *, kind: RunKind) -> None:
    """Keep whom and what a run named. Rows of a rehearsal that were taken back have no ids.

    Args:
        context: The command's.
        run: The run.
        names: Whom and what.
        kind: What the run was for.
    """
    if not names:
        return
    there = kind is not RunKind.PREVIEW
    await context.execute(
        _INSERT_NAMES,
        run,
        new_ids(len(names)),
        list(range(len(names))),
        [each.done for each in names],
        [each.noun for each in names],
        [each.name for each in names],
        [each.row if there or each.done != "created" else None for each in names],
        [each.detail for each in names],
    )


async def forget_old_runs(context: Context, system: str) -> None:
    """Remove the names of earlier rehearsals of a system, and what is kept of imports that are too old to be undone."""
    await context.execute(
        "DELETE FROM roster_name n USING roster_run r WHERE r.id = n.run_id AND (r.at < $3 OR r.kind = 'preview'"
        " AND (r.system = $1 OR r.at < $2))",
        system,
        context.now - _REHEARSALS,
        context.now - _IMPORTS,
    )
    await context.execute(
        "DELETE FROM roster_change c USING roster_run r WHERE r.id = c.run_id AND r.at < $1", context.now - _IMPORTS
    )
