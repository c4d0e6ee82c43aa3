"""The averages of a sheet: what the marks of a student come to in each term and in the year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.database.ids import new_id
from homeroom_gradebook.entry import YEAR, Line, Sheet, hundredths, load_sheet, write_sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_gradebook.schemes import SubjectResult


def average(sheet: Sheet, changed: Iterable[int]) -> None:
    """Put the lines of the students whose marks change into the sheet: the terms', then the year's.

    A term whose result was taken over from another school keeps that result.

    Args:
        sheet: With the marks as they are to be.
        changed: The cells whose marks change.
    """
    book, values = sheet.book, sheet.values
    scheme, plan, grade, width = book.scheme, book.plan, book.grade, len(book.columns)
    numbers = [column.number for column in book.columns]
    touched: dict[int, set[int]] = {}
    for cell in changed:
        touched.setdefault(cell // width, set()).add(numbers[cell % width])
    for student, terms in touched.items():
        first = student * width
        results: dict[int, SubjectResult | None] = {}
        for number, kinds in book.kinds.items():
            if number in terms and (student, number) not in sheet.taken_over:
                marks = {
                    kind: [value for place in places if (value := values[first + place]) is not None]
                    for kind, places in kinds
                }
                results[number] = result = scheme.subject_term_result(plan, grade, number, marks)
                _put(sheet, student, number, result)
            else:
                line = sheet.lines.get((student, number))
                results[number] = None if line is None else line.result
        _put(sheet, student, YEAR, scheme.subject_year_result(plan, results))


def _put(sheet: Sheet, student: int, number: int, result: SubjectResult | None) -> None:
    score, code = (None, None) if result is None else (hundredths(result.score), result.code)
    line = sheet.lines.get((student, number))
    if line is None:
        sheet.lines[student, number] = Line(new_id(), score, code)
        sheet.new_lines.append((student, number))
    elif line.score != score or line.code != code:
        line.score = score
        line.code = code
        sheet.changed_lines.append(line)


async def average_again(context: Context, book: UUID, students: Collection[UUID]) -> None:
    """Recompute the averages of students in a book, and raise the book's version.

    The caller has locked the book, so that nobody else changes it. A mark that is being entered at this moment is
    loaded again.
    """
    sheet = await load_sheet(context, book, list(students), None, permitted=True)
    average(sheet, range(len(sheet.values)))
    await write_sheet(context, sheet)
