"""Enrolments that were entered by mistake: the wrong class, the wrong days, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command, given_or
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.nouns.dating import refuse_wrong_days
from homeroom.removal import remove
from homeroom_school.commands.checks import in_range, period
from homeroom_school.commands.enrolment import (
    LOCK_STUDENTS,
    enrolments_changed,
    refuse_taken_numbers,
    refuse_those_who_left,
)
from homeroom_school.tables import ClassEnrolment


@command("school.enrolment.correct", returns="ClassEnrolment")
async def correct_enrolment(
    context: Context,
    *,
    enrolment: Annotated[UUID, Ref("ClassEnrolment")],
    school_class: Annotated[UUID, Ref("SchoolClass")] | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset | None = UNSET,
    class_number: int | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Correct an enrolment that was entered wrongly: its class, its days, its number. What is not given stays.

    For a student who was in one class and moves to another, use `moveStudents`. With the class, the number is taken
    away unless one is given. Marks follow as they do when a student moves.

    Raises OUTSIDE_YEAR for days outside the school year of the class, OVERLAP where the student is in another homeroom
    class on one of these days, DUPLICATE for a number that another student has.

    Args:
        school_class: The right class.
    """
    await context.permit("ClassEnrolment", [enrolment], field="enrolment")
    if school_class is not UNSET:
        await context.permit("SchoolClass", [school_class], field="schoolClass")
    number = given_or(class_number, None)
    in_range(number, 1, 999, "classNumber")
    found = await context.fetchrow(
        "SELECT student_id, school_class_id, starts_on, ends_on FROM class_enrolment WHERE id = $1", enrolment
    )
    assert found is not None
    await context.fetch(LOCK_STUDENTS, [found["student_id"]])
    target = given_or(school_class, found["school_class_id"])
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR NO KEY UPDATE", target)
    if starts_on is not UNSET and starts_on > found["starts_on"]:
        await refuse_those_who_left(context, [found["student_id"]], starts_on, field="startsOn", rows=False)
    further: dict[str, Any] = {}
    if target != found["school_class_id"]:
        further = {"school_class_id": target, "class_number": number}
    elif class_number is not UNSET:
        further = {"class_number": number}
    first, last = given_or(starts_on, found["starts_on"]), given_or(ends_on, found["ends_on"])
    await _correct(context, enrolment, first, last, further, field="enrolment", expected_version=expected_version)
    if number is not None or starts_on or ends_on is not UNSET:
        await refuse_taken_numbers(context, [enrolment], "classNumber", listed=False)
    await enrolments_changed(context, [found["student_id"]])
    return enrolment


@command("school.enrolment.remove")
async def remove_enrolments(
    context: Context,
    *,
    enrolments: list[Annotated[UUID, Ref("ClassEnrolment")]],
    reopen_previous: bool = False,
) -> None:
    """Remove enrolments that were entered by mistake, all or none.

    Raises IN_USE where the student has marks in the class that depend on the enrolment; correct it, or end it.

    Args:
        reopen_previous: Whether the enrolment that ended on the day before, as a move ends it, continues as the removed
            one would have.
    """
    await context.permit("ClassEnrolment", enrolments, field="enrolments", rows=True)
    ids = list(dict.fromkeys(enrolments))
    rows = await context.fetch(
        "SELECT e.*, c.kind, c.school_year_id FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id"
        " WHERE e.id = ANY($1::uuid[])",
        ids,
    )
    students = [each["student_id"] for each in rows]
    await context.fetch(LOCK_STUDENTS, students)
    await _refuse_what_rests(context, ids, {each["id"]: each for each in rows})
    await remove(context, ClassEnrolment, ids, field="enrolments", listed=True)
    if reopen_previous:
        for each in rows:
            await _reopen(context, each)
    await enrolments_changed(context, students)


async def _refuse_what_rests(context: Context, ids: list[UUID], rows: dict[UUID, Any]) -> None:
    """Ask the other plugins what depends on a student's being in a class, where no other enrolment carries it."""
    problems: list[Problem] = []
    for place, each in enumerate(ids):
        row = rows[each]
        if await context.fetchval(
            "SELECT true FROM class_enrolment WHERE student_id = $1 AND school_class_id = $2"
            " AND NOT id = ANY($3::uuid[]) LIMIT 1",
            row["student_id"],
            row["school_class_id"],
            ids,
        ):
            continue
        try:
            await context.host.hooks.each(
                "enrolment_removing",
                only=context.variant.plugins,
                context=context,
                student=row["student_id"],
                school_class=row["school_class_id"],
            )
        except Refusal as refusal:
            problems += [p.at("enrolments", place) for p in refusal.problems]
    if problems:
        raise Refusal.of(problems)


async def _reopen(context: Context, removed: Any) -> None:
    previous = await context.fetchrow(
        "SELECT e.id, e.starts_on FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id"
        " WHERE e.student_id = $1 AND e.ends_on = $2 AND c.kind = $3 AND c.school_year_id = $4",
        removed["student_id"],
        removed["starts_on"] - timedelta(days=1),
        removed["kind"],
        removed["school_year_id"],
    )
    if previous is not None:
        await _correct(context, previous["id"], previous["starts_on"], removed["ends_on"], {}, field="enrolments")


async def _correct(
    context: Context,
    enrolment: UUID,
    first: date,
    last: date | None,
    further: dict[str, Any],
    *,
    field: str,
    expected_version: int | None = None,
) -> None:
    period(first, last)
    await context.rows(ClassEnrolment).update(
        enrolment, {"starts_on": first, "ends_on": last, **further}, expected_version=expected_version, field=field
    )
    written = ["starts_on", "ends_on", *further]
    await refuse_wrong_days(
        context, ClassEnrolment, [enrolment], written, field=field, days_field="starts_on", listed=False
    )
