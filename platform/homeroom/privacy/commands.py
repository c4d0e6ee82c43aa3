"""What is asked and decided about personal data."""

from __future__ import annotations

from typing import Final

from homeroom.privacy import adopting, consent, erasing, exporting, reads, retention

__all__ = ["COMMANDS"]

COMMANDS: Final = (
    *exporting.COMMANDS,
    *erasing.COMMANDS,
    *consent.COMMANDS,
    *retention.COMMANDS,
    *adopting.COMMANDS,
    *reads.COMMANDS,
)
