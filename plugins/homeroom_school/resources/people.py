"""Students, staff, guardians, their numbers and their further names."""

from __future__ import annotations

from typing import Any, Final

from homeroom.names import NAME_COLUMNS, search_patterns
from homeroom.resources import EVERYTHING, any_of, many, one, resource, searchable, statistics, through
from homeroom_school.resources.predicates import (
    CHILDREN,
    CLASSES_OF_CHILDREN,
    CLASSES_OF_SELF,
    CLASSES_OWN,
    CLASSES_TAUGHT,
    PERSON_IS_SELF,
    current,
    students_of,
)
from homeroom_school.tables import (
    ClassEnrolment,
    Employment,
    GraduateDestination,
    GroupMembership,
    Guardian,
    Guardianship,
    HomeroomAppointment,
    PersonIdentifier,
    PersonName,
    Staff,
    Student,
    StudentStatus,
    StudentStatusChange,
    TeachingAssignment,
)

_IN_HOMEROOM: Final = "{row}.school_class_id IN (SELECT sc.id FROM school_class sc WHERE sc.kind = 'homeroom')"


#: What lists of people can be filtered by, beside what only some have.
_FILTERS: Final = ("search", *NAME_COLUMNS, "email", "phone", "erased")
_OF_PAPERS: Final = ("code", "sex", "birth_date")
#: What all people are shown by.
_PERSON: Final[dict[str, Any]] = {
    "exclude": ("search_text",),
    "unlisted": "erased",
    # Each of them shows the name.
    "alike": ((*NAME_COLUMNS, "search"),),
    "default_order": ("sort_key",),
}
_ENUMS: Final = {"sex": "Sex", "name_script": "Script"}

_SEARCH: Final = searchable(
    "search",
    "{row}.search_text",
    search_patterns,
    "By words of the name: without accents, in either kind of Chinese characters, by pinyin or jyutping.",
)

STUDENT = resource(
    Student,
    _SEARCH,
    many("enrolments", ClassEnrolment.student_id, order=("-starts_on",), filter=True),
    one(
        "current_enrolment",
        ClassEnrolment.student_id,
        where=f"{current('{row}')} AND {_IN_HOMEROOM}",
        order=("-starts_on",),
        filter=True,
        description="The student's place in a homeroom class today.",
    ),
    many("statuses", StudentStatus.student_id, order=("-starts_on",)),
    one(
        "current_status",
        StudentStatus.student_id,
        where=current("{row}"),
        order=("-starts_on",),
        filter=True,
        description="What the student is to the school today; none means enrolled.",
    ),
    many("status_changes", StudentStatusChange.student_id, order=("-effective_on",), filter=True),
    many("destinations", GraduateDestination.student_id, order=("-left_on",)),
    many("group_memberships", GroupMembership.student_id, order=("-starts_on",), filter=True),
    many("guardianships", Guardianship.student_id, order=("starts_on",), filter=True),
    many("identifiers", PersonIdentifier.student_id, order=("kind",)),
    many("other_names", PersonName.student_id, order=("script",), filter=True),
    **_PERSON,
    scopes={
        "school": EVERYTHING,
        "own_class": f"{{row}}.id IN ({students_of(CLASSES_OWN)})",
        "own_teaching": f"{{row}}.id IN ({students_of(CLASSES_TAUGHT)})",
        "self": PERSON_IS_SELF,
        "children": f"{{row}}.id IN ({CHILDREN})",
    },
    filters=(*_FILTERS, *_OF_PAPERS),
    order=("code", *NAME_COLUMNS, "birth_date"),
    restricted=("birth_date", "birth_place", "email", "phone"),
    sensitive=("birth_place", "email", "phone"),
    enums=_ENUMS,
    statistics=statistics(
        {
            "school_class": "current_enrolment.school_class",
            "grade_level": "current_enrolment.school_class.grade_level",
            "status": "current_status.status",
        }
    ),
)

