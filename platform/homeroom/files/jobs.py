"""What runs in the background for files."""

from __future__ import annotations

from homeroom.files.forgetting import JOBS

__all__ = ["JOBS"]
