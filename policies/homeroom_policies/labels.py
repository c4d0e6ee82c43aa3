"""English labels in place of those that follow from names; see :mod:`homeroom.labels`."""

from __future__ import annotations

from typing import Final

__all__ = ["LABELS"]

LABELS: Final = {
    "policies.rule.list": "Rules in words",
    "policies.district.withdraw": "Withdraw rules of the district that are not applied yet",
    "policies.rule.effects": "Effects of a rule",
    "policies.district.effects": "Effects of the rules of the district",
    "policies.role.list": "List roles",
    "RoleRule.by": "Set by",
    "ReachingRule.by": "Set by",
    "RolePowers.may": "Powers",
    "AccessExplanation.because": "Explanation",
    "AccessExplanation.until": "Valid until",
}
