"""What can be read of fields: their definitions. Values are fields of the rows that have them."""

from __future__ import annotations

from typing import Final

from homeroom.custom_fields.tables import CustomFieldRow
from homeroom.resources import EVERYTHING, resource

__all__ = ["CUSTOM_FIELD", "RESOURCES"]

CUSTOM_FIELD: Final = resource(
    CustomFieldRow,
    scopes={"school": EVERYTHING},
    name="CustomField",
    filters=("noun", "name", "active"),
    order=("noun", "position", "name"),
    default_order=("noun", "position", "name"),
    enums={"kind": "CustomFieldKind", "category": "DataCategory"},
)

RESOURCES = (CUSTOM_FIELD,)
