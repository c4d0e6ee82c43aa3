"""Who works at the school, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command, given_or
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom_school.commands.checks import period
from homeroom_school.refusals import DAY_NEEDED, EMPLOYED_ALREADY, HAS_LEFT
from homeroom_school.tables import Employment

__all__ = ["change_employment", "end_employment", "start_employment"]

_OVERLAPS: Final = """
SELECT EXISTS (SELECT FROM employment e WHERE e.staff_id = $1 AND e.id IS DISTINCT FROM $4::uuid
    AND daterange(e.starts_on, e.ends_on, '[]') && daterange($2::date, $3::date, '[]'))
"""
_OPEN: Final = "SELECT id, starts_on FROM employment WHERE staff_id = $1 AND ends_on IS NULL FOR UPDATE"


@command("school.employment.start", returns="Employment")
async def start_employment(
    context: Context, *, staff: Annotated[UUID, Ref("Staff")], starts_on: date | None = None
) -> UUID:
    """Somebody works at the school from a day (today unless told). Raises Refusal for one who does already."""
    await context.permit("Staff", [staff], field="staff")
    starts_on = starts_on or context.today
    return await _write(context, staff, starts_on, None, field="startsOn")


@command("school.employment.end", returns="Employment")
async def end_employment(
    context: Context, *, staff: Annotated[UUID, Ref("Staff")], ends_on: date | None = None
) -> UUID:
    """Somebody works at the school to a last day (today unless told); how long data are kept counts from the next.

    Of whom no first day was ever told, it stays untold. Posts, lessons and the login stay: `letStaffLeave` ends them.
    Raises Refusal for one who has left already.
    """
    await context.permit("Staff", [staff], field="staff")
    ends_on = ends_on or context.today
    found = await context.fetchrow(_OPEN, staff)
    if found is not None:
        if found["starts_on"] is not None:
            period(found["starts_on"], ends_on)
        await context.rows(Employment).update(found["id"], {"ends_on": ends_on}, field="staff")
        employment: UUID = found["id"]
        return employment
    if await context.fetchval("SELECT EXISTS (SELECT FROM employment WHERE staff_id = $1)", staff):
        raise Refusal(HAS_LEFT, "staff")
    return await _write(context, staff, None, ends_on, field="endsOn")


@command("school.employment.change", returns="Employment")
async def change_employment(
    context: Context,
    *,
    employment: Annotated[UUID, Ref("Employment")],
    starts_on: date | Unset | None = UNSET,
    ends_on: date | Unset | None = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Correct from when to when somebody works at the school. What is not given stays; without a last day it goes on.

    Raises Refusal where neither day is known afterwards, or another employment of the same person lies within.
    """
    await context.permit("Employment", [employment], field="employment")
    row = await context.fetchrow(
        "SELECT staff_id, starts_on, ends_on FROM employment WHERE id = $1 FOR UPDATE", employment
    )
    assert row is not None
    first, last = given_or(starts_on, row["starts_on"]), given_or(ends_on, row["ends_on"])
    if first is None and last is None:
        raise Refusal(DAY_NEEDED, "starts_on")
    if first is not None:
        period(first, last)
    if await context.fetchval(_OVERLAPS, row["staff_id"], first, last, employment):
        raise Refusal(EMPLOYED_ALREADY, "starts_on")
    values = {"starts_on": first, "ends_on": last}
    await context.rows(Employment).update(employment, values, expected_version=expected_version, field="employment")
    return employment


async def _write(context: Context, staff: UUID, starts_on: date | None, ends_on: date | None, *, field: str) -> UUID:
    if await context.fetchval(_OVERLAPS, staff, starts_on, ends_on, None):
        raise Refusal(EMPLOYED_ALREADY, field)
    values = {"staff_id": staff, "starts_on": starts_on, "ends_on": ends_on}
    (made,) = await context.rows(Employment).insert([values])
    return made
