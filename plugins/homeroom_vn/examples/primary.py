"""Worked examples of TT27/2020."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from homeroom.errors import Refusal
from homeroom.worked_examples import Example, ExampleFault
from homeroom_gradebook.schemes import OverallResult, PeriodRecord, PromotionCode
from homeroom_vn.examples.reading import ExampleInput, code_for, parsed
from homeroom_vn.rules import TT27
from homeroom_vn.rules.marks import SUBJECT_LEVELS, TRAIT_LEVELS, WHOLE_POINTS

__all__ = ["PRIMARY_RUNNERS"]

_SCHEME = TT27()


class _Year(ExampleInput):
    subjects: list[str]
    qualities_competences: list[str]
    year_end_tests: list[Decimal]
    outstanding_and_class_recognised: bool = False


def _primary_year(example: Example) -> dict[str, Any]:
    given = parsed(example, _Year)
    if not given.subjects:
        raise ExampleFault("subjects: none given")
    level = _SCHEME.level(
        [code_for(word, SUBJECT_LEVELS) for word in given.subjects],
        [code_for(word, TRAIT_LEVELS) for word in given.qualities_competences],
        [_whole(mark) for mark in given.year_end_tests],
    )
    overall = OverallResult(level, level)
    record = PeriodRecord("year", 4, (), commended=given.outstanding_and_class_recognised)
    title = _SCHEME.title(record, overall)
    promotion = _SCHEME.promotion(record, overall)
    return {
        "level": level.label,
        "title": None if title is None else title.label,
        "completes_grade": promotion is not None and promotion.code is PromotionCode.PROMOTED,
    }


def _whole(mark: Decimal) -> Decimal:
    try:
        return WHOLE_POINTS.read(mark)
    except Refusal as refused:
        raise ExampleFault(f"year_end_tests: {refused}") from None


PRIMARY_RUNNERS = {("TT27/2020", "primary_year"): _primary_year}
