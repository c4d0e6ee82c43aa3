"""What can be done to the audit."""

from __future__ import annotations

from typing import Final

from homeroom.audit.erasing import erase_audit

__all__ = ["COMMANDS"]

COMMANDS: Final = (erase_audit,)
