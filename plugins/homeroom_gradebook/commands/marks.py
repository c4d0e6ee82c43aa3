"""Entering marks: many students and assessments of one book in one command."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Event, Ref, Unset, command
from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.errors import Problem, Refusal
from homeroom.refusals import CONFLICT, LISTED_TWICE, MISSING_ENTRIES, NOT_FOUND, REQUIRED, TOO_MANY
from homeroom_gradebook.averages import average
from homeroom_gradebook.books import Column
from homeroom_gradebook.commands.rows import refuse
from homeroom_gradebook.conclusion import refresh_results
from homeroom_gradebook.entry import Sheet, load_sheet, write_sheet
from homeroom_gradebook.following import follow
from homeroom_gradebook.lines import lines_of
from homeroom_gradebook.refusals import (
    BUSY_BOOK,
    LEFT_CLASS,
    MARK_MOVED,
    OTHER_PERSON_NEEDED,
    ROUND_CLOSED,
    TAKEN_OVER,
)
from homeroom_gradebook.scales import Value
from homeroom_gradebook.tables import SubjectResult

_MOST_ROWS = 2000
_ATTEMPTS = 5


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
    context: Context, *, gradebook: Annotated[UUID, Ref("Gradebook")], rows: list[MarkRow], keep_good: bool = False
) -> list[UUID]:
    """Enter marks of a class in one subject, all or none unless `keepGood`; averages follow at once.

    Every bad row is named: a mark that the scale does not have (INVALID), a student who never was in the class or
    a column of another book (NOT_FOUND), a student who left before the term began (NOT_IN_CLASS), no open round
    (ROUND_CLOSED), a cell that somebody else wrote since the writer saw it (CONFLICT), a term whose result was taken
    over from another school (TAKEN_OVER), a change in a round that the caller opened for corrections
    (OTHER_PERSON_NEEDED). A mark of a student who has moved to another class of the year follows to
    the book there.

    Args:
        gradebook: The book.
        rows: The marks.
        keep_good: Whether good rows are entered though others are bad. The answer then has the marks of the good rows,
            and an error for each bad one.
    """
    if not rows:
        raise Refusal(MISSING_ENTRIES, "rows")
    if len(rows) > _MOST_ROWS:
        raise Refusal(TOO_MANY, "rows", most=_MOST_ROWS)
    return await _enter(context, gradebook, rows, keep_good=keep_good)


@command("gradebook.mark.correct", returns="Mark")
async def correct_mark(
    context: Context, *, mark: Annotated[UUID, Ref("Mark")], value: str | Unset | None = UNSET
) -> UUID:
    """Correct a mark, whichever rounds are open; averages and results follow at once.

    Args:
        value: A number such as 7.5, or a code of the scale; null takes the mark back.
    """
    await context.permit("Mark", [mark], field="mark")
    if value is UNSET:
        raise Refusal(REQUIRED, "value")
    row = await context.fetchrow(
        "SELECT gradebook_id, student_id, assessment_id, version FROM mark WHERE id = $1", mark
    )
    assert row is not None
    wanted = MarkRow(row["student_id"], row["assessment_id"], value, row["version"])
    try:
        await _enter(context, row["gradebook_id"], [wanted], corrects=True)
    except Refusal as refusal:
        # What is wrong with a row is wrong with the one mark.
        problems = [each.at("value" if each.field == "rows.value" else "mark") for each in refusal.problems]
        raise Refusal.of(problems) from None
    return mark


async def _enter(
    context: Context, gradebook: UUID, rows: Sequence[MarkRow], *, keep_good: bool = False, corrects: bool = False
) -> list[UUID]:
    """Write marks of a book; gives those of the good rows.

    Args:
        keep_good: Whether good rows are written though others are bad.
        corrects: Whether no round need be open.
    """
    students = list(dict.fromkeys(row.student for row in rows))
    places = {student: place for place, student in enumerate(students)}
    assessments = list({row.assessment for row in rows})
    for _ in range(_ATTEMPTS):
        sheet = await load_sheet(context, gradebook, students, assessments)
        cells, old, problems = _apply(sheet, rows, places, corrects=corrects)
        if problems and not keep_good:
            raise Refusal.of(problems)
        if not old:
            break
        average(sheet, old)
        if await write_sheet(context, sheet):
            break
    else:
        raise Refusal(BUSY_BOOK, "gradebook")
    context.left_out(problems)
    if old:
        _note(context, sheet, old)
        if sheet.concluded:
            await refresh_results(context, sheet.school_class, students)
        if sheet.left:
            # What the old class's teacher enters late counts in the book of the class that the student is in now.
            await follow(context, [students[place] for place in sheet.left], strict=True)
        values = {"gradebook": gradebook, "students": students, "lines": _touched(sheet, old)}
        await context.emit(Event("gradebook.marks.entered", values))
    return [mark for cell in cells if (mark := sheet.marks[cell]) is not None]


def _apply(
    sheet: Sheet, rows: Sequence[MarkRow], places: Mapping[UUID, int], *, corrects: bool
) -> tuple[list[int], dict[int, Value | None], list[Problem]]:
    """Check every row and put what changes into the sheet.

    Returns:
        The cell of each good row, the old marks of the cells that change, and what is wrong with the other rows.
    """
    problems: list[Problem] = []
    cells: list[int] = []
    old: dict[int, Value | None] = {}
    book, present, values, versions = sheet.book, sheet.present, sheet.values, sheet.versions
    width, columns, column_places = len(book.columns), book.columns, book.places
    covered = [True] * width if corrects else _covered(columns, sheet.rounds)
    corrected = covered if corrects or sheet.corrected == sheet.rounds else _covered(columns, sheet.corrected)
    seen: set[int] = set()
    taken_over = sheet.taken_over
    for index, row in enumerate(rows):
        column = column_places.get(row.assessment)
        student = places[row.student]
        if column is None:
            problems.append(Problem(NOT_FOUND, "rows.assessment", index))
            continue
        if student not in present and (problem := _absent(sheet, student, columns[column], index)) is not None:
            problems.append(problem)
            continue
        cell = student * width + column
        if cell in seen:
            problems.append(Problem(LISTED_TWICE, "rows", index))
            continue
        seen.add(cell)
        if not covered[column]:
            problems.append(Problem(ROUND_CLOSED, "rows", index))
            continue
        if taken_over and (student, columns[column].number) in taken_over:
            problems.append(Problem(TAKEN_OVER, "rows", index))
            continue
        try:
            value = None if row.value is None else columns[column].scale.read(row.value)
        except Refusal as refused:
            problems.append(refused.problems[0].at("rows.value", index))
            continue
        if student not in present and versions[cell] is None and row.expected_version is not None:
            problems.append(Problem(MARK_MOVED, "rows", index))
            continue
        if row.expected_version != versions[cell]:
            problems.append(Problem(CONFLICT, "rows.expected_version", index))
            continue
        cells.append(cell)
        if versions[cell] is None:
            sheet.new_cells.append(cell)
        elif values[cell] == value:
            continue
        elif not corrected[column]:
            cells.pop()
            problems.append(Problem(OTHER_PERSON_NEEDED, "rows", index))
            continue
        else:
            sheet.changed_cells.append(cell)
        old[cell] = values[cell]
        values[cell] = value
    for cell, mark in zip(sheet.new_cells, new_ids(len(sheet.new_cells)), strict=True):
        sheet.marks[cell] = mark
    return cells, old, problems


def _covered(columns: Sequence[Column], rounds: Collection[tuple[UUID, str | None]]) -> list[bool]:
    """By column, whether rounds cover it."""
    return [(each.term, None) in rounds or (each.term, each.kind) in rounds for each in columns]


def _absent(sheet: Sheet, student: int, column: Column, row: int) -> Problem | None:
    """Why a student who is not in the class today cannot have a mark there; none if the term had begun before."""
    last = sheet.left.get(student)
    if last is None:
        return Problem(NOT_FOUND, "rows.student", row)
    if sheet.term_starts[column.term] <= last:
        return None
    return Problem(LEFT_CLASS, "rows.student", row, day=last)


def _touched(sheet: Sheet, changed: Iterable[int]) -> list[UUID]:
    """The lines in which a mark or a result is another than before."""
    numbers, width, lines = [column.number for column in sheet.book.columns], len(sheet.book.columns), sheet.lines
    places = dict.fromkeys((cell // width, numbers[cell % width]) for cell in changed)
    places.update(dict.fromkeys(sheet.new_lines))
    touched = [line for place in places if (line := lines.get(place)) is not None]
    return [line.id for line in {id(line): line for line in (*touched, *sheet.changed_lines)}.values()]


def _note(context: Context, sheet: Sheet, old: Mapping[int, Value | None]) -> None:
    """Record each changed mark for the audit. Averages follow from the marks, and have no record."""
    columns, width = sheet.book.columns, len(sheet.book.columns)
    new = {
        cell: {"student_id": sheet.students[cell // width], "assessment_id": columns[cell % width].id}
        for cell in sheet.new_cells
    }
    before = [None if cell in new else _named(was) for cell, was in old.items()]
    after = [_named(sheet.values[cell]) | new[cell] if cell in new else _named(sheet.values[cell]) for cell in old]
    ids = [mark for cell in old if (mark := sheet.marks[cell]) is not None]
    context.trail.changed_many("mark", ids, before, after)


def _named(value: Value | None) -> dict[str, Any]:
    return {"code": value} if isinstance(value, str) else {"number": value}


@command("gradebook.student.exempt", returns="SubjectResult", many=True)
async def exempt_students(
    context: Context,
    *,
    gradebook: Annotated[UUID, Ref("Gradebook")],
    students: list[Annotated[UUID, Ref("Student")]],
    exempt: bool = True,
) -> list[UUID]:
    """Excuse students from a subject for the year, or end it; the subject then counts in none of their results.

    Marks that are there stay.
    """
    if not students or len(set(students)) < len(students):
        raise Refusal(LISTED_TWICE, "students")
    sheet = await load_sheet(context, gradebook, students, [])
    problems = [Problem(NOT_FOUND, "students", place) for place in range(len(students)) if place not in sheet.present]
    refuse(problems)
    # A book whose marks are being entered at this moment is loaded again.
    await context.execute("UPDATE gradebook SET version = version + 1 WHERE id = $1", gradebook)
    lines = sorted(line["id"] for line in (await lines_of(context, gradebook, students)).values())
    await context.rows(SubjectResult).update_many([{"id": line, "exempt": exempt} for line in lines])
    if sheet.concluded:
        await refresh_results(context, sheet.school_class, students)
    return lines
