"""Hooks that the registry offers to other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec

if TYPE_CHECKING:
    from collections import Counter
    from datetime import date
    from uuid import UUID

    from homeroom.context import Context


@hookspec
async def student_merging(context: Context, keep: UUID, duplicate: UUID) -> None:
    """Two records of one student are about to become one: join what both have. Async, each, per space.

    Runs in the command's transaction, before every row that refers to the duplicate is made to refer to the kept one.
    A :class:`~homeroom.errors.Refusal` refuses the command.

    Args:
        context: The context of the command.
        keep: The record that stays.
        duplicate: The record that is removed.
    """


@hookspec
async def enrolment_removing(context: Context, student: UUID, school_class: UUID) -> None:
    """An enrolment that was entered by mistake is about to be removed. Async, each, per space.

    Runs in the command's transaction, where no other enrolment of the student in the class is there. Raise a
    :class:`~homeroom.errors.Refusal` with the code IN_USE that says what depends on the student's being in the class.

    Args:
        context: The context of the command.
        student: The student.
        school_class: The class.
    """


@hookspec
async def school_year_changed(context: Context, school_year: UUID) -> None:
    """The days of a school year or its terms have changed. Async, each, per space.

    Runs in the command's transaction; the row of the year is locked.

    Args:
        context: The context of the command.
        school_year: The school year.
    """


@hookspec
async def staff_leaving(context: Context, staff: UUID, last_day: date, unstaffed: Counter[str]) -> None:
    """A member of staff leaves the school. Async, each, per space.

    Runs in the command's transaction, after the registry has ended what it has. End what ends with it, and count what
    needs somebody else from the next day on.

    Args:
        context: The context of the command.
        staff: Who leaves.
        last_day: The last day at the school.
        unstaffed: Resource to how many of its rows need somebody else, such as ``Lesson``.
    """
