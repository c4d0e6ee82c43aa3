"""Results over all subjects: what the scheme is asked, and what is stored.

A result exists from the moment that a period is concluded; every command that changes what it depends on computes it
again. Such a command locks the students' results first and reads afterwards, so that two of them at once both end with
what both wrote.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from homeroom.errors import Refusal
from homeroom_gradebook import schemes
from homeroom_gradebook.installed import scheme_named
from homeroom_gradebook.refusals import NO_BOOKS
from homeroom_gradebook.tables import Span, StudentResult, TraitMark, TraitSource

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.scales import Label
    from homeroom_gradebook.schemes import GradingScheme, PeriodRecord

_BOOKS: Final = """
SELECT g.id, g.scheme, g.grade, g.measure, g.subject_key, g.periods_per_year,
       (SELECT array_agg(DISTINCT a.term_number::int) FROM assessment a WHERE a.gradebook_id = g.id) AS taught
FROM gradebook g JOIN subject s ON s.id = g.subject_id WHERE g.school_class_id = $1 ORDER BY s.position, s.code
"""
_LINES: Final = """
SELECT r.id, r.gradebook_id, r.student_id, r.term_id, r.score, r.code, r.exempt, r.again_score, r.again_code
FROM subject_result r JOIN gradebook g ON g.id = r.gradebook_id
WHERE g.school_class_id = $1 AND r.student_id = ANY($2::uuid[])
"""
_TRAITS: Final = """
SELECT id, student_id, term_id, trait, level, source, again_level, version FROM trait_mark
WHERE school_class_id = $1 AND student_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""
_RESULTS: Final = """
SELECT id, student_id, term_id, absences, commended, promotion, version FROM student_result
WHERE school_class_id = $1 AND student_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
"""
_TOUCH: Final = """
UPDATE gradebook g SET version = g.version + 1, concluded = true
FROM (SELECT id FROM gradebook WHERE school_class_id = $1 ORDER BY id FOR UPDATE) locked WHERE g.id = locked.id
"""
_TERMS: Final = """
SELECT t.id, t.number::int AS number FROM term t JOIN school_class sc ON sc.school_year_id = t.school_year_id
WHERE sc.id = $1 ORDER BY t.number
"""


@dataclass(slots=True)
class ClassRecords:
    """Everything that results of a class depend on, for some of its students. The year's term is none.

    Args:
        school_class: The class.
        students: Those students.
        scheme: What governs it, with the school's choices.
        grade: Its grade level.
        terms: Number of each term by id.
        subjects: The subjects by book.
        lines: The rows of ``subject_result`` by (student, term, book).
        traits: The rows of ``trait_mark`` by (student, term), then trait.
        results: The rows of ``student_result`` by (student, term).
    """

    school_class: UUID
    students: Sequence[UUID]
    scheme: GradingScheme
    grade: int
    terms: Mapping[UUID, int]
    subjects: Mapping[UUID, schemes.SubjectPlan]
    lines: Mapping[tuple[UUID, UUID | None, UUID], Any]
    traits: dict[tuple[UUID, UUID | None], dict[str, Any]]
    results: Mapping[tuple[UUID, UUID | None], Any]

    def record(self, student: UUID, term: UUID | None) -> PeriodRecord:
        """What is known of a student in a term, or in the year."""
        number = None if term is None else self.terms[term]
        standings = []
        for book, plan in self.subjects.items():
            line = self.lines.get((student, term, book))
            if (line is None or not line["exempt"]) and plan.terms and (number is None or number in plan.terms):
                standings.append(schemes.SubjectStanding(plan, line and _result(line["score"], line["code"])))
        traits = {
            trait: row["level"]
            for trait, row in self.traits[student, term].items()
            if row["source"] != TraitSource.SUGGESTED
        }
        year = self.results.get((student, None)) or {"absences": None, "commended": False}
        return schemes.PeriodRecord(
            "year" if term is None else "term",
            self.grade,
            tuple(standings),
            traits,
            year["absences"],
            year["commended"],
        )

    def trait(self, code: str) -> schemes.Trait | None:
        """A trait that is judged in this class; none if the regulation has no such trait."""
        return next((each for each in self.scheme.traits(self.grade) if each.code == code), None)

    def trait_year(self, student: UUID, trait: str) -> schemes.TraitYear | None:
        """The year's level of a trait as the terms suggest it."""
        judged = {number: self.traits[student, term].get(trait) for term, number in self.terms.items()}
        return self.scheme.trait_year(trait, {number: row["level"] for number, row in judged.items() if row})

    def reassessed(self, student: UUID, record: PeriodRecord) -> PeriodRecord | None:
        """The year after the summer; none where nothing was assessed or judged again, or where it no longer fits."""
        again = {
            str(book): result
            for book in self.subjects
            if (line := self.lines.get((student, None, book)))
            and (result := _result(line["again_score"], line["again_code"]))
        }
        trained = {trait: row["again_level"] for trait, row in self.traits[student, None].items() if row["again_level"]}
        if not (again or trained):
            return None
        # Where a mark of the year was corrected afterwards, a subject may need no second assessment any more.
        return self.scheme.reassess(replace(record, traits={**record.traits, **trained}), again)


def of_period(school_class: UUID, student: UUID, term: UUID | None) -> dict[str, Any]:
    """The columns that name the student and the period of a judgement or a result of a class."""
    span = Span.YEAR if term is None else Span.TERM
    return {"school_class_id": school_class, "student_id": student, "term_id": term, "span": span.value}


