"""How these tables stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted, kept, nobody
from homeroom.privacy.consent_tables import ConsentAnswer, ConsentPurpose
from homeroom.privacy.read_tables import LoggedRead
from homeroom.privacy.tables import LegalHold, PersonCopy, PersonErasure, RetentionRule

__all__ = ["PERSONAL_DATA"]

_PERSON: Final = "@row:person_id"

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    *nobody("what the school asks of everybody", ConsentPurpose),
    *nobody("what the school has decided", RetentionRule, LoggedRead),
    about(ConsentAnswer, _PERSON, erasure=deleted(), category=DataCategory.CONSENT),
    about(PersonCopy, _PERSON, erasure=deleted(), category=DataCategory.CONSENT),
    # Only one that was lifted is met by an erasure; its reason may name the person.
    about(LegalHold, _PERSON, erasure=deleted(), category=DataCategory.CONSENT),
    about(PersonErasure, _PERSON, erasure=kept("the tombstone: that an erasure was done, and nothing of whom")),
)
