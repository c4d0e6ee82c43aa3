"""What can be read of the gradebook, and which rows each scope lets through.

Scopes: ``school`` (all), ``own_teaching`` (books of the classes and subjects that the caller teaches today),
``own_class`` (books of the class whose homeroom teacher the caller is today), ``self`` and ``children`` (the
student's own lines). Nothing ranks students or compares them.
"""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Extension, Resource, extend, many, one, resource, statistics
from homeroom_gradebook import predicates, tables
from homeroom_school import tables as registry
from homeroom_school.resources.predicates import CLASSES_OWN

_BOOK: Final = "{row}.gradebook_id IN"
_OF_STAFF: Final = {
    "school": EVERYTHING,
    "own_teaching": f"{_BOOK} ({predicates.BOOKS_TAUGHT})",
    "own_class": f"{_BOOK} ({predicates.BOOKS_OWN})",
}
_OF_STUDENT: Final = {"self": predicates.OWN_STUDENT, "children": predicates.OWN_CHILD}
_IN_BOOKS: Final = {**_OF_STAFF, **_OF_STUDENT}
_IN_CLASSES: Final = {
    "school": EVERYTHING,
    "own_class": f"{{row}}.school_class_id IN ({CLASSES_OWN})",
    **_OF_STUDENT,
}
#: Who may see a book may see its columns, lines and marks. Students and guardians see only their own lines.
_STAFF: Final = {"own_teaching": "own_teaching", "own_class": "own_class"}
_FAMILY: Final = {"self": "self", "children": "children"}
_ALL: Final = {**_STAFF, **_FAMILY}
_STUDENT: Final = {"own_teaching": "own_books", "own_class": "own_books", **_FAMILY}
#: What is in a book can be grouped by what the book is about.
_OF_BOOK: Final = {
    "school_class": "gradebook.school_class",
    "subject": "gradebook.subject",
    "grade": "gradebook.grade",
    "school_year": "gradebook.school_class.school_year",
    "code": "code",
}
_LEVELS: Final = ("level", "title", "promotion", "final_level", "final_promotion")

RESOURCES: Final[tuple[Resource, ...]] = (
    resource(
        tables.SubjectGrading, filters=("measure", "key", "subject"), order=("key",), enums={"measure": "Measure"}
    ),
    resource(tables.SchemeChoice, filters=("scheme", "name"), default_order=("scheme", "name")),
    resource(
        tables.Gradebook,
        many("assessments", tables.Assessment.gradebook_id, order=("position",), carries=_ALL,
             description="The columns, term by term."),
        many("subject_results", tables.SubjectResult.gradebook_id, carries=_STAFF,
             description="The lines: one student and period each."),
        scopes={
            "school": EVERYTHING,
            "own_teaching": predicates.BOOK_IS_TAUGHT,
            "own_class": predicates.BOOK_IS_OWN,
            "self": f"{{row}}.id IN ({predicates.BOOKS_OF_SELF})",
            "children": f"{{row}}.id IN ({predicates.BOOKS_OF_CHILDREN})",
        },
        filters=("scheme", "grade", "school_year_start", "measure", "class_subject", "school_class", "subject"),
        order=("grade",),
        enums={"measure": "Measure"},
    ),
    resource(
        tables.Assessment,
        scopes={
            **_OF_STAFF,
            "self": f"{_BOOK} ({predicates.BOOKS_OF_SELF})",
            "children": f"{_BOOK} ({predicates.BOOKS_OF_CHILDREN})",
        },
        filters=("kind", "ordinal", "gradebook", "term"),
        order=("position",),
        default_order=("position",),
        carrying={"gradebook": _ALL},
    ),
    resource(
        tables.SubjectResult,
        many("marks", tables.Mark.subject_result_id, carries=_ALL,
             description="The marks of this student in this book and term."),
        scopes=_IN_BOOKS,
        filters=("span", "score", "code", "exempt", "gradebook", "student", "term"),
        order=("score",),
        default_order=(),
        enums={"span": "Span"},
        carrying={"gradebook": _ALL, "student": _STUDENT},
        statistics=statistics(_OF_BOOK),
    ),
    resource(
        tables.Mark,
        scopes=_IN_BOOKS,
        filters=("number", "code", "assessment", "student", "subject_result", "gradebook"),
        order=("number",),
        default_order=(),
        carrying={"assessment": _ALL, "subject_result": _ALL, "gradebook": _ALL, "student": _STUDENT},
        statistics=statistics({**_OF_BOOK, "term": "assessment.term", "kind": "assessment.kind"}),
    ),
    resource(
        tables.EntryRound,
        exclude=("opened_by",),
        filters=("title", "status", "kind", "opens_at", "closes_at", "term", "school_class"),
        order=("opens_at", "title"),
        default_order=("-opens_at",),
        enums={"status": "EntryRoundStatus"},
    ),
    resource(
        tables.StudentResult,
        scopes=_IN_CLASSES,
        filters=("span", "level", "title", "promotion", "absences", "school_class", "student", "term"),
        order=("absences",),
        alike=tuple((name, f"{name}_label") for name in _LEVELS),
        enums={"span": "Span"},
        statistics=statistics(
            {
                "school_year": "school_class.school_year",
                "grade_level": "school_class.grade_level",
                "sex": "student.sex",
                **{each: each for each in _LEVELS},
            }
        ),
    ),
    resource(
        tables.TraitMark,
        scopes=_IN_CLASSES,
        filters=("span", "trait", "level", "source", "school_class", "student", "term"),
        order=("trait",),
        alike=(("level", "level_label"), ("again_level", "again_level_label")),
        default_order=("trait",),
        enums={"span": "Span", "source": "TraitSource"},
        statistics=statistics({"school_year": "school_class.school_year", "trait": "trait", "level": "level"}),
    ),
)  # fmt: skip

EXTENSIONS: Final[tuple[Extension, ...]] = (
    extend(
        registry.Student,
        many("subject_results", tables.SubjectResult.student_id, description="Averages and judgements by subject."),
        many("results", tables.StudentResult.student_id, description="Terms and years over all subjects."),
        many("trait_marks", tables.TraitMark.student_id, description="Conduct and what else homeroom teachers judge."),
        scopes={"own_books": predicates.STUDENT_IN_OWN_BOOKS},
    ),
    extend(
        registry.SchoolClass,
        many("gradebooks", tables.Gradebook.school_class_id, description="One book for each subject."),
        many("student_results", tables.StudentResult.school_class_id, description="Results over all subjects."),
        many(
            "trait_marks", tables.TraitMark.school_class_id, order=("trait",), description="Conduct and other traits."
        ),
    ),
    extend(
        registry.ClassSubject,
        one("gradebook", tables.Gradebook.class_subject_id, description="The class's book of the subject."),
    ),
    extend(
        registry.Subject, one("grading", tables.SubjectGrading.subject_id, description="How the subject is graded.")
    ),
)
