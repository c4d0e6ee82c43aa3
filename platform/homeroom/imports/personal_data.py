"""How records of imports stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.data_categories import DataCategory
from homeroom.imports.tables import ImportChange, ImportLink, ImportName, ImportRun
from homeroom.personal_data import PersonalData, about, deleted, nobody

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        ImportName,
        "@row:row_id",
        erasure=deleted(),
        category=DataCategory.IDENTITY,
        also=(DataCategory.FAMILY, DataCategory.ENROLMENT),
    ),
    about(
        ImportChange,
        "@row:row_id",
        "@row:person_id",
        erasure=deleted(),
        category=DataCategory.IDENTITY,
        also=(DataCategory.CONTACT, DataCategory.FAMILY, DataCategory.ENROLMENT),
    ),
    # A record says all of these at once.
    about(
        ImportLink,
        "@row:row_id",
        erasure=deleted(),
        category=DataCategory.IDENTITY,
        also=(DataCategory.CONTACT, DataCategory.FAMILY, DataCategory.ENROLMENT),
    ),
    *nobody("counts, and places in files, of one import; its file is forgotten when it has been read", ImportRun),
)
