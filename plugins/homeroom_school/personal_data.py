"""How the tables of the registry stand to people.

Of an erased person a row without any of that person's words stays, so that lessons and classes of the past keep
their shape; what is about the person alone is removed.
"""

from __future__ import annotations

from typing import Any, Final

from homeroom.personal_data import DataCategory, PersonalData, about, blanked, deleted, kept, nobody, subject
from homeroom_school import tables as t
from homeroom_school.resources.predicates import CHILDREN
from homeroom_school.rules.status import LEFT

#: Replaces a name where one is required.
_ERASED: Final = "-"
_NAME: Final[dict[str, Any]] = {
    "family_name": "",
    "middle_name": "",
    "given_name": _ERASED,
    "full_name": _ERASED,
    "sort_key": "",
    "search_text": "",
    "erased": True,
    "email": None,
    "phone": None,
}
_SCRIPT: Final = {"name_script": "in which script no name is written tells nothing"}
_PAPERS: Final = {"code": None, "sex": None, "birth_date": None}
_REACHED: Final = dict.fromkeys(("email", "phone"), DataCategory.CONTACT)
_POST: Final = "that a class was taught is the class's past; whose row it was is no longer known"

#: The first day of a student's last status, if it is one of those who have left. Who is enrolled in a class all the
#: same has not left; after the last enrolment that ended later, that day counts.
_STUDENT_LEFT: Final = (
    "(SELECT CASE WHEN ss.status IN ({}) THEN"
    " (SELECT CASE WHEN bool_or(ce.ends_on IS NULL) THEN NULL ELSE GREATEST(ss.starts_on, max(ce.ends_on) + 1) END"
    " FROM class_enrolment ce WHERE ce.student_id = {{row}}) END"
    " FROM student_status ss WHERE ss.student_id = {{row}} ORDER BY ss.starts_on DESC LIMIT 1)"
).format(", ".join(f"'{each.value}'" for each in sorted(LEFT)))
#: The day after the last employment, unless one has no end.
_STAFF_LEFT: Final = (
    "(SELECT CASE WHEN bool_and(em.ends_on IS NOT NULL) THEN max(em.ends_on) + 1 END"
    " FROM employment em WHERE em.staff_id = {row}.id)"
)
#: The day on which a row was written, as its id tells it (RFC 9562, section 5.7).
_WRITTEN: Final = (
    "CASE WHEN substr({row}.id::text, 15, 1) = '7' THEN (timestamptz 'epoch' + interval '1 millisecond' *"
    " ('x' || replace(left({row}.id::text, 13), '-', ''))::bit(48)::bigint)::date END"
)
#: The day on which the last of the children left, or was no more stood for. For whom nobody is left, the day on which
#: the guardian was written down: the rows of erased children have gone, and with them all that tells more.
_GUARDIAN_LEFT: Final = (
    "COALESCE((SELECT CASE WHEN bool_and(x.left_on IS NOT NULL) THEN max(x.left_on) ELSE 'infinity' END FROM ("
    f"SELECT LEAST(gs.ends_on + 1, {_STUDENT_LEFT.format(row='gs.student_id')}) AS left_on FROM guardianship gs"
    f" WHERE gs.guardian_id = {{row}}.id) x HAVING count(*) > 0), {_WRITTEN})"
)

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    subject(
        t.Student,
        blanked({**_NAME, **_PAPERS, "birth_place": None}, keep=_SCRIPT),
        born="birth_date",
        stand_in=f"{{row}}.id IN ({CHILDREN})",
        left=_STUDENT_LEFT.format(row="{row}.id"),
        category=DataCategory.IDENTITY,
        columns=_REACHED,
        own_scopes=("self", "children"),
    ),
    subject(
        t.Staff,
        blanked({**_NAME, **_PAPERS}, keep=_SCRIPT),
        born="birth_date",
        left=_STAFF_LEFT,
        category=DataCategory.IDENTITY,
        columns=_REACHED,
        own_scopes=("own_record",),
    ),
    subject(
        t.Guardian,
        blanked(_NAME, keep=_SCRIPT),
        left=f"NULLIF({_GUARDIAN_LEFT}, 'infinity')",
        category=DataCategory.IDENTITY,
        columns=_REACHED,
        own_scopes=("self",),
    ),
    *(
        about(each, "student_id", "staff_id", "guardian_id", erasure=deleted(), category=DataCategory.IDENTITY)
        for each in (t.PersonIdentifier, t.PersonName)
    ),
    about(t.Guardianship, "student_id", "guardian_id", erasure=deleted(), category=DataCategory.FAMILY),
    *(
        about(each, "student_id", erasure=deleted(), category=DataCategory.ENROLMENT)
        for each in (t.ClassEnrolment, t.GroupMembership, t.Seat, t.GraduateDestination)
    ),
    # They tell when somebody left, by which everything else is counted.
    *(
        about(each, "student_id", erasure=deleted(), category=DataCategory.REGISTER)
        for each in (t.StudentStatus, t.StudentStatusChange)
    ),
    about(t.Employment, "staff_id", erasure=deleted(), category=DataCategory.REGISTER),
    *(
        about(each, "staff_id", erasure=kept(_POST), category=DataCategory.EMPLOYMENT)
        for each in (t.HomeroomAppointment, t.TeachingAssignment)
    ),
    about(
        t.StudentGroup,
        "leader_id",
        erasure=blanked(
            {"leader_id": None}, keep=dict.fromkeys(("code", "name", "kind", "active"), "it is the group's own")
        ),
        category=DataCategory.EMPLOYMENT,
    ),
    *nobody("years and terms", t.SchoolYear, t.Term),
    *nobody("levels, subjects and classes", t.GradeLevel, t.Subject, t.GradeSubject, t.SchoolClass, t.ClassSubject),
    *nobody("subjects, seats without who sits there", t.SubjectComponent, t.SeatingPlan),
    *nobody("places", t.Campus, t.Building, t.Room, t.RoomFacility),
)
