"""What runs in the background for webhooks."""

from __future__ import annotations

from homeroom.webhooks.trimming import JOBS

__all__ = ["JOBS"]
