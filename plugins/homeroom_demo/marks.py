"""Books for every class of a demonstration school, and marks of one class, through the gradebook's own commands."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom_demo.names import PeopleOfRegion
from homeroom_gradebook.commands.books import open_gradebooks
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.commands.rounds import open_entry_round

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["begin_gradebooks"]


async def begin_gradebooks(
    context: Context,
    supply: PeopleOfRegion,
    classes: Sequence[UUID],
    marked: tuple[UUID, Sequence[UUID]] | None,
) -> None:
    """Open the books of all classes.

    Args:
        context: Of the school.
        supply: Its dice.
        classes: The classes.
        marked: A class and its students that get marks for the first term, under an open round.
    """
    for each in classes:
        await open_gradebooks(context, school_class=each)
    if marked is None:
        return
    school_class, students = marked
    term = await context.fetchval("SELECT id FROM term WHERE number = 1 ORDER BY starts_on DESC LIMIT 1")
    await open_entry_round(context, title="Demonstration round", term=term)
    books = await context.fetch(
        "SELECT g.id, array_agg(a.id ORDER BY a.position) AS columns FROM gradebook g JOIN assessment a"
        " ON a.gradebook_id = g.id WHERE g.school_class_id = $1 AND a.term_id = $2 AND g.measure = 'scored'"
        " GROUP BY g.id ORDER BY g.id",
        school_class,
        term,
    )
    for book in books:
        rows = [
            MarkRow(student=student, assessment=column, value=str(Decimal(supply.chance.randint(9, 20)) / 2))
            for student in students
            for column in book["columns"]
        ]
        await enter_marks(context, gradebook=book["id"], rows=rows)
