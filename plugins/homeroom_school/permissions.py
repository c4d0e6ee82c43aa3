"""What the roles of a school may do with the registry unless the school says otherwise."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule, allow

ROLE_TITLES: Final = {
    "admin": "Administrator",
    "principal": "Principal",
    "registrar": "Registrar",
    "teacher": "Teacher",
    "student": "Student",
    "guardian": "Guardian",
}

_STRUCTURE: Final = (
    *("SchoolYear", "Term", "GradeLevel", "Subject", "GradeSubject", "SubjectComponent"),
    *("Campus", "Building", "Room", "RoomFacility", "StudentGroup"),
)
_POSTS: Final = ("SchoolClass", "ClassSubject", "HomeroomAppointment", "TeachingAssignment")
_OF_GROUPS: Final = ("GroupMembership", "SeatingPlan", "Seat")
_OF_CLASSES: Final = (*_POSTS, "ClassEnrolment", *_OF_GROUPS)
_OF_STATUS: Final = ("StudentStatus", "StudentStatusChange", "GraduateDestination")
_OF_PEOPLE: Final = ("Student", "Staff", "Guardianship", "PersonIdentifier", "PersonName")
_FAMILY: Final = {"student": "self", "guardian": "children"}
#: The roles of students and their families.
FAMILY_ROLES: Final = tuple(_FAMILY)

RULES: Final[tuple[Rule, ...]] = (
    *allow(ROLE_TITLES, *_STRUCTURE),
    # The office sees everything; what may be changed is the registrar's, and the head's.
    *allow(
        ("admin", "principal", "registrar"),
        *(*_OF_CLASSES, *_OF_STATUS, *_OF_PEOPLE, "Employment", "Guardian", "ImportRun"),
        *("Student.*", "Staff.*", "Guardian.*"),
    ),
    *allow("principal", "AuditEntry", "AuditLine", "AuditLine.*"),
    *allow(("principal", "registrar"), "PersonIdentifier.*", "StudentStatusChange.*", "GraduateDestination.*"),
    *allow(
        ("principal", "registrar"),
        *("school.*", "codes.*", "documents.export", "imports.*", "custom_fields.value.set"),
        action="run",
    ),
    # The office works with GraphiQL, too.
    *allow(("principal", "registrar", "teacher"), "graphql.introspect", action="run"),
    # Everybody may see who changed, and who looked at, the own record; not the other values.
    *allow(("registrar", "teacher", "student", "guardian"), "AuditEntry", "AuditLine", scope="self"),
    *allow("teacher", *_POSTS, "Staff"),
    *allow(
        "teacher",
        *("Student", "ClassEnrolment", "PersonName", "StudentStatus", *_OF_GROUPS),
        scope=("own_class", "own_teaching"),
    ),
    *allow(
        "teacher",
        *("Student.*", "Guardian", "Guardian.*", "Guardianship", "PersonIdentifier", *_OF_STATUS[1:]),
        scope="own_class",
    ),
    *allow("teacher", "Staff.*", "Employment", scope="own_record"),
    *allow("teacher", "PersonIdentifier", scope="self"),
    *(
        rule
        for role, scope in _FAMILY.items()
        for rule in allow(role, *_OF_CLASSES, *_OF_STATUS, *_OF_PEOPLE, "Student.*", scope=scope)
    ),
    *allow("student", "Guardian", scope="self"),
    *allow("guardian", "Guardian", "Guardian.*", "Guardianship", "PersonIdentifier", scope="self"),
)
