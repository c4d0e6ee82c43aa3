"""How invitations stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.personal_data import DataCategory, PersonalData, about, deleted

from .tables import Invitation

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        Invitation,
        "@row:person_id",
        "@account:account_id",
        erasure=deleted(),
        category=DataCategory.ACCOUNT,
        also=(DataCategory.CONTACT,),
    ),
)
