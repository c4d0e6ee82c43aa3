"""What entering marks reads and writes: one statement to load a book, one to write the change.

Lists of students and columns are matched by their places, and numbers travel as hundredths: sending and matching
ids and decimals would cost more than everything else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, TypeVar

from homeroom.errors import Refusal
from homeroom.refusals import NOT_FOUND
from homeroom_gradebook.books import BOOK_COLUMNS, Book, book_of
from homeroom_gradebook.schemes import SubjectResult

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.scales import Value

T = TypeVar("T")

#: The year, where terms have numbers.
YEAR = 0

# $1 gradebook, $2 students, $3 assessments, $4 now, $5 today, $6 the caller. A round of another class does not count; a
# student is in the class on the day of the entry, or was on the last day of a year that is over.
_LOAD = f"""
WITH line AS MATERIALIZED (
    SELECT n.place, s.id, s.term_id, s.score, s.code, s.taken_from
    FROM unnest($2::uuid[]) WITH ORDINALITY AS n (student_id, place)
    JOIN subject_result s ON s.gradebook_id = $1 AND s.student_id = n.student_id)
SELECT {BOOK_COLUMNS}, g.version, g.school_class_id, g.concluded, o.round_terms, o.round_kinds, o.round_own,
       e.present, e.left_places, e.left_on,
       l.line_places, l.line_numbers, l.line_ids, l.line_scores, l.line_codes, l.taken_over,
       m.cells, m.numbers AS mark_numbers, m.codes AS mark_codes, m.asked, m.asked_marks, m.asked_versions
FROM gradebook g
LEFT JOIN LATERAL (
    SELECT array_agg(c.id) AS ids, array_agg(c.term_id) AS terms, array_agg(c.term_number::int) AS numbers,
           array_agg(c.kind::text) AS kinds, array_agg(c.ordinal::int) AS ordinals,
           array_agg(c.term_id) FILTER (WHERE $3::uuid[] IS NULL OR c.id = ANY($3)) AS wanted
    FROM (SELECT c.* FROM assessment c WHERE c.gradebook_id = $1 ORDER BY c.position, c.id) c) a ON true
LEFT JOIN LATERAL (
    SELECT array_agg(r.term_id) AS round_terms, array_agg(r.kind::text) AS round_kinds,
           array_agg(r.opened_by && $6::uuid[]) AS round_own
    FROM entry_round r
    WHERE r.term_id = ANY(a.wanted) AND r.status = 'open' AND r.opens_at <= $4
      AND (r.closes_at IS NULL OR r.closes_at > $4)
      AND (r.school_class_id IS NULL OR r.school_class_id = g.school_class_id)) o ON true
LEFT JOIN LATERAL (
    SELECT array_agg(e.place) FILTER (WHERE e.present) AS present,
           array_agg(e.place ORDER BY e.ends_on) FILTER (WHERE NOT e.present) AS left_places,
           array_agg(e.ends_on ORDER BY e.ends_on) FILTER (WHERE NOT e.present) AS left_on
    FROM (SELECT n.place, e.ends_on, e.ends_on IS NULL OR e.ends_on >= least($5, g.ends_on) AS present
          FROM class_enrolment e
          JOIN unnest($2::uuid[]) WITH ORDINALITY AS n (student_id, place) ON n.student_id = e.student_id
          WHERE e.school_class_id = g.school_class_id AND e.starts_on <= $5) e) e ON true
LEFT JOIN LATERAL (
    SELECT array_agg(line.place) AS line_places, array_agg(line.id) AS line_ids,
           array_agg(CASE WHEN line.term_id IS NULL THEN {YEAR}
                     ELSE coalesce(a.numbers[array_position(a.terms, line.term_id)], -1) END) AS line_numbers,
           array_agg((line.score * 100)::int) AS line_scores,
           CASE WHEN count(line.code) > 0 THEN array_agg(line.code::text) END AS line_codes,
           CASE WHEN count(line.taken_from) > 0 THEN array_agg(line.taken_from IS NOT NULL) END AS taken_over
    FROM line) l ON true
LEFT JOIN LATERAL (
    SELECT array_agg(c.cell) AS cells, array_agg(c.number) AS numbers,
           CASE WHEN count(c.code) > 0 THEN array_agg(c.code) END AS codes,
           array_agg(c.cell) FILTER (WHERE c.asked) AS asked,
           array_agg(c.id) FILTER (WHERE c.asked) AS asked_marks,
           array_agg(c.version) FILTER (WHERE c.asked) AS asked_versions
    FROM (SELECT m.id, m.version, m.code::text AS code, (m.number * 100)::int AS number,
                 coalesce(m.assessment_id = ANY($3), true) AS asked,
                 ((line.place - 1) * cardinality(a.ids) + array_position(a.ids, m.assessment_id) - 1)::int AS cell
          FROM line JOIN mark m ON m.subject_result_id = line.id
          WHERE line.term_id = ANY(a.wanted)) c) m ON true
