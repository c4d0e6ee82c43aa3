"""Terms and years of students over all subjects, and what homeroom teachers judge."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Resource, resource, statistics
from homeroom_gradebook.resources.predicates import CLASSES_OWN, OWN_CHILD, OWN_STUDENT
from homeroom_gradebook.tables import StudentResult, TraitMark

__all__ = ["RESULTS"]

_STUDENT_RESULT = resource(
    StudentResult,
    scopes={
        "school": EVERYTHING,
        "own_class": f"{{row}}.school_class_id IN ({CLASSES_OWN})",
        "self": OWN_STUDENT,
        "children": OWN_CHILD,
    },
    filters=("span", "level", "title", "promotion", "absences", "school_class", "student", "term"),
    order=("absences",),
    alike=tuple((name, f"{name}_label") for name in ("level", "title", "promotion", "final_level", "final_promotion")),
    enums={"span": "Span"},
    statistics=statistics(
        {
            "school_year": "school_class.school_year",
            "grade_level": "school_class.grade_level",
            "sex": "student.sex",
            **{each: each for each in ("level", "title", "promotion", "final_level", "final_promotion")},
        }
    ),
)

_TRAIT = resource(
    TraitMark,
    scopes={
        "school": EVERYTHING,
        "own_class": f"{{row}}.school_class_id IN ({CLASSES_OWN})",
        "self": OWN_STUDENT,
        "children": OWN_CHILD,
    },
    filters=("span", "trait", "level", "source", "school_class", "student", "term"),
    order=("trait",),
    alike=(("level", "level_label"), ("again_level", "again_level_label")),
    default_order=("trait",),
    enums={"span": "Span", "source": "TraitSource"},
    statistics=statistics({"school_year": "school_class.school_year", "trait": "trait", "level": "level"}),
)

RESULTS: Final[tuple[Resource, ...]] = (_STUDENT_RESULT, _TRAIT)
