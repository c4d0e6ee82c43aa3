"""How the console shows jobs."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Figure, Look

__all__ = ["FIGURES", "LOOKS"]

LOOKS: Final = (
    Look(
        "Job",
        columns=("name", "state", "login", "enqueued_at", "finished_at", "error"),
        filters=("state", "name", "enqueued_at"),
        quiet=("decision_reason", "attempts"),
    ),
)
FIGURES: Final = (
    Figure(
        "jobs.failed",
        "Jobs failed this week",
        "query Failed($weekAgo: DateTime!) {"
        " jobs(filter: {state: {eq: FAILED}, enqueuedAt: {gte: $weekAgo}}) { totalCount } }",
        "jobs",
        wrong=True,
        order=61,
    ),
)
