"""The settings of the registry: how a school writes and orders names, and whose consent a transfer needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from homeroom.context import Context
from homeroom.names import Order, Script, name_in, sort_key
from homeroom.school_settings import school_settings
from homeroom_school.tables import Guardian, RegistrySettings, Staff, Student


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


async def script_and_order(context: Context) -> tuple[Script, Order]:
    """In what names are written unless said, and how lists are ordered."""
    settings = await name_settings(context)
    return settings.script, settings.order


async def _follow(context: Context, before: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """Compute all sort keys again where names are ordered in another way."""
    if "name_order" in changed:
        for table in (Student, Staff, Guardian):
            await _order_again(context, table, Order(changed["name_order"]))


async def _order_again(context: Context, table: type[Student | Staff | Guardian], order: Order) -> None:
    people = await context.fetch(
        f"SELECT id, name_script, family_name, middle_name, given_name FROM {table._meta.tablename}"
    )
    await context.rows(table).update_many(
        [
            {
                "id": each["id"],
                "sort_key": sort_key(name_in(each), order),
            }
            for each in people
        ]
    )


REGISTRY_SETTINGS: Final = school_settings(
    RegistrySettings,
    "school.settings",
    change_by=("principal", "registrar"),
    read_by=("admin", "teacher", "student", "guardian"),
    about="Change in what names are written by default, how lists are ordered (sort keys follow), and whose"
    " consent is needed before a student is offered to another school.",
    changed=_follow,
    enums={"name_script": "Script", "name_order": "NameOrder", "transfer_consent": "TransferConsentRule"},
)
