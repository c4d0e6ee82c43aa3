"""Two records of one person become one: who has asked, decided or named a deputy is the person who is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["merge_persons"]

#: Columns with arrays of persons, by table. Deciders of a step follow as rows that belong to a person.
_ARRAYS: Final = (
    ("approval_request", "asked_persons"),
    ("approval_step", "decided_persons"),
    ("approval_delegation", "persons"),
    ("approval_delegation", "arranged_persons"),
)


async def merge_persons(context: Context, keep: UUID, duplicate: UUID) -> None:
    """Put the person who is kept in the place of the other one, so that nobody becomes a second person.

    Args:
        context: The command's.
        keep: The record that is there.
        duplicate: The record that is gone.
    """
    for table, column in _ARRAYS:
        await context.execute(
            f"UPDATE {table} SET {column} = array_replace({column}, $1, $2) WHERE {column} @> ARRAY[$1]::uuid[]",
            duplicate,
            keep,
        )
    await context.execute("UPDATE approval_delegation SET deputy_id = $2 WHERE deputy_id = $1", duplicate, keep)
