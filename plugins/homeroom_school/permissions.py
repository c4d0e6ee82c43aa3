"""What the roles of a school may do with the registry unless the school says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from homeroom.permissions import Rule

ROLE_TITLES: Final = {
    "admin": "Administrator",
    "principal": "Principal",
    "registrar": "Registrar",
    "teacher": "Teacher",
    "student": "Student",
    "guardian": "Guardian",
}

_STRUCTURE: Final = (
    "SchoolYear",
    "Term",
    "GradeLevel",
    "Subject",
    "GradeSubject",
    "Campus",
    "Building",
    "Room",
    "RoomFacility",
    "StudentGroup",
    "SubjectComponent",
)
_OF_CLASSES: Final = (
    "SchoolClass",
    "ClassSubject",
    "ClassEnrolment",
    "HomeroomAppointment",
    "TeachingAssignment",
)
_OF_PEOPLE: Final = (
    "Student",
    "Staff",
    "Employment",
    "Guardian",
    "Guardianship",
    "PersonIdentifier",
    "PersonName",
)
_OF_GROUPS: Final = ("GroupMembership", "SeatingPlan", "Seat")
_OF_STATUS: Final = ("StudentStatus", "StudentStatusChange", "GraduateDestination")


def _rules() -> Iterator[Rule]:
    for role in ROLE_TITLES:
        for each in _STRUCTURE:
            yield Rule(role, each)
    # The office sees everything; what may be changed is the registrar's, and the head's.
    for role in ("admin", "principal", "registrar"):
        for each in (
            *_OF_CLASSES,
            *_OF_PEOPLE,
            *_OF_STATUS,
            *_OF_GROUPS,
            "ImportRun",
        ):
            yield Rule(role, each)
        for each in ("Student", "Staff", "Guardian"):
            yield Rule(role, f"{each}.*")
    for role in ("principal", "registrar", "teacher"):
        yield Rule(role, "graphql.introspect", "run")  # the office works with GraphiQL, too
    for each in ("AuditEntry", "AuditLine", "AuditLine.*"):
        yield Rule("principal", each)
    # Everybody may see who changed, and who looked at, the own record; not the other values.
    for role in ("registrar", "teacher", "student", "guardian"):
        yield Rule(role, "AuditEntry", scope="self")
        yield Rule(role, "AuditLine", scope="self")
    for role in ("principal", "registrar"):
        yield Rule(role, "PersonIdentifier.*")
        for each in ("StudentStatusChange", "GraduateDestination"):
            yield Rule(role, f"{each}.*")
        yield Rule(role, "school.*", "run")
        yield Rule(role, "codes.*", "run")
        yield Rule(role, "documents.export", "run")
        yield Rule(role, "imports.*", "run")
        yield Rule(role, "custom_fields.value.set", "run")
    yield from _teacher()
    yield from _student("student", "self")
    yield from _student("guardian", "children")
    yield Rule("guardian", "Guardian", scope="self")
    yield Rule("guardian", "Guardian.*", scope="self")
    yield Rule("guardian", "Guardianship", scope="self")
    yield Rule("guardian", "PersonIdentifier", scope="self")


def _teacher() -> Iterator[Rule]:
    for each in (*(each for each in _OF_CLASSES if each != "ClassEnrolment"), "Staff"):
        yield Rule("teacher", each)
    for scope in ("own_class", "own_teaching"):
        for each in ("Student", "ClassEnrolment", "PersonName", "StudentStatus", *_OF_GROUPS):
            yield Rule("teacher", each, scope=scope)
    yield Rule("teacher", "Student.*", scope="own_class")
    for each in ("Guardian", "Guardianship", "PersonIdentifier", *_OF_STATUS[1:]):
        yield Rule("teacher", each, scope="own_class")
    yield Rule("teacher", "Guardian.*", scope="own_class")
    yield Rule("teacher", "Staff.*", scope="own_record")
    yield Rule("teacher", "Employment", scope="own_record")
    yield Rule("teacher", "PersonIdentifier", scope="self")


def _student(role: str, scope: str) -> Iterator[Rule]:
    for each in (
        *_OF_CLASSES,
        *_OF_STATUS,
        *_OF_GROUPS,
        "Student",
        "Staff",
        "Guardianship",
        "PersonName",
        "PersonIdentifier",
    ):
        yield Rule(role, each, scope=scope)
    yield Rule(role, "Student.*", scope=scope)
    if role == "student":
        yield Rule(role, "Guardian", scope=scope)


RULES: Final[tuple[Rule, ...]] = tuple(_rules())
