"""Results over all subjects: what the scheme is asked, and what is stored.

A result exists from the moment that a period is concluded; every command that changes what it rests on makes it
anew. Whoever does so locks the students' results first and reads afterwards, so that two of them at once
both end with what both wrote.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from homeroom.database.ids import new_ids
from homeroom.errors import Problem, Refusal
from homeroom_gradebook import schemes
from homeroom_gradebook.books import scheme_named
from homeroom_gradebook.refusals import NO_BOOKS, UNJUDGEABLE
from homeroom_gradebook.scheme_choice import NotEligible, UnjudgeableRecord
from homeroom_gradebook.tables import Span, StudentResult, TraitMark, TraitSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.schemes import GradingScheme, PeriodRecord

__all__ = ["ClassRecords", "conclude", "load_records", "refresh_results", "rest_results_on_books"]

_BOOKS = """
SELECT g.id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       (SELECT array_agg(DISTINCT a.term_number::int) FROM assessment a WHERE a.gradebook_id = g.id) AS taught
FROM gradebook g JOIN subject s ON s.id = g.subject_id WHERE g.school_class_id = $1 ORDER BY s.position, s.code
"""
_LINES = """
SELECT r.gradebook_id, r.student_id, r.term_id, r.score, r.code, r.exempt, r.again_score, r.again_code
FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id
WHERE g.school_class_id = $1 AND r.student_id = ANY($2::uuid[])
"""
_TRAITS = """
SELECT id, student_id, term_id, trait, level, source, again_level FROM trait_mark
WHERE school_class_id = $1 AND student_id = ANY($2::uuid[])
"""
_RESULTS = """
SELECT id, student_id, term_id, absences, commended FROM student_result
WHERE school_class_id = $1 AND student_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""
_TOUCH = """
UPDATE gradebook g SET version = g.version + 1, concluded = true
FROM (SELECT id FROM gradebook WHERE school_class_id = $1 ORDER BY id FOR UPDATE) locked WHERE g.id = locked.id
"""
_TERMS = """
SELECT t.id, t.number::int AS number FROM term t JOIN school_class sc ON sc.school_year_id = t.school_year_id
WHERE sc.id = $1 ORDER BY t.number
"""


@dataclass(slots=True)
class ClassRecords:
    """Everything that results of a class rest on, for some of its students.

    Args:
        school_class: The class.
        scheme: What governs it, with the school's choices.
        grade: Its grade level.
        terms: Number of each term by id.
        subjects: The subjects by book.
        lines: Result and exemption by (student, term, book); the year's term is none.
        traits: (level, source, row) by (student, term), then trait.
        facts: Absences and commendation of the year, by student.
        again: Results of subjects that were assessed again after the year, by student, then book.
        trained: Levels of traits that were judged again after the year, by student, then trait.
    """

    school_class: UUID
    scheme: GradingScheme
    grade: int
    terms: dict[UUID, int]
    subjects: dict[UUID, schemes.SubjectPlan]
    lines: dict[tuple[UUID, UUID | None, UUID], tuple[schemes.SubjectResult | None, bool]]
    traits: dict[tuple[UUID, UUID | None], dict[str, tuple[str, str, UUID]]]
    facts: dict[UUID, tuple[int | None, bool]] = field(default_factory=dict)
    again: dict[UUID, dict[str, schemes.SubjectResult]] = field(default_factory=dict)
    trained: dict[UUID, dict[str, str]] = field(default_factory=dict)

    def record(self, student: UUID, term: UUID | None) -> PeriodRecord:
        """What is known of a student in a term, or in the year."""
        number = None if term is None else self.terms[term]
        standings = []
        for book, plan in self.subjects.items():
            result, exempt = self.lines.get((student, term, book), (None, False))
            if not exempt and plan.terms and (number is None or number in plan.terms):
                standings.append(schemes.SubjectStanding(plan, result))
        traits = {
            trait: level
            for trait, (level, source, _) in self.traits[student, term].items()
            if source != TraitSource.SUGGESTED
        }
        absences, commended = self.facts.get(student, (None, False))
        return schemes.PeriodRecord(
            "year" if term is None else "term", self.grade, tuple(standings), traits, absences, commended
        )


