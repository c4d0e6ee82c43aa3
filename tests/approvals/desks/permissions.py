"""What roles may do by default."""

from __future__ import annotations

from homeroom import Rule

RULES = (Rule("teacher", "desks.leave.repeat", "run"),)
