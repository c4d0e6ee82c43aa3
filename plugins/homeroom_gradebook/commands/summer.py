"""After a year that did not suffice: subjects assessed again, conduct judged again after training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.commands.rows import read_code, read_result, refuse
from homeroom_gradebook.conclusion import ClassRecords, load_records, refresh_results, rest_results_on_books
from homeroom_gradebook.refusals import NO_REASSESSMENT, NO_TRAINING, NOT_CONCLUDED, SCORE_OR_CODE
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
    students = [row.student for row in rows]
    records = await _concluded(context, school_class, students)
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
    return await _refreshed(context, records, students)


@command("gradebook.summer.judge", returns="StudentResult", many=True)
async def judge_training(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[TrainedRow]
) -> list[UUID]:
    """Judge traits again after training in summer, all or none; the year's own judgement stays beside.

    Every bad row is named: a student without a concluded year, a proposal other than training, a trait or a
    level that the regulation does not have.
    """
    students = [row.student for row in rows]
    records = await _concluded(context, school_class, students, proposal="summer_training")
    problems: list[Problem] = []
    changes: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        trait, stored = records.trait(row.trait), records.traits[row.student, None].get(row.trait)
        if trait is None or stored is None:
            problems.append(Problem(NOT_FOUND, "rows.trait", place))
        elif (code := read_code(trait.scale, row.level, "level", place, problems)) is not None:
            label = trait.scale.named(code).label
            changes.append({"id": stored["id"], "again_level": code, "again_level_label": label})
    refuse(problems, [(row.student, row.trait) for row in rows])
    await context.rows(TraitMark).update_many(changes)
    return await _refreshed(context, records, students)


async def _concluded(
    context: Context, school_class: UUID, students: Sequence[UUID], *, proposal: str | None = None
) -> ClassRecords:
    """The records of students whose year is concluded; refuses those without a proposal, or with another one."""
    if not students:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await rest_results_on_books(context, school_class)
    records = await load_records(context, school_class, list(dict.fromkeys(students)))
    problems = []
    for place, student in enumerate(students):
        year = records.results.get((student, None))
        if year is None:
            problems.append(Problem(NOT_FOUND, "rows.student", place))
        elif year["promotion"] is None:
            problems.append(Problem(NOT_CONCLUDED, "rows.student", place))
        elif proposal not in (None, year["promotion"]):
            problems.append(Problem(NO_TRAINING, "rows.student", place))
    refuse(problems)
    return records


async def _refreshed(context: Context, records: ClassRecords, students: Sequence[UUID]) -> list[UUID]:
    await refresh_results(context, records.school_class, list(dict.fromkeys(students)))
    return [records.results[student, None]["id"] for student in students]
