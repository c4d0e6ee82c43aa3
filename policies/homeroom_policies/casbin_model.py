"""The policy as Casbin reads it: the specification that the compiled form must equal, and the tool that
explains a decision.

It scans every rule for every question, some thousand times slower than a compiled `Access`, and its role
manager changes itself while it answers. So it takes no part in requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources

import casbin
from casbin.model import Model
from casbin.persist import Adapter

from .catalogue import Catalogue
from .rules import ANY_SPACE, INHERIT, PolicyLine

__all__ = ["build_enforcer", "model_text"]


def model_text() -> str:
    """The text of `model.conf`."""
    return resources.files(__package__).joinpath("model.conf").read_text(encoding="utf-8")


class _Rows(Adapter):  # type: ignore[misc]  # casbin carries no types
    """Hands rules over in one go: adding policies one by one is quadratic."""

    def __init__(self, lines: Iterable[PolicyLine], subjects: Mapping[str, Iterable[str]]) -> None:
        self._lines = list(lines)
        self._subjects = {subject: list(roles) for subject, roles in subjects.items()}

    def load_policy(self, model: Model) -> None:
        rows, groups = [], []
        for line in self._lines:
            rule = line.rule
            if rule.action == INHERIT:
                groups.append([rule.role, rule.object, line.space])
            else:
                rows.append([rule.role, line.space, rule.object, rule.action, rule.scope, rule.effect])
        model.model["p"]["p"].policy.extend(rows)
        groups += [[subject, role, ANY_SPACE] for subject, roles in self._subjects.items() for role in roles]
        model.model["g"]["g"].policy.extend(groups)


def _in_space(space: str, pattern: str) -> bool:
    return pattern in (ANY_SPACE, space)


def build_enforcer(
    lines: Iterable[PolicyLine],
    catalogue: Catalogue,
    subjects: Mapping[str, Iterable[str]] | None = None,
) -> casbin.Enforcer:
    """A Casbin enforcer over the rules; ask it `enforce(role or subject, space, object, action, scope)`.

    Not for several threads at once.

    Args:
        lines: All rules, of any space.
        catalogue: what exists.
        subjects: callers by name, each with the roles in force.
    """
    model = Model()
    model.load_model_from_text(model_text())
    enforcer = casbin.Enforcer(model)
    enforcer.add_function("covers", catalogue.covers)
    # Before the policy: the role manager consults it while it builds the links.
    enforcer.add_named_domain_matching_func("g", _in_space)
    enforcer.set_adapter(_Rows(lines, subjects or {}))
    enforcer.load_policy()
    return enforcer
