"""A change of status keeps which enrolments it ended, so that annulling it can give them back their last days."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema


async def forwards(schema: Schema) -> None:
    """Add the column; changes from before have none, and annulling these leaves the enrolments as they are."""
    await schema.add_column("student_status_change", "ended_enrolments", "jsonb")
