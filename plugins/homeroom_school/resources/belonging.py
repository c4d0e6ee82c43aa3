"""Dated rows: who is in which class, who teaches it, who stands for whom."""

from __future__ import annotations

from homeroom.resources import along, any_of, resource, statistics, through
from homeroom_school.tables import ClassEnrolment, Employment, Guardianship, HomeroomAppointment, TeachingAssignment

ENROLMENT = resource(
    ClassEnrolment,
    scopes=along(ClassEnrolment.school_class_id, "own_class", "own_teaching")
    | along(ClassEnrolment.student_id, "self", "children"),
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
)

TEACHING = resource(
    TeachingAssignment,
    scopes=along(TeachingAssignment.staff_id, "own_record")
    | along(TeachingAssignment.class_subject_id, "own_class", "own_teaching", "self", "children"),
)

EMPLOYMENT = resource(
    Employment,
    scopes=along(Employment.staff_id, "own_record"),
)

GUARDIANSHIP = resource(
    Guardianship,
    scopes=along(Guardianship.student_id, "own_class", "children")
    | {"self": any_of(through(Guardianship.student_id, "self"), "{row}.guardian_id = ANY(:persons)")},
    enums={"relation": "GuardianRelation"},
)
