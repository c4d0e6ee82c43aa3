"""Books, their columns, their lines and marks, and the rounds in which marks are entered."""

from __future__ import annotations

from typing import Final

from homeroom.resources import EVERYTHING, Resource, many, resource, statistics
from homeroom_gradebook.resources.predicates import (
    BOOK_IS_OWN,
    BOOK_IS_TAUGHT,
    BOOKS_OF_CHILDREN,
    BOOKS_OF_SELF,
    BOOKS_OWN,
    BOOKS_TAUGHT,
    OWN_CHILD,
    OWN_STUDENT,
)
from homeroom_gradebook.tables import (
    Assessment,
    EntryRound,
    Gradebook,
    Mark,
    SchemeChoice,
    SubjectGrading,
    SubjectResult,
)

__all__ = ["BOOKS"]

_ENUMS: Final = {"measure": "Measure"}
#: Whose a book is, so are its columns, lines and marks. To students and guardians only the own lines.
_STAFF: Final = {"own_teaching": "own_teaching", "own_class": "own_class"}
_FAMILY: Final = {"self": "self", "children": "children"}
#: What stands in a book can be grouped by what the book is about.
_OF_BOOK: Final = {
    "school_class": "gradebook.school_class",
    "subject": "gradebook.subject",
    "grade": "gradebook.grade",
    "school_year": "gradebook.school_class.school_year",
}

_GRADING = resource(
    SubjectGrading,
    scopes={"school": EVERYTHING},
    filters=("measure", "key", "subject"),
    order=("key",),
    enums=_ENUMS,
)

_CHOICE = resource(
    SchemeChoice, scopes={"school": EVERYTHING}, filters=("scheme", "name"), default_order=("scheme", "name")
)

_BOOK = resource(
    Gradebook,
    many(
        "assessments",
        Assessment.gradebook_id,
        order=("position",),
        description="The columns, term by term.",
        carries={**_STAFF, **_FAMILY},
    ),
    many(
        "subject_results",
        SubjectResult.gradebook_id,
        description="The lines: one student and period each.",
        carries=_STAFF,
    ),
    scopes={
        "school": EVERYTHING,
        "own_teaching": BOOK_IS_TAUGHT,
        "own_class": BOOK_IS_OWN,
        "self": f"{{row}}.id IN ({BOOKS_OF_SELF})",
        "children": f"{{row}}.id IN ({BOOKS_OF_CHILDREN})",
    },
    filters=("scheme", "grade", "school_year_start", "measure", "class_subject", "school_class", "subject"),
    order=("grade",),
    enums=_ENUMS,
)

_ASSESSMENT = resource(
    Assessment,
    scopes={
        "school": EVERYTHING,
        "own_teaching": f"{{row}}.gradebook_id IN ({BOOKS_TAUGHT})",
        "own_class": f"{{row}}.gradebook_id IN ({BOOKS_OWN})",
        "self": f"{{row}}.gradebook_id IN ({BOOKS_OF_SELF})",
        "children": f"{{row}}.gradebook_id IN ({BOOKS_OF_CHILDREN})",
    },
    filters=("kind", "ordinal", "gradebook", "term"),
    order=("position",),
    default_order=("position",),
    carrying={"gradebook": {**_STAFF, **_FAMILY}},
)

_LINE = resource(
    SubjectResult,
    many(
        "marks",
        Mark.subject_result_id,
        description="The marks of this student in this book and term.",
        carries={**_STAFF, **_FAMILY},
    ),
    scopes={
        "school": EVERYTHING,
        "own_teaching": f"{{row}}.gradebook_id IN ({BOOKS_TAUGHT})",
        "own_class": f"{{row}}.gradebook_id IN ({BOOKS_OWN})",
        "self": OWN_STUDENT,
        "children": OWN_CHILD,
    },
    filters=("span", "score", "code", "exempt", "gradebook", "student", "term"),
    order=("score",),
    enums={"span": "Span"},
    carrying={
        "gradebook": {**_STAFF, **_FAMILY},
        "student": {"own_teaching": "own_books", "own_class": "own_books", **_FAMILY},
    },
    statistics=statistics({**_OF_BOOK, "code": "code"}),
)

_MARK = resource(
    Mark,
    scopes={
        "school": EVERYTHING,
        "own_teaching": f"{{row}}.gradebook_id IN ({BOOKS_TAUGHT})",
        "own_class": f"{{row}}.gradebook_id IN ({BOOKS_OWN})",
        "self": OWN_STUDENT,
        "children": OWN_CHILD,
    },
    filters=("number", "code", "assessment", "student", "subject_result", "gradebook"),
    order=("number",),
    carrying={
        "assessment": {**_STAFF, **_FAMILY},
        "subject_result": {**_STAFF, **_FAMILY},
        "gradebook": {**_STAFF, **_FAMILY},
        "student": {"own_teaching": "own_books", "own_class": "own_books", **_FAMILY},
    },
    statistics=statistics({**_OF_BOOK, "term": "assessment.term", "kind": "assessment.kind", "code": "code"}),
)

_ROUND = resource(
    EntryRound,
    scopes={"school": EVERYTHING},
    exclude=("opened_by",),
    filters=("title", "status", "kind", "opens_at", "closes_at", "term", "school_class"),
    order=("opens_at", "title"),
    default_order=("-opens_at",),
    enums={"status": "EntryRoundStatus"},
)

BOOKS: Final[tuple[Resource, ...]] = (_GRADING, _CHOICE, _BOOK, _ASSESSMENT, _LINE, _MARK, _ROUND)
