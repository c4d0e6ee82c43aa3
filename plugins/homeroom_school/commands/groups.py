"""Houses, clubs and other groups of students."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Invalid, Problem, Refusal
from homeroom_school.commands.checks import given, period, plain_text, refuse_duplicate, required_code, required_text
from homeroom_school.commands.enrolment import refuse_those_who_left
from homeroom_school.tables import GroupKind, GroupMembership, StudentGroup

__all__ = ["GroupMemberRow", "change_group", "create_group", "end_group_memberships", "join_group"]


@command("school.group.create", returns="StudentGroup")
async def create_group(
    context: Context,
    *,
    code: str,
    name: str,
    kind: GroupKind,
    leader: Annotated[UUID, Ref("Staff")] | None = None,
) -> UUID:
    """Make a house, a club or another group; its code is unique."""
    if leader is not None:
        await context.permit("Staff", [leader], field="leader", sight=True)
    with refuse_duplicate("there is a group of this code", "code"):
        (made,) = await context.rows(StudentGroup).insert(
            [
                {
                    "code": required_code(code, 20, "code"),
                    "name": required_text(name, 120, "name"),
                    "kind": kind.value,
                    "leader_id": leader,
                    "active": True,
                }
            ]
        )
    return made


@command("school.group.change", returns="StudentGroup")
async def change_group(
    context: Context,
    *,
    student_group: Annotated[UUID, Ref("StudentGroup")],
    code: str | None = None,
    name: str | None = None,
    leader: Annotated[UUID, Ref("Staff")] | None = None,
    active: bool | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Change a group, or let nobody join it any more."""
    await context.permit("StudentGroup", [student_group], field="studentGroup")
    if leader is not None:
        await context.permit("Staff", [leader], field="leader", sight=True)
    changes = given({"leader_id": leader, "active": active})
    if code is not None:
        changes["code"] = required_code(code, 20, "code")
    if name is not None:
        changes["name"] = required_text(name, 120, "name")
    with refuse_duplicate("there is a group of this code", "code"):
        await context.rows(StudentGroup).update(
            student_group, changes, expected_version=expected_version, field="studentGroup"
        )
    return student_group


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
        raise Invalid("a student stands twice", code="DUPLICATE", field="rows.student")
    await refuse_those_who_left(context, students, starts_on, field="rows.student")
    # Memberships of one student change one after another.
    await context.fetch("SELECT id FROM student WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", students)
    group = await context.fetchrow("SELECT kind, active FROM student_group WHERE id = $1", student_group)
    assert group is not None
    if not group["active"]:
        raise Invalid("nobody joins this group any more", code="INACTIVE", field="studentGroup")
    clashes = {
        each["student_id"]
        for each in await context.fetch(
            "SELECT m.student_id FROM group_membership m JOIN student_group g ON g.id = m.student_group_id"
            " WHERE m.student_id = ANY($1::uuid[]) AND (g.id = $2 OR $3 = 'house' AND g.kind = 'house')"
            " AND m.starts_on <= coalesce($5, 'infinity'::date) AND $4 <= coalesce(m.ends_on, 'infinity'::date)",
            students,
            student_group,
            group["kind"],
            starts_on,
            ends_on,
        )
    }
    problems = [
        Problem("OVERLAP", "the student is in this group, or in another house, then", "rows.student", number)
        for number, student in enumerate(students)
        if student in clashes
    ]
    if problems:
        raise Refusal.of(problems)
    return await context.rows(GroupMembership).insert(
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


@command("school.group.end", returns="GroupMembership", many=True)
async def end_group_memberships(
    context: Context,
    *,
    memberships: list[Annotated[UUID, Ref("GroupMembership")]],
    ends_on: date | None = None,
) -> list[UUID]:
    """End memberships with a last day (today unless told)."""
    await context.permit("GroupMembership", memberships, field="memberships", rows=True)
    ends_on = ends_on or context.today
    late = await context.fetchval("SELECT max(starts_on) FROM group_membership WHERE id = ANY($1::uuid[])", memberships)
    if late is not None and late > ends_on:
        raise Invalid("a membership begins after that day", field="endsOn")
    await context.rows(GroupMembership).update_many(
        [{"id": each, "ends_on": ends_on} for each in dict.fromkeys(memberships)]
    )
    return memberships
