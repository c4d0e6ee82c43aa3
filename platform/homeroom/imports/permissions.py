"""What roles may do with imports by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["RULES"]

#: Administrators see what was imported. A plugin gives its offices `ImportRun`,
#: `ImportLink` and `imports.*` beside its own imports.
RULES: Final = (Rule("admin", "ImportRun"), Rule("admin", "ImportLink"))
