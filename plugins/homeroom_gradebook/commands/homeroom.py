"""What homeroom teachers enter: conduct and other traits, absences and commendations of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import CONFLICT, MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.commands.conclusion import students_of_class
from homeroom_gradebook.commands.rows import read_code, refuse
from homeroom_gradebook.conclusion import (
    ClassRecords,
    load_records,
    of_period,
    refresh_results,
    rest_results_on_books,
)
from homeroom_gradebook.refusals import ABSENCES_RANGE, JUDGE_TERMS_FIRST, NO_SUCH_TRAIT, SETTLED_BY_TERMS
from homeroom_gradebook.tables import StudentResult, TraitMark, TraitSource


@dataclass(frozen=True, slots=True)
class TraitRow:
    """One judgement.

    Args:
        student: Of whom.
        trait: The scheme's code, such as conduct.
        level: A code of the trait's scale, or the regulation's word for it.
        expected_version: The version that the writer saw; none if there was none.
    """

    student: Annotated[UUID, Ref("Student")]
    trait: str
    level: str
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class YearRow:
    """What is counted and recognised over a year.

    Args:
        student: Of whom.
        absences: Sessions missed, excused or not; none if nobody has counted.
        commended: A person has recognised the student, where the regulation asks for that.
        expected_version: The version of the year's result that the writer saw; none if there was none.
    """

    student: Annotated[UUID, Ref("Student")]
    absences: int | None = None
    commended: bool = False
    expected_version: int | None = None


@command("gradebook.trait.enter", returns="TraitMark", many=True)
async def enter_traits(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    rows: list[TraitRow],
    term: Annotated[UUID, Ref("Term")] | None = None,
) -> list[UUID]:
    """Judge conduct and other traits of a class's students, for a term or for the year, all or none.

    For the year only where the regulation leaves the judgement to a person. Every bad row is named.
    """
    students = [row.student for row in rows]
    records = await _records(context, school_class, students, term)
    problems: list[Problem] = []
    values = []
    for place, row in enumerate(rows):
        stored = records.traits[row.student, term].get(row.trait)
        values.append(
            {
                "id": stored and stored["id"],
                **of_period(school_class, row.student, term),
                "trait": row.trait,
                **_level(records, row, term, place, problems),
                "source": TraitSource.JUDGED.value,
            }
        )
        if row.expected_version != (stored and stored["version"]):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
    refuse(problems, [(row.student, row.trait) for row in rows])
    ids = await context.rows(TraitMark).save(values)
    await refresh_results(context, school_class, students)
    return ids


@command("gradebook.year.record", returns="StudentResult", many=True)
async def record_year(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[YearRow]
) -> list[UUID]:
    """Record absences and commendations of a class's students for the year, all or none.

    Every bad row is named, such as one with negative absences.
    """
    students = [row.student for row in rows]
    records = await _records(context, school_class, students, None, rest=True)
    problems: list[Problem] = []
    values = []
    for place, row in enumerate(rows):
        stored = records.results.get((row.student, None))
        if row.absences is not None and not 0 <= row.absences <= 1000:
            problems.append(Problem(ABSENCES_RANGE, "rows.absences", place, least=0, most=1000))
        if row.expected_version != (stored and stored["version"]):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
        of_year = of_period(school_class, row.student, None)
        values.append({"id": stored and stored["id"], **of_year, "absences": row.absences, "commended": row.commended})
    refuse(problems, students)
    ids = await context.rows(StudentResult).save(values)
    await refresh_results(context, school_class, students)
    return ids


async def _records(
    context: Context, school_class: UUID, students: Sequence[UUID], term: UUID | None, *, rest: bool = False
) -> ClassRecords:
    """The records of students who are all in a class that the caller may use."""
    if not students:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    if rest:
        await rest_results_on_books(context, school_class)
    in_class = set(await students_of_class(context, school_class))
    absent = [place for place, student in enumerate(students) if student not in in_class]
    refuse([Problem(NOT_FOUND, "rows.student", place) for place in absent])
    records = await load_records(context, school_class, students)
    if term is not None and term not in records.terms:
        raise Refusal(NOT_FOUND, "term")
    return records


def _level(
    records: ClassRecords, row: TraitRow, term: UUID | None, place: int, problems: list[Problem]
) -> dict[str, str]:
    """The columns of a judgement; those of a bad row do not matter."""
    trait = records.trait(row.trait)
    if trait is None:
        problems.append(Problem(NO_SUCH_TRAIT, "rows.trait", place, scheme=records.scheme.version, trait=row.trait))
        return {}
    if term is None:
        year = records.trait_year(row.student, row.trait)
        if year is None or year.decided:
            why = JUDGE_TERMS_FIRST if year is None else SETTLED_BY_TERMS
            problems.append(Problem(why, "rows.trait", place))
            return {}
    code = read_code(trait.scale, row.level, "level", place, problems)
    return {} if code is None else {"level": code, "level_label": trait.scale.named(code).label}
