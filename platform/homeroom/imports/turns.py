"""Turns of imports: of one school one at a time, and of one process in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["in_turns", "take_turn"]

Item = TypeVar("Item")
#: Items after which others of this process have their turn.
_TURN: Final = 500


async def in_turns(items: Iterable[Item]) -> AsyncIterator[tuple[int, Item]]:
    """Give many items with their positions, and from time to time others of this process their turn.

    Args:
        items: The items.
    """
    for position, each in enumerate(items):
        if position % _TURN == 0:
            await asyncio.sleep(0)
        yield position, each


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
