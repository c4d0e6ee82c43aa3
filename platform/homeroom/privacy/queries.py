"""What is asked about the protection of personal data."""

from __future__ import annotations

from typing import Final

from homeroom.privacy import open_consents, reads

__all__ = ["QUERIES"]

QUERIES: Final = (*reads.QUERIES, *open_consents.QUERIES)