async def load_records(context: Context, school_class: UUID, students: Sequence[UUID]) -> ClassRecords:
    """Load what the results of a class's students depend on; locks their results and judgements first.

    Raises Refusal if the class has no books.
    """
    results = await context.fetch(_RESULTS, school_class, students)
    marks = await context.fetch(_TRAITS, school_class, students)
    books = await context.fetch(_BOOKS, school_class)
    if not books:
        raise Refusal(NO_BOOKS, "school_class")
    choices = await context.fetch("SELECT name, value FROM scheme_choice WHERE scheme = $1", books[0]["scheme"])
    scheme = scheme_named(context, books[0]["scheme"])
    traits: dict[tuple[UUID, UUID | None], dict[str, Any]] = defaultdict(dict)
    for row in marks:
        traits[row["student_id"], row["term_id"]][row["trait"]] = row
    return ClassRecords(
        school_class,
        students,
        scheme.configured({each["name"]: each["value"] for each in choices}),
        books[0]["grade"],
        {each["id"]: each["number"] for each in await context.fetch(_TERMS, school_class)},
        {
            each["id"]: schemes.SubjectPlan(
                str(each["id"]),
                each["measure"],
                each["periods_per_year"],
                key=each["subject_key"],
                terms=tuple(each["taught"] or ()),
            )
            for each in books
        },
        {
            (row["student_id"], row["term_id"], row["gradebook_id"]): row
            for row in await context.fetch(_LINES, school_class, students)
        },
        traits,
        {(row["student_id"], row["term_id"]): row for row in results},
    )


async def rest_results_on_books(context: Context, school_class: UUID) -> None:
    """Note in the books of a class that there are results over all subjects, before the first are made.

    Raises the version of each book too, so that a mark that is being entered at this moment is loaded again and
    sees it. Books are always locked before results.
    """
    await context.execute(_TOUCH, school_class)


async def refresh_results(context: Context, school_class: UUID, students: Sequence[UUID]) -> None:
    """Recompute the concluded results of students, after something that they depend on changed."""
    records = await load_records(context, school_class, students)
    concluded: dict[UUID | None, list[UUID]] = defaultdict(list)
    for student, term in records.results:
        concluded[term].append(student)
    for term in sorted(concluded, key=lambda term: term is None):
        await conclude(context, records, concluded[term], term)


async def conclude(context: Context, records: ClassRecords, students: Sequence[UUID], term: UUID | None) -> list[UUID]:
    """Store what a term, or the year, of some students came to.

    Returns:
        The results, in the order of the students.

    Raises:
        Refusal: the rules need something of the class that entering marks cannot supply.
    """
    if term is None:
        await _settle_traits(context, records, students)
    return await context.rows(StudentResult).save(
        [
            {
                "id": stored["id"] if (stored := records.results.get((student, term))) else None,
                **of_period(records.school_class, student, term),
                **_judged(records, student, term),
            }
            for student in students
        ]
    )


def _judged(records: ClassRecords, student: UUID, term: UUID | None) -> dict[str, Any]:
    """The columns of a result as the scheme answers them; those of the summer are empty where it was not needed."""
    scheme, record = records.scheme, records.record(student, term)
    overall = scheme.overall(record)
    title = scheme.title(record, overall) if overall else None
    promotion = scheme.promotion(record, overall) if overall else None
    again = records.reassessed(student, record) if overall and record.period == "year" else None
    final = scheme.overall(again) if again else None
    return {
        "average": overall.average if overall else None,
        "unadjusted_level": overall.unadjusted.code if overall else None,
        **_labelled("level", overall.level if overall else None),
        **_labelled("title", title),
        **_proposed("promotion", promotion),
        **_labelled("final_level", final.level if final else None),
        **_proposed("final_promotion", scheme.promotion(again, final, after_summer=True) if again and final else None),
        "scheme_version": scheme.stamp,
    }


def _labelled(column: str, value: Label | None) -> dict[str, Any]:
    return {column: value and value.code, f"{column}_label": value and value.label}


def _proposed(column: str, value: schemes.Promotion | None) -> dict[str, Any]:
    return {
        column: value and value.code.value,
        f"{column}_label": value and value.label,
        f"{column}_reason": value and value.reason,
    }


def _result(score: Any, code: str | None) -> schemes.SubjectResult | None:
    return None if score is None and code is None else schemes.SubjectResult(score, code)


async def _settle_traits(context: Context, records: ClassRecords, students: Sequence[UUID]) -> None:
    """Store the year's level of each trait where no person has judged it."""
    rows: list[dict[str, Any]] = []
    for student in students:
        of_year = records.traits[student, None]
        for trait in records.scheme.traits(records.grade):
            stored = of_year.get(trait.code)
            year = records.trait_year(student, trait.code)
            if year is None or (stored is not None and stored["source"] == TraitSource.JUDGED):
                continue
            row = {
                "id": stored and stored["id"],
                **of_period(records.school_class, student, None),
                "trait": trait.code,
                "level": year.code,
                "level_label": trait.scale.named(year.code).label,
                "source": (TraitSource.RULE if year.decided else TraitSource.SUGGESTED).value,
            }
            rows.append(row)
            of_year[trait.code] = {**row, "again_level": stored and stored["again_level"]}
    await context.rows(TraitMark).save(rows)
