"""What administrators read of the rules of their space."""

from __future__ import annotations

from typing import Final

from homeroom_tenants.views import over_view, view_field

from .commands import RuleAction, RuleEffect

__all__ = ["RESOURCES"]

_RULE: Final = (
    view_field("role", "String", "Whose rule it is."),
    view_field("object", "String", "A resource, a field, a command, or a pattern that ends in *."),
    view_field("action", "String", RuleAction.__doc__ or "", ("read", "run", "inherit"), "RuleAction"),
    view_field("scope", "String", "Which rows; `school` is every row."),
    view_field("effect", "String", RuleEffect.__doc__ or "", ("allow", "deny"), "RuleEffect"),
)

RESOURCES: Final = (
    over_view(
        "PolicyRule",
        "policy_rule",
        "A rule beside those of the plugins: of the space itself, or of its district. Deny wins, whosever it is.",
        *_RULE,
        view_field(
            "origin",
            "String",
            "Whose a rule is. Only the district changes its own: in a district, those it has applied to its schools.",
            ("own", "district"),
            "RuleOrigin",
        ),
        view_field("district", "String", "The short name of the district whose rule it is."),
        view_field("applied_at", "DateTime", "Since when the district's rule holds as it is."),
        filters=("role", "object", "action", "scope", "effect", "origin"),
        order=("role", "object"),
    ),
)
