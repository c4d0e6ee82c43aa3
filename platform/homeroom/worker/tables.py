"""The record of each job."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import JSONB, UUID, Integer, Text, Timestamptz

from homeroom.database.tables import SchoolTable

__all__ = ["JobRecord", "JobState"]


class JobState(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class JobRecord(SchoolTable, tablename="job"):
    """Something that runs in the background, with the permission of the person who asked for it."""

    name = Text(help_text="What runs, such as `gradebook.results.recompute`.")
    state = Text(choices=JobState, help_text="How far it has come.")
    account_id = UUID(null=True, default=None)
    login = Text(help_text="Who asked for it.")
    arguments = JSONB(default="{}")
    attempts = Integer(default=0, help_text="How often it was begun.")
    error = Text(null=True, default=None, help_text="Why the last attempt did not succeed.")
    enqueued_at = Timestamptz(help_text="When it was asked for.")
    started_at = Timestamptz(null=True, default=None, help_text="When the last attempt began.")
    finished_at = Timestamptz(null=True, default=None, help_text="When it ended, for good or ill.")
