"""Concluding a term or a year: levels, titles and promotion proposals of a class."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import NOT_FOUND
from homeroom_gradebook.conclusion import conclude, load_records, rest_results_on_books

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
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await rest_results_on_books(context, school_class)
    students = await students_of_class(context, school_class)
    records = await load_records(context, school_class, students)
    if term is not None and term not in records.terms:
        raise Refusal(NOT_FOUND, "term")
    results = await conclude(context, records, students, term)
    await context.emit(Event("gradebook.results.concluded", {"school_class": school_class, "term": term}))
    return results


async def students_of_class(context: Context, school_class: UUID) -> list[UUID]:
    """Who is in a class today, or was on the last day of its year."""
    return [each["student_id"] for each in await context.fetch(_STUDENTS, school_class, context.today)]
