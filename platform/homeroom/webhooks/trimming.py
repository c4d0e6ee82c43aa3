"""Deliveries that are long over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from homeroom.context import Context
from homeroom.jobs import Job, job

__all__ = ["JOBS", "trim_deliveries"]

#: How long one is kept that was taken, or given up.
_KEPT: Final = timedelta(days=30)


_OLD: Final = "state <> 'waiting' AND occurred_at < $1"


async def _some_are_old(context: Context) -> bool:
    found = await context.fetchval(f"SELECT EXISTS (SELECT FROM webhook_delivery WHERE {_OLD})", context.now - _KEPT)
    return bool(found)


@job("webhooks.deliveries.trim", cron="23 3 * * *", when=_some_are_old)
async def trim_deliveries(context: Context) -> int:
    """Remove deliveries that ended more than 30 days ago."""
    tag = await context.execute(f"DELETE FROM webhook_delivery WHERE {_OLD}", context.now - _KEPT)
    return int(tag.rpartition(" ")[2])


JOBS: Final[tuple[Job, ...]] = (trim_deliveries,)
