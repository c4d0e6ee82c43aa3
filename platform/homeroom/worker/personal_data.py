"""How jobs stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted, nobody
from homeroom.worker.tables import JobEffect, JobRecord, JobSchedule

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(JobRecord, "@account:account_id", erasure=deleted(), category=DataCategory.ACCOUNT),
    *nobody("names of jobs, and keys made of ids", JobEffect, JobSchedule),
)
