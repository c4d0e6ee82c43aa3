"""Records of students for the tests of the circulars."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from homeroom_gradebook.schemes import PeriodRecord, SubjectPlan, SubjectResult, SubjectStanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from homeroom_gradebook.schemes import Period


#: Names of subjects as the tests use them, with what they are to the circulars.
KEYS = ("math", "literature", "foreign_language")


def _standing(name: str, result: str | None) -> SubjectStanding:
    """A subject with its result: a number, a code, or nothing yet."""
    if result is None:
        return SubjectStanding(SubjectPlan(name, "scored", 105, key=name), None)
    try:
        number = Decimal(result)
    except ArithmeticError:
        return SubjectStanding(SubjectPlan(name, "commented", 70), SubjectResult(code=result))
    return SubjectStanding(SubjectPlan(name, "scored", 105, key=name), SubjectResult(score=number))


def _record(
    scores: Iterable[str | None],
    comments: Iterable[str] = (),
    *,
    period: Period = "year",
    traits: Mapping[str, str] | None = None,
    absences: int | None = 0,
    grade: int = 8,
    commended: bool = False,
) -> PeriodRecord:
    """A record; the first three scores are those of mathematics, literature and the foreign language."""
    names = [*KEYS, *(f"subject_{place}" for place in range(20))]
    scored = [_standing(name, score) for name, score in zip(names, scores, strict=False)]
    commented = [_standing(f"comment_{place}", code) for place, code in enumerate(comments)]
    return PeriodRecord(period, grade, (*scored, *commented), traits or {}, absences, commended)


@pytest.fixture(scope="session")
def record() -> Callable[..., PeriodRecord]:
    """Writes records; the first three scores are mathematics, literature and the foreign language."""
    return _record
