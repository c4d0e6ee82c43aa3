"""Worked examples of TT58/2011 as amended by TT26/2020."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from homeroom.worked_examples import Example, ExampleFault
from homeroom_gradebook.scales import Label
from homeroom_gradebook.schemes import GradingScheme, OverallResult, PeriodRecord, SubjectStanding
from homeroom_vn.examples.reading import (
    ExampleInput,
    code_for,
    comment_standings,
    parsed,
    results_again,
    scored_standings,
    settings_for,
    worded,
)
from homeroom_vn.rules import TT58
from homeroom_vn.rules.tt58_2011 import CONDUCT, LEVELS

__all__ = ["TT58_RUNNERS"]

_SCHEME = TT58()


class _Learning(ExampleInput):
    scored: dict[str, Decimal]
    comment: dict[str, str]
    mode: str = "exclude"


class _Ranks(ExampleInput):
    hoc_luc: str
    hanh_kiem: str


class _Promotion(_Ranks):
    absences: int


class _Retest(ExampleInput):
    year_averages: dict[str, Decimal]
    comment: dict[str, str]
    hanh_kiem: str
    absences: int
    retest: dict[str, Any]
    mode: str = "exclude"


def _hoc_luc(example: Example) -> dict[str, Any]:
    given = parsed(example, _Learning)
    subjects = (*scored_standings(given.scored), *comment_standings(given.comment))
    return _ranked(_SCHEME.configured(settings_for(given.mode)), subjects)


def _title(example: Example) -> str | None:
    given = parsed(example, _Ranks)
    record = PeriodRecord("year", 8, (), traits={"conduct": code_for(given.hanh_kiem, CONDUCT)})
    title = _SCHEME.title(record, _overall(given.hoc_luc))
    return None if title is None else title.label


def _promotion(example: Example) -> str | None:
    given = parsed(example, _Promotion)
    record = PeriodRecord(
        "year", 8, (), traits={"conduct": code_for(given.hanh_kiem, CONDUCT)}, absences=given.absences
    )
    return worded(_SCHEME.promotion(record, _overall(given.hoc_luc)), example.expected)


def _summer_retest(example: Example) -> dict[str, Any]:
    given = parsed(example, _Retest)
    record = PeriodRecord(
        "year",
        8,
        (*scored_standings(given.year_averages), *comment_standings(given.comment)),
        traits={"conduct": code_for(given.hanh_kiem, CONDUCT)},
        absences=given.absences,
    )
    scheme = _SCHEME.configured(settings_for(given.mode))
    again = results_again(given.retest)
    after = scheme.reassess(record, again)
    if after is None:
        raise ExampleFault("retest: not all of these subjects may be assessed again")
    final = scheme.overall(after)
    expected = example.expected.get("decision") if isinstance(example.expected, dict) else None
    return {
        "before": _ranked(scheme, record.subjects),
        "eligible": list(scheme.eligible(record)),
        "after": _ranked(scheme, after.subjects),
        "decision": worded(scheme.promotion(after, final, after_summer=True) if final else None, expected),
    }


def _ranked(scheme: GradingScheme, subjects: tuple[SubjectStanding, ...]) -> dict[str, Any]:
    overall = scheme.overall(PeriodRecord("year", 8, subjects))
    if overall is None:
        raise ExampleFault("no scored subjects")
    return {"avg": overall.average, "raw": overall.unadjusted.sign, "final": overall.level.sign}


def _overall(rank: str) -> OverallResult:
    level = _level(rank)
    return OverallResult(level, level)


def _level(rank: str) -> Label:
    for level in LEVELS:
        if rank in (level.short, level.label):
            return level
    raise ExampleFault(f"hoc_luc is one of {', '.join(level.sign for level in LEVELS)}, not {rank!r}")


TT58_RUNNERS = {
    ("TT58+26", "hoc_luc"): _hoc_luc,
    ("TT58+26", "title"): _title,
    ("TT58+26", "promotion"): _promotion,
    ("TT58+26", "summer_retest"): _summer_retest,
}
