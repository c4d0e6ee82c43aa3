"""Averages of one subject, which both secondary circulars compute alike."""

from __future__ import annotations

from decimal import Decimal

from homeroom.worked_examples import Example, ExampleFault
from homeroom_gradebook.schemes import SubjectPlan, SubjectResult
from homeroom_vn.examples.reading import ExampleInput, mark_for, parsed
from homeroom_vn.rules import TT22, TT58

__all__ = ["AVERAGE_RUNNERS"]

_SCHEMES = (TT58(), TT22())
# Lessons a year that call for so many regular marks; more than four come from a fifth, optional column.
_PERIODS = {2: 35, 3: 70}


class _Marks(ExampleInput):
    tx: list[Decimal | None]
    gk: Decimal | None
    ck: Decimal | None


class _Terms(ExampleInput):
    """The unrounded averages stand in an example only to show that they are not used."""

    term1: Decimal | None
    term2: Decimal | None
    term1_unrounded: Decimal | None = None
    term2_unrounded: Decimal | None = None


def _term_average(example: Example) -> Decimal | None:
    marks = parsed(example, _Marks)
    if len(marks.tx) < 2:
        raise ExampleFault("tx: every subject has at least two regular marks")
    subject = SubjectPlan("subject", "scored", _PERIODS.get(len(marks.tx), 105))
    by_kind = {
        "regular": [mark_for(mark) for mark in marks.tx if mark is not None],
        "midterm": [] if marks.gk is None else [mark_for(marks.gk)],
        "final": [] if marks.ck is None else [mark_for(marks.ck)],
    }
    return _agreed([scheme.subject_term_result(subject, 8, 1, by_kind) for scheme in _SCHEMES])


def _year_average(example: Example) -> Decimal | None:
    terms = parsed(example, _Terms)
    subject = SubjectPlan("subject", "scored", 105)
    results = {
        place: None if average is None else SubjectResult(score=mark_for(average))
        for place, average in ((1, terms.term1), (2, terms.term2))
    }
    return _agreed([scheme.subject_year_result(subject, results) for scheme in _SCHEMES])


def _agreed(results: list[SubjectResult | None]) -> Decimal | None:
    scores = {None if result is None else result.score for result in results}
    if len(scores) != 1:
        raise ExampleFault(f"the circulars disagree: {', '.join(map(str, scores))}")
    return scores.pop()


AVERAGE_RUNNERS = {
    (circular, kind): runner
    for circular in ("TT58+26 & TT22", "TT58+26", "TT22/2021")
    for kind, runner in (("subject_term_average", _term_average), ("subject_year_average", _year_average))
}
