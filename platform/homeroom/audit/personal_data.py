"""Whose data the audit has."""

from __future__ import annotations

from typing import Final

from homeroom.audit.tables import AuditEntry, AuditHead, AuditLine, AuditSeal
from homeroom.personal_data import DataCategory, PersonalData, about, kept, nobody, otherwise

__all__ = ["PERSONAL_DATA"]

_MEANS: Final = "the values are taken out by homeroom.audit.erasing; the frame stays, for the chain"

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    # What somebody did at work is the school's record of it, and is removed when its time is over.
    about(
        AuditEntry,
        "@account:account_id",
        withheld=("reason", "arguments"),
        erasure=kept("who did what is proof for everybody else, until `homeroom audit erase --before` ends it"),
        category=DataCategory.ACCOUNT,
    ),
    about(AuditLine, "@row:row_id", erasure=otherwise(_MEANS)),
    *nobody("digests and numbers of the chain", AuditSeal, AuditHead),
)
