"""What runs in the background for accounts: mail."""

from __future__ import annotations

from typing import Final

from . import invitations, mail_jobs

__all__ = ["JOBS"]

JOBS: Final = (*mail_jobs.JOBS, *invitations.JOBS)