_TEACHERS_OF: Final = (
    "{{row}}.id IN (SELECT ha.staff_id FROM homeroom_appointment ha WHERE ha.school_class_id IN ({classes}))"
    " OR {{row}}.id IN (SELECT ta.staff_id FROM teaching_assignment ta JOIN class_subject cs"
    " ON cs.id = ta.class_subject_id WHERE cs.school_class_id IN ({classes}))"
)

STAFF = resource(
    Staff,
    _SEARCH,
    many("homeroom_appointments", HomeroomAppointment.staff_id, order=("-starts_on",)),
    many("teaching_assignments", TeachingAssignment.staff_id, order=("-starts_on",), filter=True),
    many("employments", Employment.staff_id, order=("-starts_on",), filter=True),
    many("identifiers", PersonIdentifier.staff_id, order=("kind",)),
    many("other_names", PersonName.staff_id, order=("script",), filter=True),
    **_PERSON,
    scopes={
        "school": EVERYTHING,
        # To students and guardians: the teachers of the own classes or of the children's.
        "self": any_of(PERSON_IS_SELF, f"({_TEACHERS_OF.format(classes=CLASSES_OF_SELF)})"),
        "children": f"({_TEACHERS_OF.format(classes=CLASSES_OF_CHILDREN)})",
        "own_record": PERSON_IS_SELF,
    },
    plural="staffMembers",
    filters=(*_FILTERS, *_OF_PAPERS),
    order=("code", *NAME_COLUMNS),
    restricted=("birth_date", "email", "phone", "sex"),
    enums=_ENUMS,
)

GUARDIAN = resource(
    Guardian,
    _SEARCH,
    many("guardianships", Guardianship.guardian_id, order=("starts_on",), filter=True),
    many("identifiers", PersonIdentifier.guardian_id, order=("kind",)),
    many("other_names", PersonName.guardian_id, order=("script",), filter=True),
    **_PERSON,
    scopes={
        "school": EVERYTHING,
        "own_class": (
            "{row}.id IN (SELECT gs.guardian_id FROM guardianship gs"
            f" WHERE gs.student_id IN ({students_of(CLASSES_OWN)}) AND {current('gs')})"
        ),
        # The guardian, and to a student the own guardians.
        "self": any_of(
            PERSON_IS_SELF,
            "{row}.id IN (SELECT gs.guardian_id FROM guardianship gs"
            f" WHERE gs.student_id = ANY(:persons) AND {current('gs')})",
        ),
    },
    filters=_FILTERS,
    order=NAME_COLUMNS,
    restricted=("email", "phone"),
    enums={"name_script": "Script"},
)

IDENTIFIER = resource(
    PersonIdentifier,
    scopes={
        "school": EVERYTHING,
        "own_class": any_of(
            through(PersonIdentifier.student_id, "own_class"),
            through(PersonIdentifier.guardian_id, "own_class"),
        ),
        # Never through Staff's "self", which lets students see their teachers.
        "self": any_of(
            through(PersonIdentifier.student_id, "self"),
            through(PersonIdentifier.staff_id, "own_record"),
            "{row}.guardian_id = ANY(:persons)",
        ),
        "children": through(PersonIdentifier.student_id, "children"),
    },
    filters=("kind", "value", "student", "staff", "guardian"),
    order=("kind",),
    default_order=("kind",),
    restricted=("value",),
    sensitive=("value",),
    description="A number that an office gave a person. The whole number needs a permission of its own.",
)

NAME = resource(
    PersonName,
    _SEARCH,
    exclude=("search_text",),
    alike=_PERSON["alike"],
    scopes={
        "school": EVERYTHING,
        "own_class": any_of(through(PersonName.student_id, "own_class"), through(PersonName.guardian_id, "own_class")),
        "own_teaching": through(PersonName.student_id, "own_teaching"),
        "self": any_of(
            through(PersonName.student_id, "self"),
            through(PersonName.staff_id, "self"),
            through(PersonName.guardian_id, "self"),
        ),
        "children": any_of(through(PersonName.student_id, "children"), through(PersonName.staff_id, "children")),
    },
    filters=("search", "script", "full_name", "family_name", "given_name", "student", "staff", "guardian"),
    order=("script", "sort_key"),
    default_order=("script",),
    enums={"script": "Script"},
)
