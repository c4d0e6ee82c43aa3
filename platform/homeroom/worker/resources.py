"""What can be read of jobs."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, resource
from homeroom.worker.tables import JobRecord

__all__ = ["JOB"]

JOB = resource(
    JobRecord,
    scopes={"school": EVERYTHING},
    name="Job",
    exclude=("account_id", "arguments"),
    filters=("name", "state", "enqueued_at"),
    order=("enqueued_at",),
    default_order=("-enqueued_at",),
    enums={"state": "JobState"},
)
