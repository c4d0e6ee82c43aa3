"""One decision, asked of a compiled `Access` in the words of a rule. Two look-ups; no rule is read."""

from __future__ import annotations

from homeroom.permissions import Access, Scopes

from .rules import READ, RUN, WHOLE_SPACE

__all__ = ["allows", "holds"]


def holds(scopes: Scopes | None, scope: str) -> bool:
    """Whether rows of one scope are open: it or the whole space is allowed, and it is not denied."""
    if scopes is None:
        return False
    return (WHOLE_SPACE in scopes.allow or scope in scopes.allow) and scope not in scopes.deny


def allows(access: Access, action: str, name: str, scope: str) -> bool:
    """The decision for a resource, a field or a command.

    A field is readable where its resource is and it is itself. The answer is Casbin's for each scope that the
    object declares; nobody asks in a scope for which there is no predicate.

    Args:
        access: What the caller's roles may do.
        action: `read` or `run`.
        name: `Student`, `Student.birth_date` or `gradebook.mark.enter`.
        scope: A scope that the object declares.
    """
    if action == RUN:
        return holds(access.commands.get(name), scope)
    if action != READ:
        return False
    owner, dot, part = name.partition(".")
    rows = holds(access.resources.get(owner), scope)
    return rows and (not dot or holds(access.field(owner, part), scope))
