"""After a year that did not suffice: subjects assessed again, conduct judged again after training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem
from homeroom.refusals import NOT_FOUND
from homeroom_gradebook.commands.rows import read_level, read_result, records_of, refuse
from homeroom_gradebook.conclusion import ClassRecords, refresh_results
from homeroom_gradebook.refusals import JUDGE_TERMS_FIRST, NO_REASSESSMENT, NO_TRAINING, NOT_CONCLUDED, SCORE_OR_CODE
from homeroom_gradebook.tables import SubjectResult, TraitMark


@dataclass(frozen=True, slots=True)
class AgainRow:
    """A subject that was assessed again; its result replaces the year's.

    Args:
        student: Of whom.
        gradebook: The book of the subject.
        score: The number, in a subject with numbers; none keeps the year's.
        code: The judgement, in a subject with judgements; none keeps the year's.
    """

    student: Annotated[UUID, Ref("Student")]
    gradebook: Annotated[UUID, Ref("Gradebook")]
    score: Decimal | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class TrainedRow:
    """A trait that was judged again after training in summer.

    Args:
        student: Of whom.
        trait: The scheme's code, such as conduct.
        level: A code of the trait's scale, or the regulation's word for it.
    """

    student: Annotated[UUID, Ref("Student")]
    trait: str
    level: str


@command("gradebook.summer.reassess", returns="StudentResult", many=True)
async def reassess_subjects(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[AgainRow]
) -> list[UUID]:
    """Record subjects that were assessed again after the year, all or none; the year's own results stay beside.

    Level and proposal after the summer follow at once. Every bad row is named: a student or a book that is not
    there (NOT_FOUND), a year that was not concluded, a subject whose result is good enough, a mark that the
    scale does not have (INVALID).
    """
    records = await _concluded(context, school_class, rows)
    problems: list[Problem] = []
    changes: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        line = records.lines.get((row.student, None, row.gradebook))
        if line is None:
            problems.append(Problem(NOT_FOUND, "rows.gradebook", place))
        elif str(row.gradebook) not in records.scheme.eligible(records.record(row.student, None)):
            problems.append(Problem(NO_REASSESSMENT, "rows.gradebook", place))
        elif row.score is None and row.code is None:
            problems.append(Problem(SCORE_OR_CODE, "rows", place))
        else:
            plan = records.subjects[row.gradebook]
            needed = records.scheme.assessments(plan, records.grade, plan.terms[-1])
            again = read_result(needed, row, place, problems)
            score = line["score"] if again.score is None else again.score
            code = line["code"] if again.code is None else again.code
            changes.append({"id": line["id"], "again_score": score, "again_code": code})
    refuse(problems, [(row.student, row.gradebook) for row in rows])
    await context.rows(SubjectResult).update_many(changes)
    return await _refreshed(context, records, rows)


@command("gradebook.summer.judge", returns="StudentResult", many=True)
async def judge_training(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[TrainedRow]
) -> list[UUID]:
    """Judge traits again after training in summer, all or none; the year's own judgement stays beside.

    Every bad row is named: a student without a concluded year, a proposal other than training, a trait or a
    level that the regulation does not have.
    """
    records = await _concluded(context, school_class, rows, "summer_training")
    problems: list[Problem] = []
    changes: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        stored = records.traits[row.student, None].get(row.trait)
        level = read_level(records, row, "again_level", place, problems)
        if level and stored is None:
            problems.append(Problem(JUDGE_TERMS_FIRST, "rows.trait", place))
        changes.append({"id": stored and stored["id"], **level})
    refuse(problems, [(row.student, row.trait) for row in rows])
    await context.rows(TraitMark).update_many(changes)
    return await _refreshed(context, records, rows)


async def _concluded(
    context: Context, school_class: UUID, rows: Sequence[Any], proposal: str | None = None
) -> ClassRecords:
    """The records of students whose year is concluded; refuses those without a proposal, or with another one."""
    records = await records_of(context, school_class, rows)
    problems = []
    for place, row in enumerate(rows):
        year = records.results.get((row.student, None))
        if year is None or year["promotion"] is None:
            problems.append(Problem(NOT_CONCLUDED, "rows.student", place))
        elif proposal not in (None, year["promotion"]):
            problems.append(Problem(NO_TRAINING, "rows.student", place))
    refuse(problems)
    return records


async def _refreshed(context: Context, records: ClassRecords, rows: Sequence[Any]) -> list[UUID]:
    await refresh_results(context, records.school_class, records.students)
    return [records.results[row.student, None]["id"] for row in rows]
