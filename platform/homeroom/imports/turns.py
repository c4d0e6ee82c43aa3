"""One import of a school at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["take_turn"]


async def take_turn(context: Context, command: str) -> None:
    """Wait until no other import of this kind runs in the school, and take the time that a whole school needs.

    Two imports at once would each find nothing and create everything.

    Args:
        context: The command's.
        command: The dotted name of the import.
    """
    # A whole school in a few statements: on a busy machine one may outlast what a page's statement may take.
    await context.execute("SET LOCAL statement_timeout = '300s'")
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"{command} {context.space.id}")
