"""Jobs that are long over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from homeroom.context import Context
from homeroom.jobs import Job, job

__all__ = ["JOBS", "trim_history"]

#: How long the record of a job is kept that nobody has to decide about. The audit keeps what it did.
_KEPT: Final = timedelta(days=90)


_OLD: Final = "state IN ('succeeded', 'discarded') AND finished_at < $1"


async def _some_are_old(context: Context) -> bool:
    return bool(await context.fetchval(f"SELECT EXISTS (SELECT FROM job WHERE {_OLD})", context.now - _KEPT))


@job("jobs.history.trim", cron="17 3 * * *", when=_some_are_old)
async def trim_history(context: Context) -> int:
    """Remove the records of jobs that succeeded or were discarded more than 90 days ago; those that failed stay."""
    tag = await context.execute(f"DELETE FROM job WHERE {_OLD}", context.now - _KEPT)
    return int(tag.rpartition(" ")[2])


JOBS: Final[tuple[Job, ...]] = (trim_history,)
