"""What runs in the background for personal data."""

from __future__ import annotations

from typing import Final

from homeroom.privacy import erasing, exporting, retention

__all__ = ["JOBS"]

JOBS: Final = (*exporting.JOBS, *erasing.JOBS, *retention.JOBS)
