"""Hooks that transfers offer to other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom_transfers.parcel import Parcel


@hookspec
async def student_leaving(context: Context, student: UUID, parcel: Parcel) -> None:
    """A student is proposed to another school: put into the parcel what shall go along. Async, each, per space.

    Runs in the command's transaction. What is put in is sealed: the other school keeps it as it is and reads it under
    the kind that this plugin gives it; see :meth:`homeroom_transfers.parcel.Parcel.record`.

    Args:
        context: The context of the command in the school that the student leaves.
        student: The student.
        parcel: Takes records and files.
    """
