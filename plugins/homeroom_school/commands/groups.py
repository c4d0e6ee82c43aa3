"""Houses, clubs and other groups of students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Noun
from homeroom.refusals import LISTED_TWICE
from homeroom_school.commands.checks import period, plain_text
from homeroom_school.commands.enrolment import refuse_those_who_left
from homeroom_school.commands.periods import check_periods, end_periods
from homeroom_school.refusals import GROUP_OVERLAPS, INACTIVE
from homeroom_school.tables import GroupMembership, StudentGroup

__all__ = [
    "GroupMemberRow",
    "change_group",
    "create_group",
    "end_group_memberships",
    "join_group",
    "lock_members_of",
    "remove_group",
]


GROUP = Noun(StudentGroup, "school.group", singular="group")

create_group = GROUP.create("Make a house, a club or another group; its code is unique.")
change_group = GROUP.change("Change a group, or let nobody join it any more.", fixed=("kind",))
remove_group = GROUP.remove("Remove a group that was entered by mistake; IN_USE names what rests on it.")


@dataclass(frozen=True, slots=True)
class GroupMemberRow:
    """A student who joins, and as what.

    Args:
        role: What the student is in the group.
    """

    student: Annotated[UUID, Ref("Student")]
    role: str = ""


@command("school.group.join", returns="GroupMembership", many=True)
async def join_group(
    context: Context,
    *,
    student_group: Annotated[UUID, Ref("StudentGroup")],
    rows: list[GroupMemberRow],
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> list[UUID]:
    """Let students join a group from a day on (today unless told). A student is in one house at a time."""
    await context.permit("StudentGroup", [student_group], field="studentGroup")
    students = [row.student for row in rows]
    await context.permit("Student", students, field="rows.student", rows=True)
    starts_on = starts_on or context.today
    period(starts_on, ends_on)
    if len(set(students)) != len(students):
        raise Refusal(LISTED_TWICE, "rows.student")
    await refuse_those_who_left(context, students, starts_on, field="rows.student")
    # Memberships of one student change one after another.
    await context.fetch("SELECT id FROM student WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", students)
    group = await context.fetchrow("SELECT kind, active FROM student_group WHERE id = $1", student_group)
    assert group is not None
    if not group["active"]:
        raise Refusal(INACTIVE, "student_group")
    made = await context.rows(GroupMembership).insert(
        [
            {
                "student_group_id": student_group,
                "student_id": row.student,
                "role": plain_text(row.role, 60, "rows.role", number),
                "starts_on": starts_on,
                "ends_on": ends_on,
            }
            for number, row in enumerate(rows)
        ]
    )
    await check_periods(context, GroupMembership, made, field="rows.student", code=GROUP_OVERLAPS)
    return made


@command("school.group.end", returns="GroupMembership", many=True)
async def end_group_memberships(
    context: Context,
    *,
    memberships: list[Annotated[UUID, Ref("GroupMembership")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End memberships with a last day (today unless told).

    Raises OVERLAP where the new last day reaches into another membership.
    """
    await context.permit("GroupMembership", memberships, field="memberships", rows=True)
    await lock_members_of(context, memberships)
    await end_periods(context, GroupMembership, memberships, ends_on, field="memberships", code=GROUP_OVERLAPS)
    return memberships


async def lock_members_of(context: Context, memberships: Sequence[UUID]) -> None:
    """Lock the students of memberships: two offices change theirs one after the other."""
    await context.fetch(
        "SELECT id FROM student WHERE id IN (SELECT student_id FROM group_membership WHERE id = ANY($1::uuid[]))"
        " ORDER BY id FOR UPDATE",
        list(memberships),
    )
