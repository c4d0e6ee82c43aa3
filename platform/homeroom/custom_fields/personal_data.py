"""How a school's own fields stand to people."""

from __future__ import annotations

from typing import Final

from homeroom.custom_fields.tables import CustomFieldRow, CustomValue
from homeroom.personal_data import PersonalData, about, deleted, nobody

__all__ = ["PERSONAL_DATA"]

PERSONAL_DATA: Final[tuple[PersonalData, ...]] = (
    about(
        CustomValue,
        "@row:row_id",
        erasure=deleted(),
        category_sql="(SELECT cf.category FROM custom_field cf WHERE cf.id = {row}.field_id)",
    ),
    *nobody("which fields there are", CustomFieldRow),
)
