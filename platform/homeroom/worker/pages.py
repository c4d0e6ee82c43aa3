"""How the console shows jobs."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

__all__ = ["LOOKS"]

LOOKS: Final = (
    Look(
        "Job",
        columns=("name", "state", "login", "enqueued_at", "finished_at", "error"),
        filters=("state", "name", "enqueued_at"),
        quiet=("decision_reason", "attempts"),
        nav=Nav("office", 50, needs=("jobs.job.retry",)),
    ),
)
