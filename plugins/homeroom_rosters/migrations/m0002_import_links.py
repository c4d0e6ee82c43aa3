"""Links of rosters are links of imports, which the host keeps for all other systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

__all__ = ["forwards"]


async def forwards(schema: Schema) -> None:
    """Move the links, with what is kept of them for undoing imports, and the rules about reading them."""
    columns = "tenant_id, id, system, noun, source_id, row_id, position, made, present, ended_on, record"
    await schema.execute(
        f"INSERT INTO import_link (command, within_id, {columns})"
        f" SELECT 'rosters.roster.import', school_year_id, {columns} FROM roster_link"
    )
    await schema.execute("DROP TABLE roster_link")
    await schema.execute("UPDATE import_change SET table_name = 'import_link' WHERE table_name = 'roster_link'")
    for table in ("space_rule", "district_rule"):
        await schema.execute(f"UPDATE homeroom.{table} SET object = 'ImportLink' WHERE object = 'RosterLink'")
