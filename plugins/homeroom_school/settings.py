"""The settings of the registry: how a school writes and orders names, and whose consent a transfer needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from homeroom.context import Context
from homeroom.names import Order, Script, name_in, sort_key
from homeroom.school_settings import school_settings
from homeroom_school.tables import Guardian, RegistrySettings, Staff, Student


async def script_and_order(context: Context) -> tuple[Script, Order]:
    """In what names are written unless said, and how lists are ordered."""
    settings = await REGISTRY_SETTINGS.read(context)
    return settings.name_script, settings.name_order


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
        [{"id": each["id"], "sort_key": sort_key(name_in(each), order)} for each in people]
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
