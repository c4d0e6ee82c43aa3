"""Students came into classes or changed them: their marks follow, and lines are opened."""

from __future__ import annotations

from homeroom.commands import Event
from homeroom.context import Context
from homeroom_gradebook.following import follow
from homeroom_gradebook.jobs import follow_students, open_missing_lines


async def event(context: Context, event: Event) -> None:
    """Move the marks of students who changed their class at once, and those of an imported roster by jobs."""
    if event.name == "school.enrolment.changed":
        await follow(context, event.values["students"])
        return
    # A roster may bring many students into classes whose books are open, and its import must not wait for that.
    if open_missing_lines.name in context.caller.access.commands:
        await context.enqueue(open_missing_lines)
    await context.enqueue_as("gradebook", follow_students)
