"""The hooks that approvals offer to plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookspec
from homeroom.parts import part

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from homeroom.context import Context
    from homeroom_approvals.flows import Flow


@hookspec
@part("approvals.FLOWS")
def approval_flows() -> Sequence[Flow]:  # type: ignore[empty-body]
    """The flows of requests that people decide. Sync, collect, per space.

    A flow that is listed among the ``NOUNS`` of a plugin needs no entry here.
    """


@hookspec
@part("working_days.COUNT")
def school_day_count() -> Callable[[Context, date, int], Awaitable[date]] | None:
    """What gives the last of some school days after a day: ``async def count(context, start, days)``.

    Sync, first, per space. Without one, Monday to Friday count.
    """
