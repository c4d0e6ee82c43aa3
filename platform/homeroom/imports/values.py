"""Values that were kept as JSON, as statements take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from homeroom.database.tables import SchoolTable

__all__ = ["typed_values"]


def typed_values(table: type[SchoolTable], values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values of a table's columns as those that statements take.

    Args:
        table: The table.
        values: Column to JSON value.
    """
    types = {column._meta.db_column_name: column for column in table._meta.columns}
    typed: dict[str, Any] = {}
    for name, value in values.items():
        column = types[name]
        if value is None:
            typed[name] = None
        elif column.column_type in ("JSON", "JSONB"):
            typed[name] = msgspec.json.encode(value).decode()
        else:
            typed[name] = msgspec.convert(value, column.value_type, strict=False)
    return typed
