"""The calendar is a plugin of its own: switch it on in schools that have it from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom_tenants.parting import rename_commands, switch_on_with

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

__all__ = ["forwards"]

#: What the names of commands began with, and what they begin with now.
_NAMES: Final = {
    "school.calendar.plan": "calendar.year.plan",
    "school.calendar.change_entry": "calendar.entry.change",
    "school.calendar.": "calendar.entry.",
    "school.bell.": "calendar.bell.",
    "school.lesson.": "calendar.lesson.",
}


async def forwards(schema: Schema) -> None:
    """Run the migration."""
    await switch_on_with(schema, "calendar", "school")
    for old, new in _NAMES.items():
        await rename_commands(schema, old, new)
        # Imports of before can still be undone.
        await schema.execute(
            "UPDATE import_run SET command = $2::text || substr(command, length($1::text) + 1)"
            " WHERE starts_with(command, $1)",
            old,
            new,
        )
