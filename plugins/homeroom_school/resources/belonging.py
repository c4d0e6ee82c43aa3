"""Dated rows: who is in which class, who teaches it, who stands for whom."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, any_of, resource, statistics, through
from homeroom_school.resources.predicates import along
from homeroom_school.tables import ClassEnrolment, Employment, Guardianship, HomeroomAppointment, TeachingAssignment

_PERIOD: Final = ("starts_on", "ends_on")

ENROLMENT = resource(
    ClassEnrolment,
    scopes=along(ClassEnrolment.school_class_id, "own_class", "own_teaching")
    | along(ClassEnrolment.student_id, "self", "children"),
    filters=(*_PERIOD, "class_number", "student", "school_class"),
    order=(*_PERIOD, "class_number"),
    default_order=("-starts_on",),
    exclude=("one_at_a_time",),
    # The classes of a student are those of the own enrolments.
    carrying={"school_class": {"self": "self", "children": "children"}},
    statistics=statistics(
        {
            "school_year": "school_class.school_year",
            "grade_level": "school_class.grade_level",
            "kind": "school_class.kind",
            "sex": "student.sex",
        }
    ),
)

HOMEROOM = resource(
    HomeroomAppointment,
    scopes=along(HomeroomAppointment.staff_id, "own_record")
    | along(HomeroomAppointment.school_class_id, "own_class", "own_teaching", "self", "children"),
    filters=(*_PERIOD, "staff", "school_class"),
    order=_PERIOD,
    default_order=("-starts_on",),
)

TEACHING = resource(
    TeachingAssignment,
    scopes=along(TeachingAssignment.staff_id, "own_record")
    | along(TeachingAssignment.class_subject_id, "own_class", "own_teaching", "self", "children"),
    filters=(*_PERIOD, "staff", "class_subject"),
    order=_PERIOD,
    default_order=("-starts_on",),
)

EMPLOYMENT = resource(
    Employment,
    scopes=along(Employment.staff_id, "own_record"),
    filters=(*_PERIOD, "staff"),
    order=_PERIOD,
    default_order=("-starts_on",),
)

GUARDIANSHIP = resource(
    Guardianship,
    scopes={
        "school": EVERYTHING,
        "own_class": through(Guardianship.student_id, "own_class"),
        "self": any_of(through(Guardianship.student_id, "self"), "{row}.guardian_id = ANY(:persons)"),
        "children": through(Guardianship.student_id, "children"),
    },
    filters=(*_PERIOD, "relation", "student", "guardian"),
    order=_PERIOD,
    default_order=("-starts_on",),
    enums={"relation": "GuardianRelation"},
)
