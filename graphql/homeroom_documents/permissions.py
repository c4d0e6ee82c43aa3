"""What roles may do with papers and lists by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["EXPORT", "RIGHTS", "RULES"]

#: To take whole lists out of a school as files.
EXPORT: Final = "documents.export"

RIGHTS: Final = {EXPORT: "Takes whole lists out of the school as files."}
#: A plugin gives it to those of its own roles that need it.
RULES: Final = (Rule("admin", EXPORT, "run"),)
