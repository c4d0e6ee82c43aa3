"""School years, terms, grade levels, subjects and classes."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, along, many, one, resource
from homeroom_school.resources.predicates import (
    CLASS_SUBJECTS_TAUGHT,
    CLASSES_OF_CHILDREN,
    CLASSES_OF_SELF,
    CLASSES_OWN,
    CLASSES_TAUGHT,
    current,
)
from homeroom_school.tables import (
    ClassEnrolment,
    ClassSubject,
    GradeLevel,
    GradeSubject,
    HomeroomAppointment,
    SchoolClass,
    SchoolYear,
    SeatingPlan,
    Subject,
    SubjectComponent,
    TeachingAssignment,
    Term,
)

YEAR = resource(
    SchoolYear,
    many("terms", Term.school_year_id, order=("number",)),
    many("classes", SchoolClass.school_year_id, order=("name",)),
    default_order=("-starts_on",),
)
TERM = resource(
    Term,
    default_order=("starts_on",),
)
GRADE = resource(GradeLevel, many("plan", GradeSubject.grade_level_id, description="The subjects of the level."))
SUBJECT = resource(
    Subject,
    many("components", SubjectComponent.subject_id, order=("position",)),
    default_order=("position", "code"),
)
GRADE_SUBJECT = resource(GradeSubject)
CLASS = resource(
    SchoolClass,
    many("subjects", ClassSubject.school_class_id, filter=True, description="What the class is taught."),
    many("enrolments", ClassEnrolment.school_class_id, order=("class_number", "starts_on")),
    many(
        "current_enrolments",
        ClassEnrolment.school_class_id,
        where=current("{row}"),
        order=("class_number",),
        filter=True,
        description="Who is in the class today.",
    ),
    many("seating_plans", SeatingPlan.school_class_id, order=("-starts_on",)),
    many("homeroom_appointments", HomeroomAppointment.school_class_id, order=("-starts_on",)),
    one(
        "current_homeroom_appointment",
        HomeroomAppointment.school_class_id,
        where=current("{row}"),
        order=("-starts_on",),
        description="Who is homeroom teacher today.",
    ),
    scopes={
        "school": EVERYTHING,
        "own_class": f"{{row}}.id IN ({CLASSES_OWN})",
        "own_teaching": f"{{row}}.id IN ({CLASSES_TAUGHT})",
        "self": f"{{row}}.id IN ({CLASSES_OF_SELF})",
        "children": f"{{row}}.id IN ({CLASSES_OF_CHILDREN})",
    },
    plural="schoolClasses",
    default_order=("name",),
    enums={"kind": "ClassKind"},
)

CLASS_SUBJECT = resource(
    ClassSubject,
    many("teaching_assignments", TeachingAssignment.class_subject_id, order=("-starts_on",), filter=True),
    scopes=along(ClassSubject.school_class_id, "own_class", "self", "children")
    | {"own_teaching": f"{{row}}.id IN ({CLASS_SUBJECTS_TAUGHT})"},
)
