"""What columns of the calendar and of lessons allow, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    await schema.add_check(
        "bell_period",
        "bell_period_number_allowed",
        "number BETWEEN 1 AND 999",
    )
    await schema.add_check(
        "bell_period",
        "bell_period_kind_allowed",
        "kind IN ('lesson', 'break', 'other')",
    )
    await schema.add_check(
        "bell_period",
        "bell_period_times_holds",
        "ends_at > starts_at",
    )
    await schema.add_check(
        "calendar_entry",
        "calendar_entry_kind_allowed",
        "kind IN ('holiday', 'special', 'make_up')",
    )
    await schema.add_check(
        "calendar_entry",
        "calendar_entry_runs_as_allowed",
        "runs_as IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')",
    )
    await schema.add_check(
        "calendar_entry",
        "calendar_entry_cycle_day_allowed",
        "cycle_day BETWEEN 1 AND 20",
    )
    await schema.add_check(
        "calendar_entry",
        "calendar_entry_starts_on_ends_on_holds",
        "ends_on >= starts_on",
    )
    await schema.add_check(
        "lesson",
        "lesson_period_allowed",
        "period BETWEEN 1 AND 30",
    )
