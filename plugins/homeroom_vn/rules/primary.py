"""What both primary circulars have in common: judgements twice a term, with tests beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from homeroom_gradebook.schemes import RequiredAssessment, SubjectResult, Trait, TraitYear
from homeroom_vn.rules.marks import FINAL, FINAL_TEST, MIDTERM, MIDTERM_TEST, SUBJECT_LEVELS, TRAIT_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from homeroom_gradebook.scales import NumberScale, Value
    from homeroom_gradebook.schemes import PeriodRecord, SubjectPlan

__all__ = [
    "closing_results",
    "primary_assessments",
    "primary_term_result",
    "primary_trait_year",
    "primary_year_result",
    "traits_of",
]

_MIDTERM_TESTED = frozenset({"vietnamese", "math"})
_MIDTERM_TEST_GRADES = (4, 5)


def primary_assessments(
    subject: SubjectPlan, grade: int, term: int, scale: NumberScale
) -> tuple[RequiredAssessment, ...]:
    """A level at the middle and the end of each term; a test at the end where the subject is scored.

    Grades 4 and 5 also have a mid-term test in Vietnamese and mathematics. Nothing is averaged.
    """
    if term not in subject.terms:
        return ()
    needed = [RequiredAssessment(MIDTERM, 1, 0, SUBJECT_LEVELS)]
    if subject.measure == "scored" and grade in _MIDTERM_TEST_GRADES and subject.key in _MIDTERM_TESTED:
        needed.append(RequiredAssessment(MIDTERM_TEST, 1, 0, scale))
    needed.append(RequiredAssessment(FINAL, 1, 0, SUBJECT_LEVELS))
    if subject.measure == "scored":
        needed.append(RequiredAssessment(FINAL_TEST, 1, 0, scale))
    return tuple(needed)


def primary_term_result(subject: SubjectPlan, term: int, marks: Mapping[str, Sequence[Value]]) -> SubjectResult | None:
    """The level at the end of the term, with its test; where a second test was set, the last counts."""
    final = marks.get("final", ())
    test = marks.get("final_test", ())
    if term not in subject.terms or len(final) != 1 or (subject.measure == "scored" and not test):
        return None
    code = final[0]
    score = test[-1] if subject.measure == "scored" else None
    if not isinstance(code, str) or isinstance(score, str):
        raise TypeError(f"{subject.code}: a level is a code and a test is a number")
    return SubjectResult(score=score, code=code)


def primary_year_result(subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]) -> SubjectResult | None:
    """The result at the end of the last term in which the subject is taught."""
    return terms.get(subject.terms[-1]) if subject.terms else None


def primary_trait_year(terms: Mapping[int, str]) -> TraitYear | None:
    """The level at the end of the year."""
    return TraitYear(terms[2], decided=True) if 2 in terms else None


def traits_of(names: Iterable[tuple[str, str]]) -> tuple[Trait, ...]:
    """Traits with the three levels of primary school, from (code, words)."""
    return tuple(Trait(code, label, TRAIT_LEVELS) for code, label in names)


def closing_results(record: PeriodRecord, traits: Sequence[Trait]) -> tuple[list[str], list[str], list[Decimal]] | None:
    """Subject levels, trait levels and test marks at the end of the year; nothing while one is missing."""
    subjects: list[str] = []
    tests: list[Decimal] = []
    for standing in record.subjects:
        result = standing.result
        if result is None or result.code is None:
            return None
        subjects.append(result.code)
        if result.score is not None:
            tests.append(result.score)
    if not subjects or any(trait.code not in record.traits for trait in traits):
        return None
    return subjects, [record.traits[trait.code] for trait in traits], tests
