"""Hooks that the registry offers to other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec
from homeroom.parts import part

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_school.transfers.parcel import Parcel
    from homeroom_school.year_bounds import InSchoolYear

__all__ = ["enrolment_removing", "in_school_years", "student_leaving", "student_merging"]


@hookspec
async def student_leaving(context: Context, student: UUID, parcel: Parcel) -> None:
    """A student is proposed to another school: put into the parcel what shall go along. Async, each, per space.

    Runs in the command's transaction. What is put in is sealed: the other school keeps it as it is and reads it under
    the kind that this plugin gives it; see :meth:`homeroom_school.transfers.parcel.Parcel.record`.

    Args:
        context: The context of the command in the school that the student leaves.
        student: The student.
        parcel: Takes records and files.
    """


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
    :class:`~homeroom.errors.Refusal` with the code IN_USE that says what rests on the student's being in the class.

    Args:
        context: The context of the command.
        student: The student.
        school_class: The class.
    """


@hookspec
@part("school_year.IN_SCHOOL_YEAR")
def in_school_years() -> Sequence[InSchoolYear]:  # type: ignore[empty-body]
    """Tables whose rows lie in a school year by their days. Sync, each, once.

    Days of a year that would leave such rows out are refused, and the refusal counts them.
    """
