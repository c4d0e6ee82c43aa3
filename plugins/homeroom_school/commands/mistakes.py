"""People who were entered by mistake: removed if nothing rests on them, or made one with who they really are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Final
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.errors import Refusal
from homeroom.refusals import LISTED_TWICE, TOO_MANY
from homeroom.removal import remove
from homeroom_school.doubts import refresh_doubts
from homeroom_school.merging import merge_rows
from homeroom_school.refusals import HAS_LOGIN, IN_TWO_CLASSES, SAME_RECORD
from homeroom_school.tables import Guardian, PersonIdentifier, PersonName, PersonPhoto, Staff, Student

__all__ = ["merge_guardians", "merge_staff", "merge_students", "remove_guardians", "remove_staff", "remove_students"]

_MOST: Final = 500
#: What is nothing without the person.
_OF_STUDENT: Final = (PersonName.student_id, PersonIdentifier.student_id, PersonPhoto.student_id)
_OF_STAFF: Final = (PersonName.staff_id, PersonIdentifier.staff_id, PersonPhoto.staff_id)
_OF_GUARDIAN: Final = (PersonName.guardian_id, PersonIdentifier.guardian_id)

_TWO_CLASSES: Final = """
SELECT true FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
JOIN class_enrolment o ON o.student_id = e.student_id AND o.id > e.id
JOIN school_class oc ON oc.id = o.school_class_id AND oc.kind = 'homeroom'
WHERE e.student_id = $1 AND daterange(e.starts_on, e.ends_on, '[]') && daterange(o.starts_on, o.ends_on, '[]') LIMIT 1
"""


@command("school.student.remove")
async def remove_students(context: Context, *, students: list[Annotated[UUID, Ref("Student")]]) -> None:
    """Remove students who were entered by mistake, all or none, with their names, numbers and photographs.

    Raises Refusal, HAS_LOGIN where an account stands for one, and IN_USE with what rests on one: enrolments, marks,
    guardians. To erase a person who was at the school, ask for an erasure.
    """
    await context.permit("Student", students, field="students", rows=True)
    await _remove(context, Student, students, _OF_STUDENT, "students")


@command("school.staff.remove")
async def remove_staff(context: Context, *, staff: list[Annotated[UUID, Ref("Staff")]]) -> None:
    """Remove members of staff who were entered by mistake, all or none.

    Raises Refusal, HAS_LOGIN where an account stands for one, and IN_USE with what rests on one.
    """
    await context.permit("Staff", staff, field="staff", rows=True)
    await _remove(context, Staff, staff, _OF_STAFF, "staff")


@command("school.guardian.remove")
async def remove_guardians(context: Context, *, guardians: list[Annotated[UUID, Ref("Guardian")]]) -> None:
    """Remove guardians who were entered by mistake, all or none.

    Raises Refusal, HAS_LOGIN where an account stands for one, and IN_USE with what rests on one.
    """
    await context.permit("Guardian", guardians, field="guardians", rows=True)
    await _remove(context, Guardian, guardians, _OF_GUARDIAN, "guardians")


async def _remove(
    context: Context, table: type[SchoolTable], people: list[UUID], parts: Collection[Any], field: str
) -> None:
    if not people or len(set(people)) < len(people):
        raise Refusal(LISTED_TWICE, field)
    if len(people) > _MOST:
        raise Refusal(TOO_MANY, field, most=_MOST)
    await context.fetch(
        f"SELECT id FROM {table._meta.tablename} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", people
    )
    held = await context.fetchval(
        "SELECT n.place FROM unnest($1::uuid[]) WITH ORDINALITY AS n (person, place)"
        " JOIN jsonb_array_elements(homeroom.members()) m ON (m->>'person')::uuid = n.person LIMIT 1",
        people,
    )
    if held is not None:
        raise Refusal(HAS_LOGIN, field, held - 1)
    await remove(context, table, people, field=field, parts=parts, listed=True)


@command("school.student.merge", returns="Student")
async def merge_students(
    context: Context,
    *,
    keep: Annotated[UUID, Ref("Student")],
    duplicate: Annotated[UUID, Ref("Student")],
) -> UUID:
    """Make one student of two records of the same person: what refers to the duplicate comes to refer to the other.

    Enrolments, guardians, marks, identifiers and the ids of other systems are taken over; what the kept record lacks is
    filled in; then the duplicate is removed. Raises Refusal, HAS_LOGIN where an account stands for the duplicate, and
    MERGE_CONFLICT where both have something that cannot be true of one person, such as two classes on one day.
    """
    await _permit_both(context, Student, keep, duplicate)
    hooks = context.host.hooks
    await hooks.each("student_merging", only=context.variant.plugins, context=context, keep=keep, duplicate=duplicate)
    await merge_rows(context, Student, keep, duplicate, field="duplicate")
    if await context.fetchval(_TWO_CLASSES, keep):
        raise Refusal(IN_TWO_CLASSES, "duplicate")
    await refresh_doubts(context, [keep])
    await context.emit(Event("school.enrolment.changed", {"students": [keep]}))
    return keep


@command("school.staff.merge", returns="Staff")
async def merge_staff(
    context: Context, *, keep: Annotated[UUID, Ref("Staff")], duplicate: Annotated[UUID, Ref("Staff")]
) -> UUID:
    """Make one member of staff of two records of the same person; see `mergeStudents`."""
    await _permit_both(context, Staff, keep, duplicate)
    await merge_rows(context, Staff, keep, duplicate, field="duplicate")
    await refresh_doubts(context, [keep])
    return keep


@command("school.guardian.merge", returns="Guardian")
async def merge_guardians(
    context: Context, *, keep: Annotated[UUID, Ref("Guardian")], duplicate: Annotated[UUID, Ref("Guardian")]
) -> UUID:
    """Make one guardian of two records of the same person; see `mergeStudents`."""
    await _permit_both(context, Guardian, keep, duplicate)
    await merge_rows(context, Guardian, keep, duplicate, field="duplicate")
    return keep


async def _permit_both(context: Context, table: type[SchoolTable], keep: UUID, duplicate: UUID) -> None:
    await context.permit(table.__name__, [keep], field="keep")
    await context.permit(table.__name__, [duplicate], field="duplicate")
    if keep == duplicate:
        raise Refusal(SAME_RECORD, "duplicate")
    await context.fetch(
        f"SELECT id FROM {table._meta.tablename} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", [keep, duplicate]
    )
