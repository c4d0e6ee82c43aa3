"""How the records of rosters stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted
from homeroom_rosters.tables import RosterLink

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    # A record says all of these at once.
    about(
        RosterLink,
        "@row:row_id",
        erasure=deleted(),
        category=DataCategory.IDENTITY,
        also=(DataCategory.CONTACT, DataCategory.FAMILY, DataCategory.ENROLMENT),
    ),
)
