"""Bell schedules: the periods of a day, and on which days and for which grade levels they hold."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.nouns import Draft, Noun, row_type
from homeroom_calendar.refusals import PERIOD_TOO_EARLY
from homeroom_calendar.tables import BellPeriod, BellSchedule, BellScheduleUse


async def follow_each_other(context: Context, periods: Draft) -> None:
    """Refuse a period that begins before the one before it ends."""
    before = ""
    for place, period in periods.rows():
        if period["starts_at"] < before:
            periods.problem(place, PERIOD_TOO_EARLY, "starts_at")
        before = period["ends_at"]


BELL = Noun(BellSchedule, "calendar.bell")
PERIOD = Noun(BellPeriod, "calendar.bell", check=follow_each_other)
BELL_USE = Noun(BellScheduleUse, "calendar.bell")

# Only the verbs of the schedule use it: a schedule and its periods are written together.
_set_periods = PERIOD.replace(
    "Set the periods of a bell schedule.", of="bell_schedule", by="number", position="number", rows="periods"
)
BellPeriodRow: Any = row_type(_set_periods)


@command("calendar.bell.create", returns="BellSchedule")
async def create_bell_schedule(context: Context, *, code: str, name: str, periods: list[BellPeriodRow]) -> UUID:
    """Add a bell schedule with its periods, which are numbered in the order of the list."""
    (made,) = await BELL.insert(context, await BELL.checked(context, [{"code": code, "name": name}]))
    await _set_periods.function(context, bell_schedule=made, periods=periods)
    return made


@command("calendar.bell.change", returns="BellSchedule")
async def change_bell_schedule(
    context: Context,
    *,
    bell_schedule: Annotated[UUID, Ref("BellSchedule")],
    name: str | Unset = UNSET,
    periods: list[BellPeriodRow] | Unset = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change the name of a bell schedule, or all its periods. Lessons that are planned keep their times."""
    await context.permit("BellSchedule", [bell_schedule], field="bellSchedule")
    (changes,) = await BELL.checked(context, [{"name": name}], row=bell_schedule)
    await BELL.update(context, bell_schedule, changes, expected_version=expected_version)
    if periods is not UNSET:
        await _set_periods.function(context, bell_schedule=bell_schedule, periods=periods)
    return bell_schedule


remove_bell_schedule = BELL.remove(
    "Remove a bell schedule that was entered by mistake, with its periods; IN_USE names what refers to it.",
    parts=(BellPeriod.bell_schedule_id,),
)
use_bell_schedules = BELL_USE.replace(
    "Set which bell schedule holds when, for the whole school; what was set before holds no longer. What names the"
    " grade level comes before a cycle day, and that before a weekday.",
    by=("weekday", "cycle_day", "grade_level"), verb="use", row="BellUseRow", name="use_bell_schedules",
)  # fmt: skip
BellUseRow = row_type(use_bell_schedules)
