"""Deliveries that are long over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from homeroom.context import Context
from homeroom.jobs import Job, job

__all__ = ["JOBS", "trim_deliveries"]

#: How long one is kept that was taken, or given up.
_KEPT: Final = timedelta(days=30)


@job("webhooks.deliveries.trim", cron="23 3 * * *")
async def trim_deliveries(context: Context) -> int:
    """Remove deliveries that ended more than 30 days ago."""
    tag = await context.execute(
        "DELETE FROM webhook_delivery WHERE state <> 'waiting' AND occurred_at < $1", context.now - _KEPT
    )
    return int(tag.rpartition(" ")[2])


JOBS: Final[tuple[Job, ...]] = (trim_deliveries,)
