"""Seating plans of classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.nouns import Noun
from homeroom_school.commands.checks import in_range, required_text
from homeroom_school.refusals import NO_SUCH_SEAT, NOT_ENROLLED, SEAT_TAKEN, SEATED
from homeroom_school.tables import Seat, SeatingPlan


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One student's seat: the row from 1 at the front, the place from 1 along the row.

    Args:
        row_number: Counted from the front.
        place: Counted within the row.
    """

    student: Annotated[UUID, Ref("Student")]
    row_number: int
    place: int


@command("school.seating.plan", returns="SeatingPlan")
async def plan_seats(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    name: str,
    row_count: int,
    places_in_row: int,
    rows: list[SeatRow],
    room: Annotated[UUID, Ref("Room")] | None = None,
    starts_on: date | None = None,
) -> UUID:
    """Say who sits where in a class; a plan of this name in the class is replaced.

    Every student is in the class on the day from which the plan holds (by default today), and no seat is taken twice.
    """
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await context.permit("Student", [row.student for row in rows], field="rows.student", rows=True)
    if room is not None:
        await context.permit("Room", [room], field="room", sight=True)
    in_range(row_count, 1, 50, "rowCount")
    in_range(places_in_row, 1, 50, "placesInRow")
    name = required_text(name, 60, "name")
    starts_on = starts_on or context.today
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    await _refuse_bad_seats(context, school_class, starts_on, row_count, places_in_row, rows)
    values = {"room_id": room, "row_count": row_count, "places_in_row": places_in_row, "starts_on": starts_on}
    plans, seats = context.rows(SeatingPlan), context.rows(Seat)
    plan: UUID | None = await context.fetchval(
        "SELECT id FROM seating_plan WHERE school_class_id = $1 AND name = $2", school_class, name
    )
    if plan is None:
        (plan,) = await plans.insert([{"school_class_id": school_class, "name": name, **values}])
    else:
        await plans.update(plan, values)
        # All seats are set again: two who change places would each find the other's taken.
        present = await context.fetch("SELECT id FROM seat WHERE seating_plan_id = $1", plan)
        await seats.delete_many([each["id"] for each in present])
    await seats.insert(
        [
            {"seating_plan_id": plan, "student_id": row.student, "row_number": row.row_number, "place": row.place}
            for row in rows
        ]
    )
    return plan


async def _refuse_bad_seats(
    context: Context, school_class: UUID, on: date, row_count: int, places_in_row: int, rows: list[SeatRow]
) -> None:
    members = {
        each["student_id"]
        for each in await context.fetch(
            "SELECT student_id FROM class_enrolment WHERE school_class_id = $1 AND starts_on <= $2"
            " AND (ends_on IS NULL OR ends_on >= $2)",
            school_class,
            on,
        )
    }
    problems = []
    seated: set[UUID] = set()
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        if row.student not in members:
            problems.append(Problem(NOT_ENROLLED, "rows.student", number))
        if row.student in seated:
            problems.append(Problem(SEATED, "rows.student", number))
        if not 1 <= row.row_number <= row_count or not 1 <= row.place <= places_in_row:
            problems.append(Problem(NO_SUCH_SEAT, "rows.place", number))
        elif (row.row_number, row.place) in taken:
            problems.append(Problem(SEAT_TAKEN, "rows.place", number))
        seated.add(row.student)
        taken.add((row.row_number, row.place))
    if problems:
        raise Refusal.of(problems)


remove_seating_plan = Noun(SeatingPlan, "school.seating", singular="seating_plan").remove(
    "Remove a seating plan with its seats."
)