async def load_records(context: Context, school_class: UUID, students: Sequence[UUID]) -> ClassRecords:
    """Load what the results of a class's students rest on; locks their stored results first.

    Raises Refusal if the class has no books.
    """
    results = await context.fetch(_RESULTS, school_class, students)
    books = await context.fetch(_BOOKS, school_class)
    if not books:
        raise Refusal(NO_BOOKS, "school_class")
    choices = await context.fetch("SELECT name, value FROM scheme_choice WHERE scheme = $1", books[0]["scheme"])
    scheme = scheme_named(context, books[0]["scheme"])
    records = ClassRecords(
        school_class=school_class,
        scheme=scheme.configured({each["name"]: each["value"] for each in choices}),
        grade=books[0]["grade"],
        terms={each["id"]: each["number"] for each in await context.fetch(_TERMS, school_class)},
        subjects={
            each["id"]: schemes.SubjectPlan(
                str(each["id"]),
                each["measure"],
                each["periods_per_year"],
                key=each["subject_key"],
                terms=tuple(each["taught"] or ()),
            )
            for each in books
        },
        lines={},
        traits=defaultdict(dict),
    )
    for row in await context.fetch(_LINES, school_class, students):
        known = row["score"] is not None or row["code"] is not None
        result = schemes.SubjectResult(row["score"], row["code"]) if known else None
        records.lines[row["student_id"], row["term_id"], row["gradebook_id"]] = (result, row["exempt"])
        if row["again_score"] is not None or row["again_code"] is not None:
            of_student = records.again.setdefault(row["student_id"], {})
            of_student[str(row["gradebook_id"])] = schemes.SubjectResult(row["again_score"], row["again_code"])
    for row in await context.fetch(_TRAITS, school_class, students):
        of_period = records.traits[row["student_id"], row["term_id"]]
        of_period[row["trait"]] = (row["level"], row["source"], row["id"])
        if row["again_level"] is not None:
            records.trained.setdefault(row["student_id"], {})[row["trait"]] = row["again_level"]
    for row in results:
        if row["term_id"] is None:
            records.facts[row["student_id"]] = (row["absences"], row["commended"])
    return records


async def rest_results_on_books(context: Context, school_class: UUID) -> None:
    """Note in the books of a class that there are results over all subjects, before the first are made.

    Raises the version of each book too, so that a mark that is being entered at this moment is loaded again and
    sees it. Books are always locked before results.
    """
    await context.execute(_TOUCH, school_class)


async def refresh_results(context: Context, school_class: UUID, students: Sequence[UUID]) -> None:
    """Make the concluded results of students anew, after something that they rest on changed."""
    records = await load_records(context, school_class, students)
    concluded = await context.fetch(
        "SELECT DISTINCT term_id FROM student_result WHERE school_class_id = $1 AND student_id = ANY($2::uuid[])",
        school_class,
        students,
    )
    terms = sorted((each["term_id"] for each in concluded), key=lambda term: (term is None, str(term)))
    for term in terms:
        rows = await context.fetch(
            "SELECT student_id FROM student_result WHERE school_class_id = $1 AND student_id = ANY($2::uuid[])"
            " AND term_id IS NOT DISTINCT FROM $3",
            school_class,
            students,
            term,
        )
        await conclude(context, records, [each["student_id"] for each in rows], term)


async def conclude(context: Context, records: ClassRecords, students: Iterable[UUID], term: UUID | None) -> list[UUID]:
    """Store what a term, or the year, of some students came to.

    Returns:
        The results, in the order of the students.

    Raises:
        Refusal: the rules need something of the class that entering marks cannot supply.
    """
    wanted = list(students)
    if term is None:
        await _settle_traits(context, records, wanted)
    stored = {
        each["student_id"]: each["id"]
        for each in await context.fetch(
            "SELECT id, student_id FROM student_result WHERE school_class_id = $1"
            " AND student_id = ANY($2::uuid[]) AND term_id IS NOT DISTINCT FROM $3",
            records.school_class,
            wanted,
            term,
        )
    }
    new = [student for student in wanted if student not in stored]
    span = Span.YEAR if term is None else Span.TERM
    made = await context.rows(StudentResult).insert(
        [
            {
                "school_class_id": records.school_class,
                "student_id": student,
                "term_id": term,
                "span": span.value,
                **_judged(records, student, term),
            }
            for student in new
        ]
    )
    stored.update(zip(new, made, strict=True))
    old = [student for student in wanted if student not in set(new)]
    await context.rows(StudentResult).update_many(
        [{"id": stored[student], **_judged(records, student, term)} for student in old]
    )
    return [stored[student] for student in wanted]


