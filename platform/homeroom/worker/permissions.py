"""What roles may do with jobs by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["RULES"]

#: Everybody sees the own jobs; administrators see all jobs, and decide about those that failed.
RULES: Final = (
    Rule(EVERYBODY, "Job", scope="own"),
    *(rule for role in ("admin", "district_admin") for rule in (Rule(role, "Job"), Rule(role, "jobs.*", "run"))),
)
