"""Bell schedules: the periods of a day, and on which days and for which grade levels they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Noun, row_type
from homeroom.refusals import ENDS_BEFORE_START
from homeroom_calendar.refusals import PERIOD_TOO_EARLY, TIME_FORMAT
from homeroom_calendar.tables import BellPeriod, BellSchedule, BellScheduleUse, PeriodKind
from homeroom_school.commands.checks import refuse_duplicate, required_code, required_text

__all__ = [
    "BellPeriodRow",
    "BellUseRow",
    "change_bell_schedule",
    "clock_time",
    "create_bell_schedule",
    "use_bell_schedules",
]

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def clock_time(text: str, field: str, row: int | None = None) -> str:
    """A time of day as HH:MM. Raises Refusal where the text is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise Refusal(TIME_FORMAT, field, row)
    return f"{int(match[1]):02d}:{match[2]}"


@dataclass(frozen=True, slots=True)
class BellPeriodRow:
    """A period of the day; periods are numbered in the order of the list. Times are HH:MM on the school's clock.

    Args:
        name: As people write it.
        kind: What it is for.
        starts_at: When it begins.
        ends_at: When it ends.
    """

    name: str
    starts_at: str
    ends_at: str
    kind: PeriodKind = PeriodKind.LESSON


def _periods(rows: list[BellPeriodRow]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    before = ""
    for number, row in enumerate(rows):
        starts_at = clock_time(row.starts_at, "periods.startsAt", number)
        ends_at = clock_time(row.ends_at, "periods.endsAt", number)
        if ends_at <= starts_at:
            raise Refusal(ENDS_BEFORE_START, "periods.ends_at", number)
        if starts_at < before:
            raise Refusal(PERIOD_TOO_EARLY, "periods.starts_at", number)
        before = ends_at
        made.append(
            {
                "number": number + 1,
                "name": required_text(row.name, 60, "periods.name", number),
                "kind": row.kind.value,
                "starts_at": starts_at,
                "ends_at": ends_at,
            }
        )
    return made


@command("calendar.bell.create", returns="BellSchedule")
async def create_bell_schedule(context: Context, *, code: str, name: str, periods: list[BellPeriodRow]) -> UUID:
    """Make a bell schedule with its periods."""
    rows = _periods(periods)
    with refuse_duplicate("code"):
        (made,) = await context.rows(BellSchedule).insert(
            [{"code": required_code(code, 20, "code"), "name": required_text(name, 120, "name")}]
        )
    await context.rows(BellPeriod).insert([{"bell_schedule_id": made, **each} for each in rows])
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
    """Change how a bell schedule is called, or all its periods. Lessons that are planned keep their times."""
    await context.permit("BellSchedule", [bell_schedule], field="bellSchedule")
    changes = {} if name is UNSET else {"name": required_text(name, 120, "name")}
    await context.rows(BellSchedule).update(
        bell_schedule, changes, expected_version=expected_version, field="bellSchedule"
    )
    if periods is UNSET:
        return bell_schedule
    rows = _periods(periods)
    table = context.rows(BellPeriod)
    standing = {
        each["number"]: each["id"]
        for each in await context.fetch("SELECT id, number FROM bell_period WHERE bell_schedule_id = $1", bell_schedule)
    }
    await table.update_many([{"id": standing[r["number"]], **r} for r in rows if r["number"] in standing])
    await table.insert([{"bell_schedule_id": bell_schedule, **r} for r in rows if r["number"] not in standing])
    for number, row_id in standing.items():
        if number > len(rows):
            await table.delete(row_id)
    return bell_schedule


BELL_USE = Noun(BellScheduleUse, "calendar.bell")

use_bell_schedules = BELL_USE.replace(
    "Set which bell schedule holds when, for the whole school; what was set before holds no longer. What names the"
    " grade level comes before a cycle day, and that before a weekday.",
    by=("weekday", "cycle_day", "grade_level"),
    verb="use",
    row="BellUseRow",
    name="use_bell_schedules",
)
BellUseRow = row_type(use_bell_schedules)
