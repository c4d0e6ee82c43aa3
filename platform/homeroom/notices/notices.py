"""The notices of this part itself: that a job could not be done."""

from __future__ import annotations

from typing import Final

from homeroom.notices.about_jobs import JOB_GIVEN_UP

__all__ = ["NOTICE_KINDS"]

NOTICE_KINDS: Final = (JOB_GIVEN_UP,)
