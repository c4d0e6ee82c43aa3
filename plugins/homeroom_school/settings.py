"""How a school writes and orders names, as commands read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from homeroom.context import Context
from homeroom_school.names import Order, PersonName, Script, search_text, sort_key

__all__ = ["NameSettings", "name_columns", "name_settings"]


@dataclass(frozen=True, slots=True)
class NameSettings:
    """How a school writes and orders names.

    Args:
        script: In what the main names are written.
        order: How lists are ordered.
        year_plan: First and last day of a school year and of its terms, month-day.
    """

    script: Script = Script.LATIN
    order: Order = Order.LATIN
    year_plan: Mapping[str, Any] = field(default_factory=dict)


async def name_settings(context: Context) -> NameSettings:
    """The space's settings; the defaults where none were made."""
    row = await context.fetchrow("SELECT name_script, name_order, year_plan FROM registry_settings")
    if row is None:
        return NameSettings()
    plan = row["year_plan"]
    return NameSettings(
        Script(row["name_script"]),
        Order(row["name_order"]),
        msgspec.json.decode(plan) if isinstance(plan, str) else (plan or {}),
    )


def name_columns(name: PersonName, order: Order) -> dict[str, Any]:
    """The columns of a person that hold the main name."""
    return {
        "family_name": name.family,
        "middle_name": name.middle,
        "given_name": name.given,
        "full_name": name.full,
        "name_script": name.script.value,
        "sort_key": sort_key(name, order),
        "search_text": search_text(name),
    }
