"""Reading the input of worked examples strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from homeroom.errors import Refusal
from homeroom.worked_examples import ExampleFault
from homeroom_gradebook.schemes import Promotion, PromotionCode, SubjectPlan, SubjectResult, SubjectStanding
from homeroom_vn.rules.marks import PASS_FAIL, TEN_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from homeroom.worked_examples import Example
    from homeroom_gradebook.scales import CodeScale

__all__ = [
    "ExampleInput",
    "code_for",
    "comment_standings",
    "mark_for",
    "numbered",
    "parsed",
    "results_again",
    "scored_standings",
    "settings_for",
    "worded",
]


class ExampleInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of the inputs: a part that the runner does not know is a fault."""


T = TypeVar("T", bound=ExampleInput)
V = TypeVar("V")

_KEYS = {
    "Toán": "math",
    "Ngữ văn": "literature",
    "Ngoại ngữ": "foreign_language",
    "Ngoại ngữ 1": "foreign_language",
    "NN1": "foreign_language",
    "Tiếng Anh": "foreign_language",
}
# Names of the two readings; ``exclude`` leaves the one subject out.
_READINGS = {
    "exclude": "removal",
    "removal": "removal",
    "include": "had_been_good",
    "replace": "had_been_good",
    "raise": "had_been_good",
    "ideal": "had_been_good",
    "as_if_good": "had_been_good",
    "had_been_good": "had_been_good",
}
_PROMOTION_WORDS = {
    PromotionCode.RETEST: frozenset(
        {
            "Đánh giá lại",
            "Đánh giá lại trong hè",
            "Đánh giá lại trong kì nghỉ hè",
            "Kiểm tra, đánh giá lại trong hè",
            "Kiểm tra, đánh giá lại trong kì nghỉ hè",
            "Kiểm tra lại",
        }
    ),
    PromotionCode.SUMMER_TRAINING: frozenset(
        {"Rèn luyện trong hè", "Rèn luyện trong kì nghỉ hè", "Rèn luyện hạnh kiểm trong hè"}
    ),
}


def parsed(example: Example, shape: type[T]) -> T:
    """The input of an example in its shape.

    Raises:
        ExampleFault: a part is missing, unknown or of another type.
    """
    try:
        return msgspec.convert(example.input, shape)
    except msgspec.ValidationError as fault:
        raise ExampleFault(f"input: {fault}") from None


def settings_for(mode: str) -> dict[str, str]:
    """The scheme's settings that an example's ``mode`` asks for."""
    if mode not in _READINGS:
        raise ExampleFault(f"mode is one of {', '.join(_READINGS)}, not {mode!r}")
    return {"adjustment_reading": _READINGS[mode]}


def code_for(word: str, scale: CodeScale) -> str:
    """The code that a word of the circular stands for."""
    try:
        return scale.read(word)
    except Refusal as refused:
        raise ExampleFault(str(refused)) from None


def numbered(results: Iterable[V]) -> dict[str, V]:
    """Results of subjects that an example does not name."""
    return {str(place): result for place, result in enumerate(results, 1)}


def scored_standings(averages: Mapping[str, Decimal]) -> list[SubjectStanding]:
    """Scored subjects with their averages, by name."""
    return [
        SubjectStanding(SubjectPlan(name, "scored", 105, key=_KEYS.get(name)), SubjectResult(score=mark_for(score)))
        for name, score in averages.items()
    ]


def comment_standings(comments: Mapping[str, str]) -> list[SubjectStanding]:
    """Commented subjects with their judgements, by name."""
    return [
        SubjectStanding(SubjectPlan(name, "commented", 70), SubjectResult(code=code_for(comment, PASS_FAIL)))
        for name, comment in comments.items()
    ]


def worded(promotion: Promotion | None, expected: object) -> str | None:
    """The words of a proposal; another customary wording is taken over from the example."""
    if promotion is None:
        return None
    if isinstance(expected, str) and expected in _PROMOTION_WORDS.get(promotion.code, ()):
        return expected
    return promotion.label


def results_again(marks: Mapping[str, object]) -> dict[str, SubjectResult]:
    """Re-assessed subjects: a text is a judgement, a number a mark."""
    return {
        name: SubjectResult(code=code_for(mark, PASS_FAIL))
        if isinstance(mark, str)
        else SubjectResult(score=mark_for(mark))
        for name, mark in marks.items()
    }


def mark_for(score: object) -> Decimal:
    """A mark or an average of ten points."""
    try:
        return TEN_POINTS.read(score)
    except Refusal as refused:
        raise ExampleFault(str(refused)) from None
