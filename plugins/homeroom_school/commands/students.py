"""Many students at once: from a form or from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homeroom.commands import command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.imports import imports
from homeroom.refusals import DUPLICATE, IN_THE_FUTURE, LISTED_TWICE
from homeroom_school.commands.checks import code_text, plain_text
from homeroom_school.commands.people import NameInput, change_student, name_of
from homeroom_school.settings import NameSettings, name_columns, name_settings
from homeroom_school.tables import Sex, Student

__all__ = ["StudentRow", "create_students", "import_students"]


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A new student.

    Args:
        code: The school's own number of the student; unique.
        birth_date: The day of birth.
        birth_place: As the papers of the student name it.
        email: To write to the student.
        phone: To call the student.
    """

    name: NameInput
    code: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    birth_place: str | None = None
    email: str | None = None
    phone: str | None = None


@command("school.student.create_many", returns="Student", many=True)
async def create_students(context: Context, *, rows: list[StudentRow]) -> list[UUID]:
    """Enter students, all or none. Their classes come by enrolment, numbers of offices by recording identifiers."""
    settings = await name_settings(context)
    problems: list[Problem] = []
    made = [_columns(context, settings, row, number, problems) for number, row in enumerate(rows)]
    codes: dict[str, int] = {}
    for number, columns in enumerate(made):
        code = columns.get("code")
        if code and codes.setdefault(code, number) != number:
            problems.append(Problem(LISTED_TWICE, "rows.code", number))
    taken = await context.fetch("SELECT code FROM student WHERE code = ANY($1::text[])", list(codes))
    problems += [Problem(DUPLICATE, "rows.code", codes[row["code"]]) for row in taken]
    if problems:
        raise Refusal.of(sorted(problems, key=lambda each: each.row or 0))
    return await context.rows(Student).insert(made)


def _columns(
    context: Context, settings: NameSettings, row: StudentRow, number: int, problems: list[Problem]
) -> dict[str, Any]:
    """The columns of one student; what is wrong with them becomes problems."""
    columns: dict[str, Any] = {}

    def note(refusal: Refusal) -> None:
        problems.extend(each.at(f"rows.{each.field}", number) for each in refusal.problems)

    try:
        columns |= name_columns(name_of(row.name, settings.script), settings.order)
    except Refusal as refusal:
        note(refusal)
    texts = (("code", row.code, 60), ("birth_place", row.birth_place, 200), ("email", row.email, 254),
             ("phone", row.phone, 40))  # fmt: skip
    for column, text, longest in texts:
        try:
            read = code_text if column == "code" else plain_text
            columns[column] = (read(text, longest, column) or None) if text else None
        except Refusal as refusal:
            note(refusal)
    if row.birth_date is not None and row.birth_date > context.today:
        problems.append(Problem(IN_THE_FUTURE, "rows.birth_date", number))
    return {**columns, "birth_date": row.birth_date, "sex": row.sex.value if row.sex else None}


import_students = imports(create_students, change=change_student, key="code")
