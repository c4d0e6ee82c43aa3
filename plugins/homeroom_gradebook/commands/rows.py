"""What commands with rows share: what they are about, what they say on the scales, and refusing all faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom.errors import Problem, Refusal, refuse_all
from homeroom.refusals import LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.conclusion import ClassRecords, load_records, rest_results_on_books
from homeroom_gradebook.refusals import NO_JUDGEMENTS, NO_NUMBERS, NO_SUCH_TRAIT
from homeroom_gradebook.scales import CodeScale, NumberScale, Scale
from homeroom_gradebook.schemes import RequiredAssessment, SubjectResult

_STUDENTS = """
SELECT DISTINCT e.student_id FROM class_enrolment e
JOIN school_class sc ON sc.id = e.school_class_id JOIN school_year sy ON sy.id = sc.school_year_id
WHERE sc.id = $1 AND e.starts_on <= $2 AND (e.ends_on IS NULL OR e.ends_on >= least($2, sy.ends_on))
"""


def refuse(problems: list[Problem], keys: Sequence[object] = ()) -> None:
    """Raise a Refusal if anything is wrong, or if two rows are about the same thing.

    Args:
        problems: What is wrong.
        keys: What each row is about.
    """
    if len(set(keys)) < len(keys):
        problems.append(Problem(LISTED_TWICE, "rows"))
    refuse_all(problems)


async def students_of(context: Context, school_class: UUID) -> list[UUID]:
    """Who is in a class today, or was on the last day of its year."""
    return [each["student_id"] for each in await context.fetch(_STUDENTS, school_class, context.today)]


async def records_of(
    context: Context,
    school_class: UUID,
    rows: Sequence[Any] | None = None,
    *,
    term: UUID | None = None,
    concludes: bool = True,
) -> ClassRecords:
    """The records of students of a class that the caller may use.

    Args:
        rows: What the command got about a ``student`` each; by default everybody in the class.
        term: A term of the class's year.
        concludes: Whether the command makes results over all subjects or changes them.

    Raises:
        Refusal: There are no rows, or a row is about somebody who neither is in the class nor has results in it.
    """
    if rows is not None and not rows:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    if concludes:
        await rest_results_on_books(context, school_class)
    present = await students_of(context, school_class)
    students = present if rows is None else [row.student for row in rows]
    records = await load_records(context, school_class, list(dict.fromkeys(students)))
    known = {*present, *(student for student, _ in records.results)}
    refuse([Problem(NOT_FOUND, "rows.student", place) for place, each in enumerate(students) if each not in known])
    if term not in (None, *records.terms):
        raise Refusal(NOT_FOUND, "term")
    return records


def read_level(records: ClassRecords, row: Any, column: str, place: int, problems: list[Problem]) -> dict[str, str]:
    """The columns of the level of a trait, as a row with ``trait`` and ``level`` gives it.

    Args:
        column: The column of the level; that of its words is beside it.
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
        place: The row's place in the input, from 0.
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
