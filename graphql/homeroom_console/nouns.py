"""How a school looks in the browser: everybody sees it, the office sets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeroom.context import Context
from homeroom.files.addresses import file_address
from homeroom.school_settings import school_settings
from homeroom_console.brands import forget_brand
from homeroom_console.tables import AppearanceSettings

__all__ = ["APPEARANCE", "CHANGERS", "NOUNS"]

#: Who sets it by default.
CHANGERS: Final = ("admin", "principal", "registrar")


async def _changed(context: Context, _before: Mapping[str, Any], _changed: Mapping[str, Any]) -> None:
    forget_brand(context.host, context.space.id)


APPEARANCE: Final = school_settings(
    AppearanceSettings,
    "console.appearance",
    file_address("crest_url", AppearanceSettings.crest_id, "Where to fetch the crest, a JPEG."),
    change_by=CHANGERS,
    about="Change the colour of the school's pages.",
    hidden=("crest_id",),
    changed=_changed,
)
NOUNS: Final = (APPEARANCE,)
