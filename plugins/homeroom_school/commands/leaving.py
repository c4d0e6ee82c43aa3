"""A member of staff leaves the school: all that ends with it, in one act."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom_school.commands.employment import end_employment
from homeroom_school.tables import HomeroomAppointment, StudentGroup, TeachingAssignment
from homeroom_tenants.leaving import EndedRole, end_roles_of

if TYPE_CHECKING:
    from homeroom.database.tables import SchoolTable

_EMPLOYED: Final = """
SELECT NOT EXISTS (SELECT FROM employment WHERE staff_id = $1)
    OR EXISTS (SELECT FROM employment WHERE staff_id = $1 AND ends_on IS NULL)
"""
_POSTS: Final = """
SELECT p.id, p.starts_on FROM {table} p WHERE p.staff_id = $1 AND (p.ends_on IS NULL OR p.ends_on > $2)
ORDER BY p.id FOR UPDATE
"""
_GROUPS: Final = "SELECT id FROM student_group WHERE leader_id = $1 ORDER BY id FOR UPDATE"


@dataclass(frozen=True)
class StaffLeaving:
    """What ends when a member of staff leaves.

    Args:
        staff: Who leaves.
        last_day: The last day.
        employment_ends: Whether an employment ends; not for somebody who had left before.
        homeroom_appointments: The appointments as homeroom teacher that end.
        teaching_assignments: The teaching assignments that end.
        groups: The groups that have no leader any more.
        roles: The roles of logins that end, each with its moment.
        lessons_without_teacher: Planned lessons after the last day at which this person stays listed: they need a
            substitute.
    """

    staff: Annotated[UUID, Ref("Staff")]
    last_day: date
    employment_ends: bool
    homeroom_appointments: list[Annotated[UUID, Ref("HomeroomAppointment")]]
    teaching_assignments: list[Annotated[UUID, Ref("TeachingAssignment")]]
    groups: list[Annotated[UUID, Ref("StudentGroup")]]
    roles: list[EndedRole]
    lessons_without_teacher: int


@command("school.employment.leave", audited_arguments=True)
async def let_staff_leave(
    context: Context,
    *,
    staff: Annotated[UUID, Ref("Staff")],
    ends_on: date | None = None,
) -> StaffLeaving:
    """Let a member of staff leave after a last day (by default today): all that they do and hold here ends with it.

    The employment, homeroom appointments and teaching assignments end on that day; what would begin later is removed.
    Groups that they lead have no leader any more. The roles of their logins here end with that day, or at once if it is
    today or before, and with them every session and token. What a login holds for another person, or by a grant of the
    district, stays.

    Raises Refusal for a last day before something began, and for a role with power over others that the caller may not
    take away.

    Args:
        staff: Who leaves.
        ends_on: The last day.
    """
    await context.permit("Staff", [staff], field="staff")
    last = ends_on or context.today
    employed = bool(await context.fetchval(_EMPLOYED, staff))
    if employed:
        await end_employment(context, staff=staff, ends_on=last)
    appointments = await _end_posts(context, HomeroomAppointment, staff, last)
    assignments = await _end_posts(context, TeachingAssignment, staff, last)
    groups = [row["id"] for row in await context.fetch(_GROUPS, staff)]
    await context.rows(StudentGroup).update_many([{"id": each, "leader_id": None} for each in groups])
    until = datetime.combine(last + timedelta(days=1), time(), context.space.time_zone).astimezone(UTC)
    if last <= context.today:
        until = context.now
    roles = await end_roles_of(context, staff, until, field="staff")
    unstaffed: Counter[str] = Counter()
    await context.call_hook("staff_leaving", staff=staff, last_day=last, unstaffed=unstaffed)
    return StaffLeaving(staff, last, employed, appointments, assignments, groups, roles, unstaffed["Lesson"])


async def _end_posts(context: Context, table: type[SchoolTable], staff: UUID, last: date) -> list[UUID]:
    found = await context.fetch(_POSTS.format(table=table._meta.tablename), staff, last)
    rows = context.rows(table)
    for each in found:
        if each["starts_on"] > last:
            await rows.delete(each["id"])
        else:
            await rows.update(each["id"], {"ends_on": last})
    return [each["id"] for each in found]
