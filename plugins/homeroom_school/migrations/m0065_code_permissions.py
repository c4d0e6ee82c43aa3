"""The commands on codes, which are a part of the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_tenants.parting import rename_commands

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Give rules of schools and districts the new names; the command that added standard codes is gone."""
    for table in ("space_rule", "district_rule"):
        await schema.execute(f"DELETE FROM homeroom.{table} WHERE object = 'school.code.add_standard'")
    await rename_commands(schema, "school.code.", "codes.value.")
