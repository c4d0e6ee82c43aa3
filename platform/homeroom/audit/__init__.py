"""The audit: who did what and why, what changed, who saw what, and proof that none of it was altered afterwards.

A command writes one entry and one line per changed row in its own transaction (:mod:`homeroom.audit.trail`). At least
every minute the *sealer* chains the new entries of each space (:mod:`homeroom.audit.sealing`) and writes the head of
each chain, keyed, to a file outside the database (:mod:`homeroom.audit.heads`). The *verifier*
(:mod:`homeroom.audit.verifying`) compares the three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from homeroom.audit.trail import LOOK, PARAMETERS, AuditTrail

__all__ = ["LOOK", "PARAMETERS", "AuditTrail"]


def __getattr__(name: str) -> Any:
    """What writes the audit, when somebody asks for it: it needs the database, and declaring the plugin does not."""
    if name in __all__:
        from homeroom.audit import trail

        return getattr(trail, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
