"""What roles may do with clubs."""

from __future__ import annotations

from homeroom import Rule

RULES = (Rule("admin", "clubs.*", "run"), Rule("admin", "imports.*", "run"))
