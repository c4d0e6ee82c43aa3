"""The tables of the registry. Other plugins refer to them by these names."""

from __future__ import annotations

from homeroom_school.tables.belonging import (
    ClassEnrolment,
    Employment,
    Guardianship,
    HomeroomAppointment,
    Relation,
    TeachingAssignment,
)
from homeroom_school.tables.calendar import SchoolYear, Term, YearStatus
from homeroom_school.tables.classes import (
    ClassKind,
    ClassSubject,
    GradeLevel,
    GradeSubject,
    SchoolClass,
    Subject,
)
from homeroom_school.tables.groups import (
    GroupKind,
    GroupMembership,
    Seat,
    SeatingPlan,
    StudentGroup,
    SubjectComponent,
)
from homeroom_school.tables.identity import PersonIdentifier, PersonName
from homeroom_school.tables.people import Guardian, Sex, Staff, Student
from homeroom_school.tables.premises import Building, Campus, Room, RoomFacility
from homeroom_school.tables.settings import RegistrySettings, TransferConsentRule
from homeroom_school.tables.status import GraduateDestination, StudentStatus, StudentStatusChange

__all__ = [
    "Building",
    "Campus",
    "ClassEnrolment",
    "ClassKind",
    "ClassSubject",
    "Employment",
    "GradeLevel",
    "GradeSubject",
    "GraduateDestination",
    "GroupKind",
    "GroupMembership",
    "Guardian",
    "Guardianship",
    "HomeroomAppointment",
    "PersonIdentifier",
    "PersonName",
    "RegistrySettings",
    "Relation",
    "Room",
    "RoomFacility",
    "SchoolClass",
    "SchoolYear",
    "Seat",
    "SeatingPlan",
    "Sex",
    "Staff",
    "Student",
    "StudentGroup",
    "StudentStatus",
    "StudentStatusChange",
    "Subject",
    "SubjectComponent",
    "TeachingAssignment",
    "Term",
    "TransferConsentRule",
    "YearStatus",
]
