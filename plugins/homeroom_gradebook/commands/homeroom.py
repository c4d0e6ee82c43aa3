"""What homeroom teachers enter: conduct and other traits, absences and commendations of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from homeroom.commands import Ref, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.refusals import CONFLICT, LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND
from homeroom_gradebook.commands.conclusion import students_of_class
from homeroom_gradebook.conclusion import ClassRecords, load_records, refresh_results, rest_results_on_books
from homeroom_gradebook.refusals import ABSENCES_RANGE, BAD_MARK, JUDGE_TERMS_FIRST, NO_SUCH_TRAIT, SETTLED_BY_TERMS
from homeroom_gradebook.scales import BadMark
from homeroom_gradebook.tables import Span, StudentResult, TraitMark, TraitSource

__all__ = ["TraitRow", "YearRow", "enter_traits", "record_year"]


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
    records = await _records(context, school_class, [row.student for row in rows], term)
    known = await context.fetch(
        "SELECT id, student_id, trait, level, source, version FROM trait_mark WHERE school_class_id = $1"
        " AND student_id = ANY($2::uuid[]) AND term_id IS NOT DISTINCT FROM $3 FOR UPDATE",
        school_class,
        [row.student for row in rows],
        term,
    )
    versions = {(each["student_id"], each["trait"]): each["version"] for each in known}
    ids = {(each["student_id"], each["trait"]): each["id"] for each in known}
    problems: list[Problem] = []
    levels = [_level(records, row, term, place, problems) for place, row in enumerate(rows)]
    for place, row in enumerate(rows):
        if row.expected_version != versions.get((row.student, row.trait)):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
    if len({(row.student, row.trait) for row in rows}) < len(rows):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)
    span = Span.YEAR if term is None else Span.TERM
    new, changed = [], []
    for row, (code, label) in zip(rows, levels, strict=True):
        values = {"level": code, "level_label": label, "source": TraitSource.JUDGED.value}
        row_id = ids.get((row.student, row.trait))
        if row_id is not None:
            changed.append({"id": row_id, **values})
            continue
        of = {"school_class_id": school_class, "student_id": row.student, "term_id": term, "span": span.value}
        new.append({**of, "trait": row.trait, **values})
    for made, given in zip(await context.rows(TraitMark).insert(new), new, strict=True):
        ids[given["student_id"], given["trait"]] = made
    await context.rows(TraitMark).update_many(changed)
    await refresh_results(context, school_class, [row.student for row in rows])
    return [ids[row.student, row.trait] for row in rows]


@command("gradebook.year.record", returns="StudentResult", many=True)
async def record_year(
    context: Context, *, school_class: Annotated[UUID, Ref("SchoolClass")], rows: list[YearRow]
) -> list[UUID]:
    """Record absences and commendations of a class's students for the year, all or none.

    Raises for every bad row: Refusal, Refusal for negative absences, Refusal.
    """
    students = [row.student for row in rows]
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    await rest_results_on_books(context, school_class)
    await _records(context, school_class, students, None)
    known = {
        each["student_id"]: each
        for each in await context.fetch(
            "SELECT id, student_id, version FROM student_result WHERE school_class_id = $1"
            " AND student_id = ANY($2::uuid[]) AND term_id IS NULL",
            school_class,
            students,
        )
    }
    problems: list[Problem] = []
    for place, row in enumerate(rows):
        if row.absences is not None and not 0 <= row.absences <= 1000:
            problems.append(Problem(ABSENCES_RANGE, "rows.absences", place, least=0, most=1000))
        stood = known.get(row.student)
        if row.expected_version != (None if stood is None else stood["version"]):
            problems.append(Problem(CONFLICT, "rows.expected_version", place))
    if len(set(students)) < len(students):
        problems.append(Problem(LISTED_TWICE, "rows"))
    if problems:
        raise Refusal.of(problems)
    facts = [{"absences": row.absences, "commended": row.commended} for row in rows]
    ids = {student: each["id"] for student, each in known.items()}
    new = [
        {"school_class_id": school_class, "student_id": row.student, "term_id": None, "span": Span.YEAR.value, **fact}
        for row, fact in zip(rows, facts, strict=True)
        if row.student not in ids
    ]
    await context.rows(StudentResult).update_many(
        [{"id": ids[row.student], **fact} for row, fact in zip(rows, facts, strict=True) if row.student in ids]
    )
    for made, given in zip(await context.rows(StudentResult).insert(new), new, strict=True):
        ids[given["student_id"]] = made
    await refresh_results(context, school_class, students)
    return [ids[row.student] for row in rows]


async def _records(context: Context, school_class: UUID, students: Sequence[UUID], term: UUID | None) -> ClassRecords:
    """The records of students who are all in a class that the caller may use."""
    if not students:
        raise Refusal(MISSING_ENTRIES, "rows")
    await context.permit("SchoolClass", [school_class], field="schoolClass")
    in_class = set(await students_of_class(context, school_class))
    problems = [
        Problem(NOT_FOUND, "rows.student", place) for place, student in enumerate(students) if student not in in_class
    ]
    if problems:
        raise Refusal.of(problems)
    records = await load_records(context, school_class, students)
    if term is not None and term not in records.terms:
        raise Refusal(NOT_FOUND, "term")
    return records


def _level(
    records: ClassRecords, row: TraitRow, term: UUID | None, place: int, problems: list[Problem]
) -> tuple[str, str]:
    trait = next((each for each in records.scheme.traits(records.grade) if each.code == row.trait), None)
    if trait is None:
        problems.append(Problem(NO_SUCH_TRAIT, "rows.trait", place, scheme=records.scheme.version, trait=row.trait))
        return "", ""
    if term is None:
        of_terms = {
            number: level[0]
            for each, number in records.terms.items()
            if (level := records.traits[row.student, each].get(row.trait)) is not None
        }
        year = records.scheme.trait_year(row.trait, of_terms)
        if year is None or year.decided:
            why = JUDGE_TERMS_FIRST if year is None else SETTLED_BY_TERMS
            problems.append(Problem(why, "rows.trait", place))
            return "", ""
    try:
        code = trait.scale.read(row.level)
    except BadMark as refused:
        problems.append(Problem(BAD_MARK, "rows.level", place, detail=str(refused)))
        return "", ""
    return code, trait.scale.named(code).label
