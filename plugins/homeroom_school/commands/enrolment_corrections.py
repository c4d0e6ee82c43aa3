"""Enrolments that were entered by mistake: removing them, with what depends on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal, refuse_all
from homeroom.nouns.dating import lock_owners_of
from homeroom.removal import remove
from homeroom_school.commands.enrolment import correct_enrolment
from homeroom_school.tables import ClassEnrolment


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
    await lock_owners_of(context, ClassEnrolment, ids)
    rows = await context.fetch(
        "SELECT e.*, c.kind, c.school_year_id FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id"
        " WHERE e.id = ANY($1::uuid[])",
        ids,
    )
    await _refuse_what_rests(context, ids, {each["id"]: each for each in rows})
    await remove(context, ClassEnrolment, ids, field="enrolments", listed=True)
    if reopen_previous:
        for each in rows:
            await _reopen(context, each, ids.index(each["id"]))
    await context.emit(Event("school.enrolment.changed", {"students": [each["student_id"] for each in rows]}))


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
            await context.call_hook(
                "enrolment_removing", student=row["student_id"], school_class=row["school_class_id"]
            )
        except Refusal as refusal:
            problems += [p.at("enrolments", place) for p in refusal.problems]
    refuse_all(problems)


async def _reopen(context: Context, removed: Any, place: int) -> None:
    previous = await context.fetchval(
        "SELECT e.id FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id"
        " WHERE e.student_id = $1 AND e.ends_on = $2 AND c.kind = $3 AND c.school_year_id = $4",
        removed["student_id"],
        removed["starts_on"] - timedelta(days=1),
        removed["kind"],
        removed["school_year_id"],
    )
    if previous is not None:
        try:
            await correct_enrolment(context, enrolment=previous, ends_on=removed["ends_on"])
        except Refusal as refusal:
            raise Refusal.of([each.at("enrolments", place) for each in refusal.problems]) from None