def _judged(records: ClassRecords, student: UUID, term: UUID | None) -> dict[str, Any]:
    """The columns of a result as the scheme answers them."""
    scheme = records.scheme
    record = records.record(student, term)
    try:
        overall = scheme.overall(record) if record.period in scheme.overall_periods else None
    except UnjudgeableRecord as error:
        raise Refusal.of([Problem(UNJUDGEABLE, "school_class", detail=str(error))]) from None
    title = None if overall is None else scheme.title(record, overall)
    promotion = None if overall is None else scheme.promotion(record, overall)
    return {
        "average": None if overall is None else overall.average,
        "level": None if overall is None else overall.level.code,
        "level_label": None if overall is None else overall.level.label,
        "unadjusted_level": None if overall is None else overall.unadjusted.code,
        "title": None if title is None else title.code,
        "title_label": None if title is None else title.label,
        "promotion": None if promotion is None else promotion.code.value,
        "promotion_label": None if promotion is None else promotion.label,
        "promotion_reason": None if promotion is None else promotion.reason,
        **_after_summer(records, student, record, overall),
        "scheme_version": scheme.stamp,
    }


def _after_summer(
    records: ClassRecords, student: UUID, record: PeriodRecord, overall: schemes.OverallResult | None
) -> dict[str, Any]:
    """The columns of the summer; empty where nothing was assessed or judged again, or where it no longer fits."""
    again, trained = records.again.get(student), records.trained.get(student)
    promotion = None
    if record.period == "term" or overall is None or not (again or trained):
        overall = None
    else:
        after = replace(record, traits={**record.traits, **(trained or {})})
        try:
            made = records.scheme.reassess(after, again or {})
            overall, promotion = made.overall, made.promotion
        except NotEligible:
            # A mark of the year was corrected afterwards, and the subject needs no second assessment any more.
            overall = None
    return {
        "final_level": None if overall is None else overall.level.code,
        "final_level_label": None if overall is None else overall.level.label,
        "final_promotion": None if promotion is None else promotion.code.value,
        "final_promotion_label": None if promotion is None else promotion.label,
        "final_promotion_reason": None if promotion is None else promotion.reason,
    }


async def _settle_traits(context: Context, records: ClassRecords, students: Sequence[UUID]) -> None:
    """Put down the year's level of each trait where no person has judged it."""
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for student in students:
        of_year = records.traits[student, None]
        for trait in records.scheme.traits(records.grade):
            stood = of_year.get(trait.code)
            if stood is not None and stood[1] == TraitSource.JUDGED:
                continue
            terms = {
                number: level[0]
                for term, number in records.terms.items()
                if (level := records.traits[student, term].get(trait.code)) is not None
            }
            year = records.scheme.trait_year(trait.code, terms)
            if year is None:
                continue
            source = TraitSource.RULE if year.decided else TraitSource.SUGGESTED
            values = {
                "level": year.code,
                "level_label": trait.scale.named(year.code).label,
                "source": source.value,
            }
            row = stood[2] if stood is not None else new_ids(1)[0]
            of_year[trait.code] = (year.code, source.value, row)
            if stood is not None:
                changed.append({"id": row, **values})
                continue
            new.append(
                {
                    "id": row,
                    "school_class_id": records.school_class,
                    "student_id": student,
                    "term_id": None,
                    "span": Span.YEAR.value,
                    "trait": trait.code,
                    **values,
                }
            )
    await context.rows(TraitMark).insert(new)
    await context.rows(TraitMark).update_many(changed)
