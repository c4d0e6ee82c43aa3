"""What the gradebook does in the background."""

from __future__ import annotations

from typing import Final

from homeroom.context import Context
from homeroom.jobs import Job, job
from homeroom_gradebook.commands.books import open_lines
from homeroom_gradebook.following import follow, students_to_follow
from homeroom_gradebook.notices import settle_rounds_that_are_over, some_rounds_are_over

__all__ = ["JOBS", "follow_students", "open_missing_lines", "settle_rounds"]

_CLASSES = """
SELECT sc.id, array_agg(t.id ORDER BY t.number) AS terms
FROM school_class sc JOIN term t ON t.school_year_id = sc.school_year_id
WHERE EXISTS (SELECT FROM gradebook g WHERE g.school_class_id = sc.id AND g.ends_on >= $1)
GROUP BY sc.id ORDER BY sc.id
"""


# Whoever may open books may have their lines opened: the permission is one.
@job("gradebook.book.open")
async def open_missing_lines(context: Context) -> None:
    """Give everybody who has come into a class since its books were opened their lines."""
    for each in await context.fetch(_CLASSES, context.today):
        await open_lines(context, each["id"], each["terms"])


# Whoever may close rounds may have those taken off the lists that have closed by themselves.
@job("gradebook.round.settle", cron="*/30 * * * *", when=some_rounds_are_over)
async def settle_rounds(context: Context) -> int:
    """Take rounds that have ended by themselves off the lists of things to do."""
    return await settle_rounds_that_are_over(context)


async def _some_moved(context: Context) -> bool:
    return bool(await students_to_follow(context))


@job("gradebook.mark.follow", cron="10 2 * * *", when=_some_moved)
async def follow_students(context: Context) -> int:
    """Take the marks of students who came into another class along to the books there; gives how many students."""
    students = await students_to_follow(context)
    await follow(context, students, strict=False)
    return len(students)


JOBS: Final[tuple[Job, ...]] = (open_missing_lines, settle_rounds, follow_students)
