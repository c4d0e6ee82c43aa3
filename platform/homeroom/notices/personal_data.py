"""How notices stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.notices.tables import Notice, NoticeDelivery, NoticePreference
from homeroom.personal_data import DataCategory, PersonalData, about, deleted

__all__ = ["PERSONAL_DATA"]

_READER: Final = "@account:account_id"

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(Notice, _READER, erasure=deleted(), category=DataCategory.CORRESPONDENCE),
    about(NoticeDelivery, _READER, erasure=deleted(), category=DataCategory.CORRESPONDENCE),
    about(NoticePreference, _READER, erasure=deleted(), category=DataCategory.ACCOUNT),
)
