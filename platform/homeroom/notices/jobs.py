"""What runs in the background for notices: mail."""

from __future__ import annotations

from homeroom.notices.delivering import JOBS

__all__ = ["JOBS"]
