"""Who works at the school, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Draft, Noun
from homeroom_school.refusals import DAY_NEEDED, HAS_LEFT
from homeroom_school.tables import Employment


async def with_a_day(context: Context, employments: Draft) -> None:
    """Refuse an employment of which neither day is known."""
    employments.refuse(DAY_NEEDED, "starts_on", where=lambda row: row.starts_on is None and row.ends_on is None)


EMPLOYMENT = Noun(Employment, "school.employment", check=with_a_day)

start_employment = EMPLOYMENT.create("Somebody works at the school from a day on.", verb="start", without=("ends_on",))
change_employment = EMPLOYMENT.change(
    "Correct from when to when somebody works at the school; one of the days stays known.", fixed=("staff",)
)
remove_employments = EMPLOYMENT.remove(
    "Remove employments that were entered by mistake; `changeEmployment` corrects their days.", many=True
)


@command("school.employment.end", returns="Employment")
async def end_employment(
    context: Context, *, staff: Annotated[UUID, Ref("Staff")], ends_on: date | None = None
) -> UUID:
    """Somebody works at the school to a last day (by default today); how long data are kept counts from the next.

    A first day that is unknown stays unknown. Posts, lessons and the login stay: `letStaffLeave` ends them.
    Raises Refusal for one who has left already.
    """
    await context.permit("Staff", [staff], field="staff")
    ends_on = ends_on or context.today
    found = await context.fetch("SELECT id, starts_on, ends_on FROM employment WHERE staff_id = $1 FOR UPDATE", staff)
    if not found:
        return (await context.rows(Employment).insert([{"staff_id": staff, "starts_on": None, "ends_on": ends_on}]))[0]
    open_ones = [each for each in found if each["ends_on"] is None]
    if not open_ones:
        raise Refusal(HAS_LEFT, "staff")
    employment: UUID = open_ones[0]["id"]
    (changes,) = await EMPLOYMENT.checked(context, [{"ends_on": ends_on}], row=employment)
    await EMPLOYMENT.update(context, employment, changes)
    return employment
