"""Seating plans of classes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.nouns import Draft, Noun
from homeroom.texts import tidy
from homeroom_school.refusals import NO_SUCH_SEAT, NOT_ENROLLED
from homeroom_school.tables import Seat, SeatingPlan


async def _in_the_plan(context: Context, seats: Draft) -> None:
    """Refuse seats that the plan does not have, and students who are not in the class on its first day."""
    plan = await context.fetchrow("SELECT * FROM seating_plan WHERE id = ANY($1::uuid[])", seats["seating_plan_id"])
    if plan is None:
        return
    members = await context.fetch(
        "SELECT student_id FROM class_enrolment WHERE school_class_id = $1 AND starts_on <= $2"
        " AND (ends_on IS NULL OR ends_on >= $2)",
        plan["school_class_id"],
        plan["starts_on"],
    )
    here = {each["student_id"] for each in members}
    rows, places = plan["row_count"], plan["places_in_row"]
    seats.refuse(NOT_ENROLLED, "student", where=lambda seat: seat.student_id not in here)
    seats.refuse(NO_SUCH_SEAT, "place", where=lambda seat: seat.row_number > rows or seat.place > places)


SEATING_PLAN = Noun(SeatingPlan, "school.seating")
SEAT = Noun(Seat, "school.seating", check=_in_the_plan)

remove_seating_plan = SEATING_PLAN.remove("Remove a seating plan with its seats.")


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
    await context.fetch("SELECT id FROM school_class WHERE id = $1 FOR UPDATE", school_class)
    # A plan that is there may keep its name, so it is looked for before the arguments are checked.
    sql = "SELECT id FROM seating_plan WHERE school_class_id = $1 AND name = $2"
    plan: UUID | None = await context.fetchval(sql, school_class, tidy(name))
    size = {"row_count": row_count, "places_in_row": places_in_row}
    about = {"school_class": school_class, "name": name, "room": room, "starts_on": starts_on or context.today}
    (values,) = await SEATING_PLAN.checked(context, [{**about, **size}], row=plan)
    if plan is None:
        (plan,) = await SEATING_PLAN.insert(context, [values])
    else:
        await SEATING_PLAN.update(context, plan, values)
        # All seats are set again: two who change places would each find the other's taken.
        present = await context.fetch("SELECT id FROM seat WHERE seating_plan_id = $1", plan)
        await context.rows(Seat).delete_many([each["id"] for each in present])
    seats = [{"seating_plan": plan, **dataclasses.asdict(row)} for row in rows]
    await SEAT.add(context, seats, rows="rows", common=("seating_plan",))
    return plan
