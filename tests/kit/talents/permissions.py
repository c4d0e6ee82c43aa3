"""What roles may do."""

from __future__ import annotations

from homeroom import Rule

RULES = (
    *(Rule(role, "Talent") for role in ("registrar", "teacher")),
    *(Rule(role, "talents.talent.*", "run") for role in ("registrar", "teacher")),
    Rule("guardian", "Talent", scope="children"),
)
