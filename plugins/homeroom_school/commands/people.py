"""Students, staff and guardians; and those who were entered by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from homeroom.commands import Event
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.imports import imports
from homeroom.merging import merges
from homeroom.names import NameArgument, NameInput
from homeroom.nouns import Noun, row_type
from homeroom.refusals import TOO_MANY
from homeroom_school.doubts import refresh_doubts
from homeroom_school.refusals import HAS_LOGIN, IN_TWO_CLASSES
from homeroom_school.settings import script_and_order
from homeroom_school.tables import Guardian, Staff, Student

__all__ = ["GUARDIAN", "STAFF", "STUDENT", "NameInput"]

_MOST: Final = 500
_LOGINS: Final = """
SELECT DISTINCT n.place FROM unnest($1::uuid[]) WITH ORDINALITY AS n (person, place)
JOIN jsonb_array_elements(homeroom.members()) m ON (m->>'person')::uuid = n.person ORDER BY n.place
"""
_TWO_CLASSES: Final = """
SELECT true FROM class_enrolment e JOIN school_class c ON c.id = e.school_class_id AND c.kind = 'homeroom'
JOIN class_enrolment o ON o.student_id = e.student_id AND o.id > e.id
JOIN school_class oc ON oc.id = o.school_class_id AND oc.kind = 'homeroom'
WHERE e.student_id = $1 AND daterange(e.starts_on, e.ends_on, '[]') && daterange(o.starts_on, o.ends_on, '[]') LIMIT 1
"""


async def _keep_logins(context: Context, people: Sequence[UUID], field: str, /, *, listed: bool) -> None:
    """Refuse to remove people for whom accounts stand."""
    if len(people) > _MOST:
        raise Refusal(TOO_MANY, field, most=_MOST)
    if held := await context.fetch(_LOGINS, list(people)):
        raise Refusal.of([Problem(HAS_LOGIN, field, each["place"] - 1 if listed else None) for each in held])


_NAME: Final = {"name": NameArgument(script_and_order)}
STUDENT: Final = Noun(Student, "school.student", composites=_NAME, removing=_keep_logins, written=refresh_doubts)
STAFF: Final = Noun(
    Staff, "school.staff", plural="staff", composites=_NAME, removing=_keep_logins, written=refresh_doubts
)
GUARDIAN: Final = Noun(Guardian, "school.guardian", composites=_NAME, removing=_keep_logins)


async def _join_students(context: Context, keep: UUID, duplicate: UUID) -> None:
    await context.call_hook("student_merging", keep=keep, duplicate=duplicate)


async def _student_was_merged(context: Context, keep: UUID) -> None:
    if await context.fetchval(_TWO_CLASSES, keep):
        raise Refusal(IN_TWO_CLASSES, "duplicate")
    await context.emit(Event("school.enrolment.changed", {"students": [keep]}))


create_student = STUDENT.create(
    "Enter a student. The class comes by enrolment, numbers of offices by recording identifiers."
)
create_students = STUDENT.create_many(
    "Enter students, all or none. Their classes come by enrolment, numbers of offices by recording identifiers.",
    verb="create_many",
    name="create_students",
)
change_student = STUDENT.change("Change the record of a student. What is not given stays; null clears.")
import_students = imports(create_students, change=change_student, key="code")
remove_students = STUDENT.remove(
    "Remove students who were entered by mistake, all or none, with their names, numbers and photographs. HAS_LOGIN:"
    " an account belongs to one; IN_USE names what refers to one: enrolments, marks, guardians. To erase a person who"
    " was at the school, ask for an erasure.",
    many=True,
)
merge_students = merges(
    STUDENT,
    "Make one student of two records of the same person: what refers to the duplicate comes to refer to the other."
    " Enrolments, guardians, marks, identifiers and the ids of other systems are taken over; what the kept record lacks"
    " is filled in; then the duplicate is removed. HAS_LOGIN: an account belongs to the duplicate; MERGE_CONFLICT: both"
    " have something that cannot be true of one person, such as two classes on one day.",
    before=_join_students,
    after=_student_was_merged,
)

create_staff = STAFF.create("Enter a member of staff.")
change_staff = STAFF.change("Change the record of a member of staff. What is not given stays; null clears.")
import_staff = imports(
    create_staff, change=change_staff, key="code", name="import_staff",
    about="Import members of staff from a file: all of it or nothing.",
)  # fmt: skip
remove_staff = STAFF.remove(
    "Remove members of staff who were entered by mistake, all or none. HAS_LOGIN: an account belongs to one; IN_USE"
    " names what refers to one.",
    many=True,
)
merge_staff = merges(STAFF, "Make one member of staff of two records of the same person; see `mergeStudents`.")

create_guardian = GUARDIAN.create("Enter a guardian; whose guardian it is, a guardianship says.")
change_guardian = GUARDIAN.change("Change the record of a guardian. What is not given stays; null clears.")
remove_guardians = GUARDIAN.remove(
    "Remove guardians who were entered by mistake, all or none. HAS_LOGIN: an account belongs to one; IN_USE names what"
    " refers to one.",
    many=True,
)
merge_guardians = merges(GUARDIAN, "Make one guardian of two records of the same person; see `mergeStudents`.")

StudentRow = row_type(create_students)
