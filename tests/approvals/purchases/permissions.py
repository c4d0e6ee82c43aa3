"""What roles may do by default."""

from __future__ import annotations

from homeroom import Rule

RULES = (
    *(Rule(role, "purchases.purchase.ask", "run") for role in ("teacher", "registrar", "principal")),
    *(Rule("teacher", name, "run") for name in ("custom_fields.value.set", "purchases.purchase.import", "imports.*")),
    Rule("teacher", "ImportRun"),
)