WHERE g.id = $1 AND {{within}}
"""

# The guard lets everything through or nothing: a book that changed since it was loaded is loaded again.
_CHANGE = """
WITH guard AS (
    UPDATE gradebook SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING tenant_id, id),
line AS (
    UPDATE subject_result s SET score = n.score::numeric / 100, code = n.code, scheme_version = $3
    FROM guard, unnest($4::uuid[], $5::int[], $6::text[]) AS n (id, score, code) WHERE s.id = n.id),
cell AS (
    UPDATE mark m SET number = n.number::numeric / 100, code = n.code, version = m.version + 1
    FROM guard, unnest($7::uuid[], $8::int[], $9::text[]) AS n (id, number, code) WHERE m.id = n.id)
"""
_MAKE = """,
new_line AS (
    INSERT INTO subject_result (tenant_id, id, gradebook_id, student_id, term_id, span, score, code, scheme_version)
    SELECT guard.tenant_id, n.id, guard.id, n.student_id, n.term_id,
           CASE WHEN n.term_id IS NULL THEN 'year' ELSE 'term' END, n.score::numeric / 100, n.code, $3
    FROM guard, unnest($10::uuid[], $11::uuid[], $12::uuid[], $13::int[], $14::text[])
         AS n (id, student_id, term_id, score, code)),
new_cell AS (
    INSERT INTO mark (tenant_id, id, gradebook_id, assessment_id, student_id, subject_result_id, number, code)
    SELECT guard.tenant_id, n.id, guard.id, n.assessment_id, n.student_id, n.line_id, n.number::numeric / 100, n.code
    FROM guard, unnest($15::uuid[], $16::uuid[], $17::uuid[], $18::uuid[], $19::int[], $20::text[])
         AS n (id, assessment_id, student_id, line_id, number, code))
"""
_END = "SELECT id FROM guard"


@dataclass(slots=True)
class Line:
    """One student's line of a term or of the year. Scores are hundredths."""

    id: UUID
    score: int | None = None
    code: str | None = None

    @property
    def result(self) -> SubjectResult | None:
        """The result in the line; none while it is empty."""
        if self.score is None:
            return None if self.code is None else SubjectResult(None, self.code)
        return SubjectResult(number_of(self.score), self.code)


@dataclass(slots=True)
class Sheet:
    """A book with the lines and marks of the students of a command.

    The number of a cell is ``student's place x number of columns + column's place``.

    Args:
        book: The book.
        version: Its version when it was loaded.
        school_class: Its class.
        concluded: Whether results over all subjects depend on the book.
        students: The students, in the order given.
        rounds: (term, kind) of the open rounds; the kind is none for all.
        corrected: Those of them in which the caller may change marks: they did not open them for corrections.
        present: Places of the students who are in the class.
        left: By place of a student who was in the class and is not now: the last day there.
        taken_over: (place, number of the term) of lines whose result another school gave.
        term_starts: First day of each term that has columns, by the term; known only if somebody has left.
        lines: By (place of the student, number of the term).
        values: By cell, the mark; of the terms concerned.
        versions: By cell of the columns asked for; none where there is no mark.
        marks: By cell of the columns asked for, the mark's id.
        changed_cells: Cells that have a mark and get another value.
        new_cells: Cells that get their first mark.
        changed_lines: Lines that are there and get another result.
        new_lines: (place, number of the term) of lines that are made.
    """

    book: Book
    version: int
    school_class: UUID
    concluded: bool
    students: Sequence[UUID]
    rounds: frozenset[tuple[UUID, str | None]]
    corrected: frozenset[tuple[UUID, str | None]]
    present: frozenset[int]
    lines: dict[tuple[int, int], Line]
    values: list[Value | None]
    versions: list[int | None]
    marks: list[UUID | None]
    left: dict[int, date] = field(default_factory=dict)
    taken_over: frozenset[tuple[int, int]] = frozenset()
    term_starts: dict[UUID, date] = field(default_factory=dict)
    changed_cells: list[int] = field(default_factory=list)
    new_cells: list[int] = field(default_factory=list)
    changed_lines: list[Line] = field(default_factory=list)
    new_lines: list[tuple[int, int]] = field(default_factory=list)


