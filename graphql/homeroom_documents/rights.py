"""The rights of this part of the host that are no resource and no command."""

from __future__ import annotations

from typing import Final

__all__ = ["EXPORT"]

#: To take whole lists out of a school as files.
EXPORT: Final = "documents.export"
