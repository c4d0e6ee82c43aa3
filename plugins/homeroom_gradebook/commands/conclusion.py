"""Concluding a term or a year: levels, titles and promotion proposals of a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.commands.rows import refuse
from homeroom_gradebook.conclusion import ClassRecords, conclude, load_records, rest_results_on_books

#: Who is in a class ($1) today ($2), or was on the last day of its year.
_STUDENTS = """
SELECT DISTINCT e.student_id FROM class_enrolment e
JOIN school_class sc ON sc.id = e.school_class_id JOIN school_year sy ON sy.id = sc.school_year_id
WHERE sc.id = $1 AND e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= least($2, sy.ends_on))
"""


@command("gradebook.result.conclude", returns="StudentResult", many=True)
async def conclude_results(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    term: Annotated[UUID, Ref("Term")] | None = None,
) -> list[UUID]:
    """Work out and store levels, titles and, for the year, promotion proposals of a class.

    A student of whom something is still missing gets an empty result. What is entered later changes the stored results.

    Args:
        school_class: The class.
        term: The term; by default the year.
    """
    records = await records_of(context, school_class, term=term)
    results = await conclude(context, records, records.students, term)
    await context.emit(Event("gradebook.results.concluded", {"school_class": school_class, "term": term}))
    return results


async def records_of(
    context: Context,
    school_class: UUID,
    rows: Sequence[Any] | None = None,
    *,
    term: UUID | None = None,
    concludes: bool = True,
) -> ClassRecords:
    """The records of students of a class that the caller may use.

    Args:
        context: The command's.
        school_class: The class.
        rows: What the command got about a ``student`` each; by default everybody in the class.
        term: A term of the class's year.
        concludes: Whether the command makes results over all subjects or changes them.

    Raises:
        Refusal: There are no rows, or a row is about somebody who neither is in the class nor has results in it.
    """
    if rows is not None and not rows:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    if concludes:
        await rest_results_on_books(context, school_class)
    present = [each["student_id"] for each in await context.fetch(_STUDENTS, school_class, context.today)]
    students = present if rows is None else [row.student for row in rows]
    records = await load_records(context, school_class, list(dict.fromkeys(students)))
    known = {*present, *(student for student, _ in records.results)}
    refuse([Problem(NOT_FOUND, "rows.student", place) for place, each in enumerate(students) if each not in known])
    if term not in (None, *records.terms):
        raise Refusal(NOT_FOUND, "term")
    return records
