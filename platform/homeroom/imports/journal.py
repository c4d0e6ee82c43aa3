"""What an import did to which rows, kept so that the import can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.database.ids import new_ids

__all__ = ["Journal", "RowChange", "keep_changes"]

#: Tables of this part: what is noted there is no change of the school's rows.
_OWN: Final = frozenset({"import_run", "import_name", "import_change", "stored_file"})

_INSERT: Final = """
INSERT INTO import_change (id, run_id, table_name, row_id, person_id, old_values, new_values)
SELECT n.id, $1, n.table_name, n.row_id, n.person_id, n.old_values::jsonb, n.new_values::jsonb
FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[])
     AS n (id, table_name, row_id, person_id, old_values, new_values)
"""


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
        """Note what the audit has noted after its first lines.

        Args:
            trail: The command's.
            length: How many lines there were before the run.
        """
        for table, row, old, new in trail.since(length):
            if table in _OWN:
                continue
            before, after = (None if each is None else msgspec.json.decode(each) for each in (old, new))
            if before is None and after is not None and after.keys() <= {"read", "found_by"}:
                continue  # somebody looked at the row
            self.add(table, row, RowChange(before, after))


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
            _INSERT,
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
