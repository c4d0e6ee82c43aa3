"""Asking plugins before rows are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.errors import Refusal

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["ask_before_writing"]


async def ask_before_writing(
    context: Context, table: str, rows: Sequence[UUID], new: Sequence[Mapping[str, Any]], field: str
) -> None:
    """Let plugins refuse what is about to be written. :meth:`Context.rows` asks so of all that it writes.

    Args:
        context: The command's.
        table: The table.
        rows: Those that are there already and stay.
        new: What is about to be written, by column, or what rows have that are about to be removed.
        field: The input field that a refusal names unless it names one itself.

    Raises:
        Refusal: A plugin refuses it.
    """
    try:
        await context.call_hook("rows_writing", table=table, rows=rows, new=new)
    except Refusal as refused:
        named = [each if each.field else each.at(field or None, each.row) for each in refused.problems]
        raise Refusal.of(named) from None
