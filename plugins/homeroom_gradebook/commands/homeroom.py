"""What homeroom teachers enter (conduct and other traits, absences and commendations) and conclude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Problem
from homeroom.refusals import CONFLICT, OUT_OF_RANGE
from homeroom_gradebook.commands.rows import read_level, records_of, refuse
from homeroom_gradebook.conclusion import conclude, of_period, refresh_results
from homeroom_gradebook.refusals import JUDGE_TERMS_FIRST, SETTLED_BY_TERMS
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
    records = await records_of(context, school_class, rows, term=term, concludes=False)
    problems: list[Problem] = []
    values = []
    for place, row in enumerate(rows):
        stored = records.traits[row.student, term].get(row.trait)
        level = read_level(records, row, "level", place, problems)
        if level and term is None:
            year = records.trait_year(row.student, row.trait)
            if year is None or year.decided:
                problems.append(Problem(SETTLED_BY_TERMS if year else JUDGE_TERMS_FIRST, "rows.trait", place))
        of_row = of_period(school_class, row.student, term) | {"trait": row.trait, "source": TraitSource.JUDGED.value}
        values.append({"id": stored and stored["id"], **of_row, **level})
        if row.expected_version != (stored and stored["version"]):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
    refuse(problems, [(row.student, row.trait) for row in rows])
    ids = await context.rows(TraitMark).save(values)
    await refresh_results(context, school_class, records.students)
    return ids


@command("gradebook.year.record", returns="StudentResult", many=True)
async def record_year(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[YearRow]
) -> list[UUID]:
    """Record absences and commendations of a class's students for the year, all or none.

    Every bad row is named, such as one with negative absences.
    """
    records = await records_of(context, school_class, rows)
    problems: list[Problem] = []
    values = []
    for place, row in enumerate(rows):
        stored = records.results.get((row.student, None))
        if row.absences is not None and not 0 <= row.absences <= 1000:
            problems.append(Problem(OUT_OF_RANGE, "rows.absences", place, least=0, most=1000))
        if row.expected_version != (stored and stored["version"]):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
        of_year = of_period(school_class, row.student, None)
        values.append({"id": stored and stored["id"], **of_year, "absences": row.absences, "commended": row.commended})
    refuse(problems, [row.student for row in rows])
    ids = await context.rows(StudentResult).save(values)
    await refresh_results(context, school_class, records.students)
    return ids


@command("gradebook.result.conclude", returns="StudentResult", many=True)
async def conclude_results(
    context: Context,
    *,
    school_class: Annotated[UUID, Ref("SchoolClass")],
    term: Annotated[UUID, Ref("Term")] | None = None,
) -> list[UUID]:
    """Work out and store levels, titles and, for the year, promotion proposals of a class.

    A student of whom something is still missing gets an empty result. What is entered later changes the stored results.

    Args:
        school_class: The class.
        term: The term; by default the year.
    """
    records = await records_of(context, school_class, term=term)
    results = await conclude(context, records, records.students, term)
    await context.emit(Event("gradebook.results.concluded", {"school_class": school_class, "term": term}))
    return results
