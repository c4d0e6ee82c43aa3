"""A space was created: a school gets what the preset of its region says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeroom.context import Context
from homeroom_school.setting_up import set_up


async def space_created(context: Context, options: Mapping[str, Any]) -> None:
    """Set up the registry of a school; a district has none."""
    if context.space.kind == "school":
        await set_up(context, options)
