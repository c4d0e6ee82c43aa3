"""Notices about rows to their recipients, each in their own language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.notices.sending import notify

if TYPE_CHECKING:
    from datetime import date

    from homeroom.context import Context
    from homeroom.notices.kinds import NoticeKind, Value
    from homeroom.recipients import Recipients

__all__ = ["notify_about"]


async def notify_about(
    context: Context,
    kind: NoticeKind,
    recipients: Recipients,
    rows: Collection[UUID],
    *,
    values: Mapping[str, Value] | Callable[[UUID], Mapping[str, Value]] | None = None,
    key: Callable[[UUID], str] | None = None,
    due: date | None = None,
) -> list[UUID]:
    """Send the recipients of rows a notice about each row; see :func:`~homeroom.notices.sending.notify`.

    The notice links to the row, for readers who may see it.

    Args:
        context: The context of the command, job or event that sends.
        kind: The kind of the notice.
        recipients: The recipients of each row.
        rows: Ids of rows of their table.
        values: All that the kind declares, the same for all rows or made for each.
        key: Makes a key for each row; by default its id, so that each person gets one notice about a row.
        due: The day by which it is to be done.

    Returns:
        The notices' ids.

    Raises:
        ConfigurationError: The space has no such kind.
        ValueError: The values are not those of the kind.
    """
    made: list[UUID] = []
    shown = context.variant.by_table.get(recipients.table)
    for row, each in (await recipients.addressed(context, rows)).items():
        if each.persons or each.roles:
            made += await notify(
                context,
                kind,
                persons=each.persons,
                roles=each.roles,
                values=values(row) if callable(values) else values,
                about=None if shown is None else f"{shown.name}_{row}",
                key=str(row) if key is None else key(row),
                due=due,
            )
    return made
