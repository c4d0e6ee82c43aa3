"""What the gradebook does in the background."""

from __future__ import annotations

from typing import Final

from homeroom.context import Context
from homeroom.jobs import Job, job
from homeroom.notices import settle
from homeroom_gradebook.following import follow, some_moved
from homeroom_gradebook.lines import open_lines
from homeroom_gradebook.notices import ROUND_OPENED, rounds_to_settle

_CLASSES = "SELECT DISTINCT school_class_id FROM gradebook WHERE ends_on >= $1 ORDER BY school_class_id"


# The permission to open books includes their lines.
@job("gradebook.book.open")
async def open_missing_lines(context: Context) -> None:
    """Open lines for the students who came into a class after its books were opened."""
    for each in await context.fetch(_CLASSES, context.today):
        await open_lines(context, each["school_class_id"])


async def _some_rounds_are_over(context: Context) -> bool:
    return bool(await rounds_to_settle(context))


@job("gradebook.round.settle", cron="*/30 * * * *", when=_some_rounds_are_over)
async def settle_rounds(context: Context) -> int:
    """Remove rounds that have ended from the lists of things to do; gives from how many lists."""
    return sum([await settle(context, ROUND_OPENED, each) for each in await rounds_to_settle(context)])


@job("gradebook.mark.follow", cron="10 2 * * *", when=some_moved)
async def follow_students(context: Context) -> int:
    """Move the marks of students who came into another class to the books there; gives the number of students."""
    return await follow(context)


JOBS: Final[tuple[Job, ...]] = (open_missing_lines, settle_rounds, follow_students)
