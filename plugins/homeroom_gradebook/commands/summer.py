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
from homeroom.refusals import LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.conclusion import ClassRecords, load_records, refresh_results, rest_results_on_books
from homeroom_gradebook.refusals import (
    BAD_MARK,
    NO_JUDGEMENTS,
    NO_NUMBERS,
    NO_REASSESSMENT,
    NO_TRAINING,
    NOT_CONCLUDED,
    SCORE_OR_CODE,
)
from homeroom_gradebook.scales import BadMark, CodeScale, NumberScale
from homeroom_gradebook.schemes import SubjectResult
from homeroom_gradebook.tables import SubjectResult as SubjectLine
from homeroom_gradebook.tables import TraitMark

__all__ = ["AgainRow", "TrainedRow", "judge_training", "reassess_subjects"]

_LINES = """
SELECT r.id, r.student_id, r.gradebook_id, r.score, r.code FROM subject_result r
JOIN gradebook g ON g.id = r.gradebook_id
WHERE g.school_class_id = $1 AND r.student_id = ANY($2::uuid[]) AND r.term_id IS NULL
"""
_RESULTS = """
SELECT id, student_id, promotion FROM student_result
WHERE school_class_id = $1 AND student_id = ANY($2::uuid[]) AND term_id IS NULL
"""


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
    results = await _results(context, school_class, [row.student for row in rows])
    records = await load_records(context, school_class, list(results))
    lines = {
        (each["student_id"], each["gradebook_id"]): each
        for each in await context.fetch(_LINES, school_class, list(results))
    }
    problems: list[Problem] = []
    changes: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        line = lines.get((row.student, row.gradebook))
        if line is None:
            problems.append(Problem(NOT_FOUND, "rows.gradebook", place))
        elif str(row.gradebook) not in records.scheme.eligible(records.record(row.student, None)):
            problems.append(Problem(NO_REASSESSMENT, "rows.gradebook", place))
        else:
            again = _read(records, row, place, problems)
            score = line["score"] if again.score is None else again.score
            code = line["code"] if again.code is None else again.code
            changes.append({"id": line["id"], "again_score": score, "again_code": code})
    if len({(row.student, row.gradebook) for row in rows}) < len(rows):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)
    await context.rows(SubjectLine).update_many(changes)
    await refresh_results(context, school_class, list(results))
    return [results[row.student] for row in rows]


@command("gradebook.summer.judge", returns="StudentResult", many=True)
async def judge_training(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[TrainedRow]
) -> list[UUID]:
    """Judge traits again after training in summer, all or none; the year's own judgement stays beside.

    Every bad row is named: a student without a concluded year, a proposal other than training, a trait or a
    level that the regulation does not have.
    """
    results = await _results(context, school_class, [row.student for row in rows], proposal="summer_training")
    records = await load_records(context, school_class, list(results))
    problems: list[Problem] = []
    changes: list[dict[str, Any]] = []
    for place, row in enumerate(rows):
        trait = next((each for each in records.scheme.traits(records.grade) if each.code == row.trait), None)
        stood = records.traits[row.student, None].get(row.trait)
        if trait is None or stood is None:
            problems.append(Problem(NOT_FOUND, "rows.trait", place))
            continue
        try:
            code = trait.scale.read(row.level)
        except BadMark as refused:
            problems.append(Problem(BAD_MARK, "rows.level", place, detail=str(refused)))
            continue
        label = trait.scale.named(code).label
        changes.append({"id": stood[2], "again_level": code, "again_level_label": label})
    if len({(row.student, row.trait) for row in rows}) < len(rows):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)
    await context.rows(TraitMark).update_many(changes)
    await refresh_results(context, school_class, list(results))
    return [results[row.student] for row in rows]


async def _results(
    context: Context, school_class: UUID, students: Sequence[UUID], *, proposal: str | None = None
) -> dict[UUID, UUID]:
    """The concluded years of students, by student; refuses those that have none, or another proposal."""
    if not students:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await rest_results_on_books(context, school_class)
    found = {each["student_id"]: each for each in await context.fetch(_RESULTS, school_class, students)}
    problems = []
    for place, student in enumerate(students):
        if student not in found:
            problems.append(Problem(NOT_FOUND, "rows.student", place))
        elif found[student]["promotion"] is None:
            problems.append(Problem(NOT_CONCLUDED, "rows.student", place))
        elif proposal is not None and found[student]["promotion"] != proposal:
            problems.append(Problem(NO_TRAINING, "rows.student", place))
    if problems:
        raise Refusal.of(problems)
    return {student: found[student]["id"] for student in dict.fromkeys(students)}


def _read(records: ClassRecords, row: AgainRow, place: int, problems: list[Problem]) -> SubjectResult:
    """What a row says, on the scales of the subject's last term."""
    plan = records.subjects[row.gradebook]
    scales = [each.scale for each in records.scheme.assessments(plan, records.grade, plan.terms[-1])]
    number = next((scale for scale in scales if isinstance(scale, NumberScale)), None)
    codes = next((scale for scale in scales if isinstance(scale, CodeScale)), None)
    again = SubjectResult()
    if row.score is None and row.code is None:
        problems.append(Problem(SCORE_OR_CODE, "rows", place))
    if row.score is not None:
        if number is None:
            problems.append(Problem(NO_NUMBERS, "rows.score", place))
        else:
            try:
                again = again._replace(score=number.read(row.score))
            except BadMark as refused:
                problems.append(Problem(BAD_MARK, "rows.score", place, detail=str(refused)))
    if row.code is not None:
        if codes is None:
            problems.append(Problem(NO_JUDGEMENTS, "rows.code", place))
        else:
            try:
                again = again._replace(code=codes.read(row.code))
            except BadMark as refused:
                problems.append(Problem(BAD_MARK, "rows.code", place, detail=str(refused)))
    return again
