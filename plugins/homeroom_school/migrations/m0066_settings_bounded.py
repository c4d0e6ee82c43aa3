"""The settings of the registry, whose columns say what may stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VALUES = {
    "name_script": "'latin', 'vietnamese', 'han_traditional', 'han_simplified'",
    "name_order": "'latin', 'vietnamese', 'pinyin', 'strokes'",
    "transfer_consent": "'none', 'any', 'guardian', 'student'",
}


async def forwards(schema: Schema) -> None:
    """Bound the columns."""
    for column, values in _VALUES.items():
        await schema.add_check("registry_settings", f"registry_settings_{column}_allowed", f"{column} IN ({values})")
