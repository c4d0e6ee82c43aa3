"""What runs in the background for the list of jobs itself."""

from __future__ import annotations

from homeroom.worker.history import JOBS

__all__ = ["JOBS"]
