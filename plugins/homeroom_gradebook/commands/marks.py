"""Entering marks: many students and assessments of one book in one command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import Event, Ref, command
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.errors import Conflict, Invalid, NotFound, Problem, Refusal
from homeroom_gradebook.conclusion import refresh_results
from homeroom_gradebook.entry import Cell, Sheet, hundredths, line_of, load_sheet, number_of, write_sheet
from homeroom_gradebook.scales import BadMark, Value

__all__ = ["MarkRow", "enter_marks", "exempt_students"]

_MOST_ROWS = 2000
_ATTEMPTS = 5
_LINES = """
INSERT INTO subject_result (id, gradebook_id, student_id, term_id, span)
SELECT n.id, $1, n.student_id, n.term_id, CASE WHEN n.term_id IS NULL THEN 'year' ELSE 'term' END
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS n (id, student_id, term_id)
ON CONFLICT (tenant_id, gradebook_id, term_id, student_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One mark to write.

    Args:
        student: Whose.
        assessment: Which column.
        value: A number such as 7.5, or a code of the scale; none takes the mark back.
        expected_version: The version of the mark that the writer saw; none if the cell was empty.
    """

    student: Annotated[UUID, Ref("Student")]
    assessment: Annotated[UUID, Ref("Assessment")]
    value: str | None = None
    expected_version: int | None = None


@command("gradebook.mark.enter", returns="Mark", many=True)
async def enter_marks(
    context: Context, *, gradebook: Annotated[UUID, Ref("Gradebook")], rows: list[MarkRow]
) -> list[UUID]:
    """Enter marks of a class in one subject, all or none; averages follow at once.

    Every bad row is named: a mark that the scale does not have (INVALID), a student who is not in the class or
    a column of another book (NOT_FOUND), no open round (ROUND_CLOSED), a cell that somebody else wrote since
    the writer saw it (CONFLICT).
    """
    if not rows:
        raise Invalid("no marks", field="rows")
    if len(rows) > _MOST_ROWS:
        raise Invalid(f"at most {_MOST_ROWS} marks at once", field="rows")
    students = list({row.student for row in rows})
    assessments = list({row.assessment for row in rows})
    for _ in range(_ATTEMPTS):
        sheet = await load_sheet(context, gradebook, students, assessments)
        old = _apply(sheet, rows)
        _average(sheet)
        if not sheet.changed_cells or await write_sheet(context, sheet):
            break
    else:
        raise Conflict("too many people write into this book at once; try again", field="gradebook")
    _note(context, sheet, old)
    if sheet.changed_cells:
        if sheet.concluded:
            await refresh_results(context, sheet.school_class, students)
        await context.emit(Event("gradebook.marks.entered", {"gradebook": gradebook, "students": students}))
    return [sheet.cells[row.student, row.assessment].id for row in rows]


def _apply(sheet: Sheet, rows: Sequence[MarkRow]) -> list[Cell | None]:
    """Check every row and put the changed ones into the sheet; gives their old cells."""
    problems: list[Problem] = []
    seen: set[tuple[UUID, UUID]] = set()
    old: list[Cell | None] = []
    fresh = new_ids(len(rows))
    columns, cells, students, rounds = sheet.book.assessments, sheet.cells, sheet.students, sheet.open
    for place, row in enumerate(rows):
        key = (row.student, row.assessment)
        column = columns.get(row.assessment)
        if column is None:
            problems.append(Problem(NotFound.code, "no such Assessment", "rows.assessment", place))
            continue
        if row.student not in students:
            problems.append(Problem(NotFound.code, "no such Student", "rows.student", place))
            continue
        if key in seen:
            problems.append(Problem(Invalid.code, "this cell stands here twice", "rows", place))
            continue
        seen.add(key)
        if (column.term, None) not in rounds and (column.term, column.kind) not in rounds:
            problems.append(Problem("ROUND_CLOSED", "no entry round is open for this", "rows", place))
            continue
        value: Value | None = None
        if row.value is not None:
            try:
                value = column.scale.read(row.value)
            except BadMark as refused:
                problems.append(Problem(Invalid.code, str(refused), "rows.value", place))
                continue
        cell = cells.get(key)
        if row.expected_version != (None if cell is None else cell.version):
            problems.append(
                Problem(Conflict.code, "somebody changed this in the meantime", "rows.expectedVersion", place)
            )
            continue
        number = None if value is None or isinstance(value, str) else hundredths(value)
        code = value if isinstance(value, str) else None
        if cell is None:
            changed = Cell(fresh[place], number, code, 1)
        elif cell.number == number and cell.code == code:
            continue
        else:
            changed = Cell(cell.id, number, code, cell.version + 1)
        old.append(cell)
        cells[key] = changed
        sheet.changed_cells.append((row.student, row.assessment, changed))
    if problems:
        raise Refusal.of(problems)
    return old


def _average(sheet: Sheet) -> None:
    """Put the lines of the students whose marks change into the sheet, of the term and of the year."""
    book, cells, lines = sheet.book, sheet.cells, sheet.lines
    touched = {(student, book.assessments[assessment].term) for student, assessment, _ in sheet.changed_cells}
    by_term: dict[UUID, list[tuple[UUID, str]]] = {}
    for assessment, column in book.assessments.items():
        by_term.setdefault(column.term, []).append((assessment, column.kind))
    fresh = new_ids(sum((key not in lines) + ((key[0], None) not in lines) for key in touched))
    for student, term in touched:
        marks: dict[str, list[Value]] = {}
        for assessment, kind in by_term[term]:
            cell = cells.get((student, assessment))
            if cell is None:
                continue
            if cell.number is not None:
                marks.setdefault(kind, []).append(number_of(cell.number))
            elif cell.code is not None:
                marks.setdefault(kind, []).append(cell.code)
        result = book.scheme.subject_term_result(book.plan, book.grade, book.terms[term], marks)
        line = line_of(sheet, student, term, fresh)
        line.score = None if result is None else hundredths(result.score)
        line.code = None if result is None else result.code
        sheet.changed_lines.append((student, term, line))
    for student in {student for student, _ in touched}:
        terms = {
            number: None if (stored := lines.get((student, term))) is None else stored.result
            for term, number in book.terms.items()
        }
        year = book.scheme.subject_year_result(book.plan, terms)
        line = line_of(sheet, student, None, fresh)
        line.score = None if year is None else hundredths(year.score)
        line.code = None if year is None else year.code
        sheet.changed_lines.append((student, None, line))


def _note(context: Context, sheet: Sheet, old: Sequence[Cell | None]) -> None:
    """Tell the audit each changed mark. Averages follow from the marks by the stored rules, and are not told."""
    ids, before, after = [], [], []
    for (student, assessment, cell), was in zip(sheet.changed_cells, old, strict=True):
        ids.append(cell.id)
        before.append(None if was is None else _value(was))
        after.append(
            {"student_id": student, "assessment_id": assessment, **_value(cell)} if was is None else _value(cell)
        )
    context.trail.changed_many("mark", ids, before, after)


def _value(cell: Cell) -> dict[str, Any]:
    if cell.number is not None:
        return {"number": number_of(cell.number)}
    return {"code": cell.code}


@command("gradebook.student.exempt", returns="SubjectResult", many=True)
async def exempt_students(
    context: Context,
    *,
    gradebook: Annotated[UUID, Ref("Gradebook")],
    students: list[Annotated[UUID, Ref("Student")]],
    exempt: bool = True,
) -> list[UUID]:
    """Excuse students from a subject for the year, or end it; the subject then counts in none of their results.

    Marks that are there stay. Raises NotFound for a student who is not in the class.
    """
    if not students:
        raise Invalid("no students", field="students")
    sheet = await load_sheet(context, gradebook, students, [])
    problems = [
        Problem(NotFound.code, "no such Student", "students", place)
        for place, student in enumerate(students)
        if student not in sheet.students
    ]
    if problems:
        raise Refusal.of(problems)
    terms = [*sheet.book.terms, None]
    missing = [(student, term) for student in students for term in terms if (student, term) not in sheet.lines]
    await context.execute(
        _LINES, gradebook, new_ids(len(missing)), [each for each, _ in missing], [term for _, term in missing]
    )
    changed = await context.fetch(
        "WITH guard AS (UPDATE gradebook SET version = version + 1 WHERE id = $1 RETURNING id)"
        " UPDATE subject_result s SET exempt = $3 FROM guard WHERE s.gradebook_id = guard.id"
        " AND s.student_id = ANY($2::uuid[]) AND s.exempt <> $3 RETURNING s.id",
        gradebook,
        students,
        exempt,
    )
    ids = [each["id"] for each in changed]
    context.trail.changed_many(
        "subject_result", ids, [{"exempt": not exempt}] * len(ids), [{"exempt": exempt}] * len(ids)
    )
    if sheet.concluded:
        await refresh_results(context, sheet.school_class, students)
    lines = await context.fetch(
        "SELECT id FROM subject_result WHERE gradebook_id = $1 AND student_id = ANY($2::uuid[]) ORDER BY id",
        gradebook,
        students,
    )
    return [each["id"] for each in lines]
