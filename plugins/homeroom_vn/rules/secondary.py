"""What TT58/2011 and TT22/2021 have in common: the assessments of a term and the averages of a subject.

TT58/2011 articles 7, 8 and 11 with the amendments of TT26/2020; TT22/2021 articles 6, 7 and 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from homeroom_gradebook.schemes import RequiredAssessment, SubjectResult
from homeroom_vn.rules.marks import FINAL, MIDTERM, PASS_FAIL, REGULAR, TEN_POINTS
from homeroom_vn.rules.rounding import mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from homeroom_gradebook.scales import Value
    from homeroom_gradebook.schemes import SubjectPlan

__all__ = ["regular_count", "secondary_assessments", "secondary_term_result", "secondary_year_result"]

_MIDTERM_COEFFICIENT = 2
_FINAL_COEFFICIENT = 3


def regular_count(periods_per_year: int) -> int:
    """How many regular marks a term needs: two up to 35 lessons a year, three up to 70, four above.

    Raises:
        ValueError: the number of lessons is not positive.
    """
    if periods_per_year <= 0:
        raise ValueError(f"a subject needs lessons, not {periods_per_year} a year")
    if periods_per_year <= 35:
        return 2
    return 3 if periods_per_year <= 70 else 4


def secondary_assessments(subject: SubjectPlan, term: int) -> tuple[RequiredAssessment, ...]:
    """Regular marks by the number of lessons, one mid-term (weight 2) and one end-of-term mark (weight 3)."""
    if term not in subject.terms:
        return ()
    scale = TEN_POINTS if subject.measure == "scored" else PASS_FAIL
    return (
        RequiredAssessment(REGULAR, regular_count(subject.periods_per_year), 1, scale),
        RequiredAssessment(MIDTERM, 1, _MIDTERM_COEFFICIENT, scale),
        RequiredAssessment(FINAL, 1, _FINAL_COEFFICIENT, scale),
    )


def secondary_term_result(
    subject: SubjectPlan,
    term: int,
    marks: Mapping[str, Sequence[Value]],
    judge: Callable[[Sequence[Value], Value], str],
) -> SubjectResult | None:
    """The average of a scored subject, or the judgement of a commented one.

    More regular marks than the least count enter with the same weight. A mark that was missed without good
    reason is entered as zero by a person; an absent one keeps the result open.

    Args:
        subject: what is taught.
        term: counted from 1.
        marks: the marks that exist, by kind.
        judge: the circular's rule for comments, given all of them and the one of the end of term.
    """
    if term not in subject.terms:
        return None
    regular = marks.get("regular", ())
    midterm = marks.get("midterm", ())
    final = marks.get("final", ())
    if len(midterm) != 1 or len(final) != 1 or len(regular) < regular_count(subject.periods_per_year):
        return None
    if subject.measure == "commented":
        return SubjectResult(code=judge((*regular, *midterm, *final), final[0]))
    # The coefficients two and three, as two and three times the same mark.
    half, end = midterm[0], final[0]
    return SubjectResult(mean(cast("Sequence[Decimal]", (*regular, half, half, end, end, end))))


def secondary_year_result(subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]) -> SubjectResult | None:
    """Term one once and term two twice; for comments term two; the only term where there is one.

    Args:
        subject: what is taught.
        terms: the stored results by term, their scores already rounded.
    """
    scores: list[Decimal | None] = []
    last: SubjectResult | None = None
    for place, term in enumerate(subject.terms, 1):
        last = terms.get(term)
        if last is None:
            return None
        scores += [last.score] * place
    if last is None or subject.measure == "commented" or len(subject.terms) == 1:
        return last
    return SubjectResult(mean(cast("Sequence[Decimal]", scores)))
