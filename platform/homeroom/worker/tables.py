"""The record of each job, of its effects, and of when it comes again."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Array, Integer, Text, Timestamptz

from homeroom.database.tables import SchoolTable, coded
from homeroom.worker.states import JobState

__all__ = ["JobEffect", "JobRecord", "JobSchedule", "JobState"]


class JobRecord(SchoolTable, tablename="job"):
    """Something that runs in the background, with the permission of the person who asked for it.

    One that failed, or that its person may not run any more, stays until somebody decides to try it again or to
    discard it.
    """

    name = coded(Text(help_text="What runs, such as `gradebook.results.recompute`."), "gradebook.results.recompute")
    state = Text(choices=JobState, help_text="How far it has come.")
    account_id = UUID(null=True, default=None)
    login = Text(help_text="Who asked for it; `schedule` if nobody did, and it comes by the calendar.")
    persons = Array(base_column=UUID(), default=list)
    arguments = JSONB(default="{}")
    attempts = Integer(default=0, help_text="How often it was begun.")
    error = Text(null=True, default=None, help_text="Why the last attempt did not succeed.")
    progress_done = Integer(null=True, default=None, help_text="How many of its parts are done.")
    progress_total = Integer(null=True, default=None, help_text="How many parts it has.")
    progress_message = Text(null=True, default=None, help_text="What it is at.")
    result = JSONB(null=True, default=None, help_text="What it gave.")
    decision_reason = Text(null=True, default=None, help_text="Why somebody discarded it or tried it again.")
    enqueued_at = Timestamptz(help_text="When it was asked for.")
    started_at = Timestamptz(null=True, default=None, help_text="When the last attempt began.")
    finished_at = Timestamptz(null=True, default=None, help_text="When it ended, for good or ill.")
    run_id = UUID(null=True, default=None)
    wake_at = Timestamptz()


class JobEffect(SchoolTable, tablename="job_effect"):
    """Something that must happen once, and did."""

    key = Text()
    job = coded(Text(), "gradebook.results.recompute")
    at = Timestamptz()


class JobSchedule(SchoolTable, tablename="job_schedule"):
    """When a periodic job comes next."""

    job = coded(Text(), "gradebook.results.recompute")
    cron = coded(Text(), "0 4 * * *")
    time_zone = coded(Text(), "UTC")
    next_at = Timestamptz()