async def load_sheet(
    context: Context,
    gradebook: UUID,
    students: Sequence[UUID],
    assessments: Sequence[UUID] | None,
    *,
    permitted: bool = False,
) -> Sheet:
    """Load a book within the caller's scopes for the present command, in one statement.

    Args:
        students: Of whom, each once.
        assessments: The columns asked for; marks are loaded of all columns of their terms. None: all columns.
        permitted: Whether the caller's scopes were checked already.

    Raises:
        Refusal: The book is not there or not the caller's.
    """
    within, values = ("TRUE", []) if permitted else context.within_scopes("Gradebook", "g", 7)
    caller = [each for each in (context.caller.account, *context.caller.persons) if each is not None]
    row = await context.fetchrow(
        _statement(within), gradebook, students, assessments, context.now, context.today, caller, *values
    )
    if row is None:
        raise Refusal(NOT_FOUND, "gradebook")
    book = book_of(context, row)
    width = len(book.columns)
    size = width * len(students)
    rounds = list(zip(row["round_terms"] or (), row["round_kinds"] or (), strict=True))
    sheet = Sheet(
        book=book,
        version=row["version"],
        school_class=row["school_class_id"],
        concluded=row["concluded"],
        students=students,
        rounds=frozenset(rounds),
        corrected=frozenset(each for each, own in zip(rounds, row["round_own"] or (), strict=True) if not own),
        present=frozenset(place - 1 for place in row["present"] or ()),
        lines={},
        values=[None] * size,
        versions=[None] * size,
        marks=[None] * size,
    )
    numbered = zip(row["line_places"] or (), row["line_numbers"] or (), strict=True)
    keys = [(place - 1, number) for place, number in numbered]
    scores, codes = row["line_scores"] or (), row["line_codes"] or repeat(None)
    sheet.lines = dict(zip(keys, map(Line, row["line_ids"] or (), scores, codes), strict=True))
    if row["taken_over"] is not None:
        sheet.taken_over = frozenset(compress(keys, row["taken_over"]))
    if row["left_places"] is not None:
        await _add_those_who_left(context, sheet, row)
    if row["cells"] is not None:
        _place_marks(sheet, row)
    return sheet


async def _add_those_who_left(context: Context, sheet: Sheet, row: Any) -> None:
    left = dict(zip((place - 1 for place in row["left_places"]), row["left_on"], strict=True))
    sheet.left = {place: last for place, last in left.items() if place not in sheet.present}
    if sheet.left:
        terms = await context.fetch("SELECT id, starts_on FROM term WHERE id = ANY($1::uuid[])", list(sheet.book.terms))
        sheet.term_starts = {term["id"]: term["starts_on"] for term in terms}


def _place_marks(sheet: Sheet, row: Any) -> None:
    values, codes = sheet.values, row["mark_codes"] or repeat(None)
    for cell, number, code in zip(row["cells"], row["mark_numbers"], codes, strict=False):
        values[cell] = code if number is None else number_of(number)
    asked = (row["asked"] or (), row["asked_marks"] or (), row["asked_versions"] or ())
    for cell, mark, version in zip(*asked, strict=True):
        sheet.marks[cell] = mark
        sheet.versions[cell] = version


async def write_sheet(context: Context, sheet: Sheet) -> bool:
    """Write the changed and new lines and cells of a sheet in one statement.

    Returns:
        Whether it was written; not if somebody changed the book since it was loaded.
    """
    values, marks, changed = sheet.values, sheet.marks, sheet.changed_cells
    arguments = [
        sheet.book.id,
        sheet.version,
        sheet.book.scheme.version,
        [line.id for line in sheet.changed_lines],
        _sparse([line.score for line in sheet.changed_lines]),
        _sparse([line.code for line in sheet.changed_lines]),
        [marks[cell] for cell in changed],
        _sparse([hundredths(values[cell]) for cell in changed]),
        _sparse([_code(values[cell]) for cell in changed]),
    ]
    statement = _CHANGE + _END
    if sheet.new_cells or sheet.new_lines:
        statement = _CHANGE + _MAKE + _END
        arguments += _new_rows(sheet)
    return await context.fetchval(statement, *arguments) is not None


def _new_rows(sheet: Sheet) -> list[list[object]]:
    book, students, lines, width = sheet.book, sheet.students, sheet.lines, len(sheet.book.columns)
    terms: dict[int, UUID | None] = {number: term for term, number in book.terms.items()}
    places = [divmod(cell, width) for cell in sheet.new_cells]
    made = [lines[key] for key in sheet.new_lines]
    return [
        [line.id for line in made],
        [students[place] for place, _ in sheet.new_lines],
        [terms.get(number) for _, number in sheet.new_lines],
        [line.score for line in made],
        [line.code for line in made],
        [sheet.marks[cell] for cell in sheet.new_cells],
        [book.columns[column].id for _, column in places],
        [students[place] for place, _ in places],
        [lines[place, book.columns[column].number].id for place, column in places],
        [hundredths(sheet.values[cell]) for cell in sheet.new_cells],
        [_code(sheet.values[cell]) for cell in sheet.new_cells],
    ]


@lru_cache(maxsize=20_000)
def hundredths(value: Value | None) -> int | None:
    """A number as hundredths, which is what the tables keep; none for a code."""
    return None if value is None or isinstance(value, str) else int(value * 100)


@lru_cache(maxsize=20_000)
def number_of(value: int) -> Decimal:
    """Hundredths as an exact number, with one decimal where one says it all."""
    number = Decimal(value).scaleb(-2)
    return number.quantize(Decimal("0.1")) if value % 10 == 0 else number


def _sparse(values: list[T]) -> list[T]:
    """An empty list in place of one that holds only None: unnest fills it up, and it costs nothing to send."""
    return values if any(value is not None for value in values) else []


def _code(value: Value | None) -> str | None:
    return value if isinstance(value, str) else None


@lru_cache(maxsize=256)
def _statement(within: str) -> str:
    return _LOAD.replace("{within}", within)
