"""What commands with rows share: reading what rows say on the scales, and refusing all that is wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom_gradebook.conclusion import ClassRecords
from homeroom_gradebook.refusals import NO_JUDGEMENTS, NO_NUMBERS, NO_SUCH_TRAIT
from homeroom_gradebook.scales import CodeScale, NumberScale, Scale
from homeroom_gradebook.schemes import RequiredAssessment, SubjectResult


def refuse(problems: list[Problem], keys: Sequence[object] = ()) -> None:
    """Raise a Refusal if anything is wrong, or if two rows are about the same thing.

    Args:
        problems: What is wrong.
        keys: What each row is about.
    """
    if len(set(keys)) < len(keys):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)


def read_level(records: ClassRecords, row: Any, column: str, place: int, problems: list[Problem]) -> dict[str, str]:
    """The columns of the level of a trait, as a row with ``trait`` and ``level`` gives it.

    Args:
        records: The records of the class.
        row: The row.
        column: The column of the level; that of its words is beside it.
        place: The row's place in the input.
        problems: Takes what is wrong; there are no columns then.
    """
    trait = records.trait(row.trait)
    if trait is None:
        problems.append(Problem(NO_SUCH_TRAIT, "rows.trait", place, scheme=records.scheme.version, trait=row.trait))
        return {}
    code = _read(trait.scale, row.level, "level", place, problems)
    return {} if code is None else {column: code, f"{column}_label": trait.scale.named(code).label}


def read_result(needed: Iterable[RequiredAssessment], row: Any, place: int, problems: list[Problem]) -> SubjectResult:
    """What a row with ``score`` and ``code`` says, on the scales of the subject.

    Args:
        needed: What is assessed in the subject.
        row: The row.
        place: Its place in the input.
        problems: Takes what is wrong.
    """
    scales = [each.scale for each in needed]
    read: dict[str, Any] = {}
    for field, kind, refusal in (("score", NumberScale, NO_NUMBERS), ("code", CodeScale, NO_JUDGEMENTS)):
        raw = getattr(row, field)
        scale = next((each for each in scales if isinstance(each, kind)), None)
        if raw is not None and scale is None:
            problems.append(Problem(refusal, f"rows.{field}", place))
        elif raw is not None and scale is not None:
            read[field] = _read(scale, raw, field, place, problems)
    return SubjectResult(**read)


def _read(scale: Scale, raw: object, field: str, place: int, problems: list[Problem]) -> Any:
    try:
        return scale.read(raw)
    except Refusal as refused:
        problems.append(refused.problems[0].at(f"rows.{field}", place))
        return None
