"""Which circular governs which grade in which school year."""

from __future__ import annotations

from homeroom.errors import Refusal
from homeroom.worked_examples import Example, ExampleFault
from homeroom_gradebook.scheme_choice import resolve_scheme
from homeroom_vn.rules import TT22, TT27, TT30, TT58

__all__ = ["ROADMAP_RUNNERS"]

_SCHEMES = (TT30(), TT27(), TT58(), TT22())
# The letters of the example file: the two new circulars, and x for whichever was in force before.
_LETTERS = {TT27.version: "O", TT22.version: "N", TT30.version: "x", TT58.version: "x"}


def _circular_by_grade_year(example: Example) -> dict[str, str]:
    """For each school year that the example asks about, one letter for each of the twelve grades."""
    if not isinstance(example.expected, dict):
        raise ExampleFault("expected: needs letters by the year in which the school year starts")
    return {year: "".join(_letter(grade, _year(year)) for grade in range(1, 13)) for year in example.expected}


def _letter(grade: int, year: int) -> str:
    try:
        return _LETTERS[resolve_scheme(_SCHEMES, grade, year).version]
    except Refusal:
        return "-"


def _year(text: str) -> int:
    if not text.isdecimal():
        raise ExampleFault(f"expected: {text!r} is not a year")
    return int(text)


ROADMAP_RUNNERS = {("roadmap", "circular_by_grade_year"): _circular_by_grade_year}
