"""Houses, clubs and other groups of students."""

from __future__ import annotations

from homeroom.context import Context
from homeroom.nouns import Draft, Noun, row_type
from homeroom_school.commands.enrolment import refuse_those_who_left
from homeroom_school.refusals import INACTIVE
from homeroom_school.tables import GroupMembership, StudentGroup


async def may_join(context: Context, joining: Draft) -> None:
    """Refuse groups that nobody may join any more, and students who have left the school."""
    if not joining.stored:
        sql = "SELECT id FROM student_group WHERE id = ANY($1::uuid[]) AND NOT active"
        closed = {each["id"] for each in await context.fetch(sql, joining["student_group_id"])}
        joining.refuse(INACTIVE, "student_group", where=lambda row: row.student_group_id in closed)
    await refuse_those_who_left(context, joining)


GROUP = Noun(StudentGroup, "school.group", singular="group")
MEMBERSHIP = Noun(GroupMembership, "school.group", argument="membership", check=may_join)

create_group = GROUP.create("Make a house, a club or another group; its code is unique.")
change_group = GROUP.change("Change a group, or let nobody join it any more.", fixed=("kind",))
remove_group = GROUP.remove("Remove a group that was entered by mistake; IN_USE names what refers to it.")
join_group = MEMBERSHIP.create_many(
    "Let students join a group from a day on. A student is in one house at a time.",
    common=("student_group", "starts_on", "ends_on"),
    verb="join",
    row="GroupMemberRow",
    name="join_group",
)
end_group_memberships = MEMBERSHIP.end("End memberships with a last day.", many=True)
correct_group_membership = MEMBERSHIP.change(
    "Correct as what, and from when to when, a student is in a group.",
    fixed=("student_group", "student"),
    verb="correct",
)
remove_group_memberships = MEMBERSHIP.remove(
    "Remove memberships that were entered by mistake; one that was true ends with `endGroupMemberships`.",
    many=True,
    verb="remove_members",
    name="remove_group_memberships",
)
GroupMemberRow = row_type(join_group)
