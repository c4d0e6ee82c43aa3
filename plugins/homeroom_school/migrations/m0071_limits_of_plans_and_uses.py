"""What plans of subjects, components and uses of bell schedules allow, kept by the database as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the checks; rows that break one stay, and the log says how many there are."""
    await schema.add_check(
        "bell_schedule_use",
        "bell_schedule_use_weekday_allowed",
        "weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')",
    )
    await schema.add_check(
        "bell_schedule_use",
        "bell_schedule_use_cycle_day_allowed",
        "cycle_day BETWEEN 1 AND 20",
    )
    await schema.add_check(
        "class_subject",
        "class_subject_periods_per_year_allowed",
        "periods_per_year BETWEEN 1 AND 2000",
    )
    await schema.add_check(
        "grade_subject",
        "grade_subject_periods_per_year_allowed",
        "periods_per_year BETWEEN 1 AND 2000",
    )
    await schema.add_check(
        "subject_component",
        "subject_component_weight_allowed",
        "weight BETWEEN 0.001 AND 999.999",
    )
