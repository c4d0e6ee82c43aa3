"""Worked examples of TT22/2021."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from homeroom.worked_examples import Example, ExampleFault
from homeroom_gradebook.scales import Label
from homeroom_gradebook.schemes import OverallResult, PeriodRecord
from homeroom_vn.examples.reading import (
    ExampleInput,
    code_for,
    comment_standings,
    numbered,
    parsed,
    results_again,
    scored_standings,
    settings_for,
    worded,
)
from homeroom_vn.rules import TT22
from homeroom_vn.rules.tt22_2021 import LEVELS

__all__ = ["TT22_RUNNERS"]

_SCHEME = TT22()
_CONDUCT = _SCHEME.traits(8)[0].scale


class _Learning(ExampleInput):
    scored: list[Decimal]
    comment: list[str]
    mode: str = "exclude"


class _Title(ExampleInput):
    conduct: str
    learning: str
    year_averages: list[Decimal]


class _Promotion(ExampleInput):
    conduct: str
    learning: str
    absences: int


class _Reassessment(ExampleInput):
    year_averages: dict[str, Decimal]
    comment: list[str]
    conduct: str
    absences: int
    reassessed: dict[str, Any]
    mode: str = "exclude"


def _learning_result(example: Example) -> dict[str, str]:
    given = parsed(example, _Learning)
    subjects = (*scored_standings(numbered(given.scored)), *comment_standings(numbered(given.comment)))
    overall = _SCHEME.configured(settings_for(given.mode)).overall(PeriodRecord("year", 8, subjects))
    if overall is None:
        raise ExampleFault("scored: no subjects")
    return {"raw": overall.unadjusted.label, "final": overall.level.label}


def _conduct_year_matrix(example: Example) -> dict[str, dict[str, str]]:
    """Every combination, rows by term two and columns by term one."""
    return {second.label: {first.label: _conduct_year(first, second) for first in LEVELS} for second in LEVELS}


def _conduct_year(first: Label, second: Label) -> str:
    year = _SCHEME.trait_year("conduct", {1: first.code, 2: second.code})
    return "" if year is None else _CONDUCT.named(year.code).label


def _title(example: Example) -> str | None:
    given = parsed(example, _Title)
    record = PeriodRecord(
        "year",
        8,
        tuple(scored_standings(numbered(given.year_averages))),
        traits={"conduct": code_for(given.conduct, _CONDUCT)},
    )
    title = _SCHEME.title(record, _overall(given.learning))
    return None if title is None else title.label


def _promotion(example: Example) -> str | None:
    given = parsed(example, _Promotion)
    record = PeriodRecord("year", 8, (), traits={"conduct": code_for(given.conduct, _CONDUCT)}, absences=given.absences)
    return worded(_SCHEME.promotion(record, _overall(given.learning)), example.expected)


def _summer_reassessment(example: Example) -> dict[str, Any]:
    given = parsed(example, _Reassessment)
    record = PeriodRecord(
        "year",
        8,
        (*scored_standings(given.year_averages), *comment_standings(numbered(given.comment))),
        traits={"conduct": code_for(given.conduct, _CONDUCT)},
        absences=given.absences,
    )
    scheme = _SCHEME.configured(settings_for(given.mode))
    again = results_again(given.reassessed)
    before = scheme.overall(record)
    after = scheme.reassess(record, again)
    if after is None:
        raise ExampleFault("reassessed: not all of these subjects may be assessed again")
    final = scheme.overall(after)
    if before is None or final is None:
        raise ExampleFault("year_averages: no subjects")
    expected = example.expected.get("decision") if isinstance(example.expected, dict) else None
    return {
        "before": before.level.label,
        "eligible": list(scheme.eligible(record)),
        "after": final.level.label,
        "decision": worded(scheme.promotion(after, final, after_summer=True), expected),
    }


def _overall(learning: str) -> OverallResult:
    code = code_for(learning, _CONDUCT)
    level = next(level for level in LEVELS if level.code == code)
    return OverallResult(level, level)


TT22_RUNNERS = {
    ("TT22/2021", "learning_result"): _learning_result,
    ("TT22/2021", "conduct_year_matrix"): _conduct_year_matrix,
    ("TT22/2021", "title"): _title,
    ("TT22/2021", "promotion"): _promotion,
    ("TT22/2021", "summer_reassessment"): _summer_reassessment,
}
