"""What can be read of jobs."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, resource
from homeroom.worker.tables import JobRecord

__all__ = ["JOB", "RESOURCES"]

JOB = resource(
    JobRecord,
    # One's own: asked for by oneself, in whichever role, with or without being a person of the space.
    scopes={"school": EVERYTHING, "own": "({row}.account_id = :account OR {row}.persons && :persons)"},
    name="Job",
    exclude=("account_id", "persons", "arguments", "run_id", "wake_at"),
    filters=("name", "state", "enqueued_at"),
    order=("enqueued_at",),
    default_order=("-enqueued_at",),
    enums={"state": "JobState"},
)

RESOURCES = (JOB,)
