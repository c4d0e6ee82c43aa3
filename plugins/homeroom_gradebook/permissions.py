"""What roles may do in the gradebook by default; a school changes it by rules of its own."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

_BY_BOOK: Final = ("Gradebook", "Assessment", "SubjectResult", "Mark")
_BY_CLASS: Final = (*_BY_BOOK, "StudentResult", "TraitMark")
_OPEN_TO_STAFF: Final = ("SubjectGrading", "EntryRound")
_EVERYTHING: Final = (*_BY_CLASS, *_OPEN_TO_STAFF, "SchemeChoice")
_SET_UP: Final = (
    "gradebook.subject.grade",
    "gradebook.scheme.choose",
    "gradebook.book.open",
    "gradebook.assessment.*",
    "gradebook.student.exempt",
    "gradebook.mark.carry",
    "gradebook.result.take_over",
)
_ROUNDS: Final = ("gradebook.round.open", "gradebook.round.close", "gradebook.round.reopen")
_OF_ENTRY: Final = ("gradebook.mark.columns", "gradebook.mark.progress")
_HOMEROOM: Final = ("gradebook.trait.enter", "gradebook.year.record", "gradebook.result.conclude")

RULES: Final[tuple[Rule, ...]] = (
    *(Rule(role, name) for role in ("admin", "principal", "registrar") for name in _EVERYTHING),
    *(Rule(role, name, "run") for role in ("admin", "principal", "registrar") for name in _OF_ENTRY),
    # The administrator of the school sets up books and rounds, and does not enter marks.
    *(Rule("admin", name, "run") for name in (*_SET_UP, *_ROUNDS)),
    *(Rule("principal", name, "run") for name in (*_ROUNDS, "gradebook.summer.*", "gradebook.result.conclude")),
    *(Rule("registrar", name, "run") for name in (*_SET_UP, "gradebook.summer.reassess")),
    *(Rule("teacher", name, "read", "own_teaching") for name in _BY_BOOK),
    *(Rule("teacher", name, "read", "own_class") for name in _BY_CLASS),
    *(Rule("teacher", name) for name in _OPEN_TO_STAFF),
    *(Rule("teacher", name, "run", scope) for name in _OF_ENTRY for scope in ("own_teaching", "own_class")),
    # The names beside the marks, those of students who have left included; nothing that is restricted.
    Rule("teacher", "Student", scope="own_books"),
    Rule("teacher", "gradebook.mark.enter", "run", "own_teaching"),
    Rule("teacher", "gradebook.assessment.add", "run", "own_teaching"),
    *(Rule("teacher", name, "run", "own_class") for name in _HOMEROOM),
    *(Rule("student", name, "read", "self") for name in _BY_CLASS),
    *(Rule("guardian", name, "read", "children") for name in _BY_CLASS),
)
