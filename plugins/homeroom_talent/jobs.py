"""Achievements that other plugins find in their records: they are nominated by the installation."""

from __future__ import annotations

from typing import Final

from homeroom.findings import findings_job
from homeroom.jobs import Job
from homeroom_talent.nouns import ITEM, NOMINATION

__all__ = ["JOBS"]

find_talents: Final = findings_job(
    "talent.item.find",
    ITEM,
    cron="30 4 1 * *",
    description="Nominate what other plugins find in their records: the first of a year, an award.",
    then=NOMINATION.open,
)

JOBS: Final[tuple[Job, ...]] = (find_talents,)
