"""What roles may do in the gradebook by default; a school changes it by rules of its own."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["RULES"]

_EVERYTHING: Final = (
    "SubjectGrading",
    "SchemeChoice",
    "Gradebook",
    "Assessment",
    "SubjectResult",
    "Mark",
    "EntryRound",
    "StudentResult",
    "TraitMark",
)
_BY_BOOK: Final = ("Gradebook", "Assessment", "SubjectResult", "Mark")
_BY_CLASS: Final = (*_BY_BOOK, "StudentResult", "TraitMark")
_OPEN_TO_STAFF: Final = ("SubjectGrading", "EntryRound")
_SET_UP: Final = (
    "gradebook.subject.grade",
    "gradebook.scheme.choose",
    "gradebook.book.open",
    "gradebook.assessment.add",
    "gradebook.assessment.remove",
    "gradebook.student.exempt",
    "gradebook.mark.carry",
    "gradebook.result.take_over",
)
_ROUNDS: Final = ("gradebook.round.open", "gradebook.round.close", "gradebook.round.reopen")
_SUMMER: Final = ("gradebook.summer.reassess", "gradebook.summer.judge")
_HOMEROOM: Final = ("gradebook.trait.enter", "gradebook.year.record", "gradebook.result.conclude")

RULES: Final[tuple[Rule, ...]] = (
    *(Rule(role, name) for role in ("admin", "principal", "registrar") for name in _EVERYTHING),
    # The board's standing admin opens and closes the book, and does not write into it.
    *(Rule("admin", name, "run") for name in (*_SET_UP, *_ROUNDS)),
    *(Rule("principal", name, "run") for name in (*_ROUNDS, *_SUMMER, "gradebook.result.conclude")),
    *(Rule("registrar", name, "run") for name in (*_SET_UP, "gradebook.summer.reassess")),
    *(Rule("teacher", name, "read", "own_teaching") for name in _BY_BOOK),
    *(Rule("teacher", name, "read", "own_class") for name in _BY_CLASS),
    *(Rule("teacher", name) for name in _OPEN_TO_STAFF),
    # The names beside the marks, those of students who have left included; nothing that is restricted.
    Rule("teacher", "Student", scope="own_books"),
    Rule("teacher", "gradebook.mark.enter", "run", "own_teaching"),
    Rule("teacher", "gradebook.assessment.add", "run", "own_teaching"),
    *(Rule("teacher", name, "run", "own_class") for name in _HOMEROOM),
    *(Rule("student", name, "read", "self") for name in _BY_CLASS),
    *(Rule("guardian", name, "read", "children") for name in _BY_CLASS),
)
