"""Changing how the school writes and orders names."""

from __future__ import annotations

from uuid import UUID

from homeroom.commands import UNSET, Unset, command
from homeroom.context import Context
from homeroom_school.names import Order, PersonName, Script, sort_key
from homeroom_school.tables import Guardian, RegistrySettings, Staff, Student, TransferConsentRule

__all__ = ["change_registry_settings"]


@command("school.settings.change", returns="RegistrySettings")
async def change_registry_settings(
    context: Context,
    *,
    name_script: Script | Unset = UNSET,
    name_order: Order | Unset = UNSET,
    transfer_consent: TransferConsentRule | Unset = UNSET,
) -> UUID:
    """Change in what names are written by default and how lists are ordered; all sort keys are made anew.

    And whose consent is needed before a student is offered to another school.
    """
    row = await context.fetchrow("SELECT id, name_script, name_order FROM registry_settings FOR UPDATE")
    script = name_script or (Script(row["name_script"]) if row else Script.LATIN)
    order = name_order or (Order(row["name_order"]) if row else Order.LATIN)
    changes = {"name_script": script.value, "name_order": order.value}
    if transfer_consent is not UNSET:
        changes["transfer_consent"] = transfer_consent.value
    if row is None:
        (made,) = await context.rows(RegistrySettings).insert([{**changes, "year_plan": "{}"}])
        return made
    row_id: UUID = row["id"]
    await context.rows(RegistrySettings).update(row_id, changes)
    if row["name_order"] != order:
        for table in (Student, Staff, Guardian):
            await _order_anew(context, table, order)
    return row_id


async def _order_anew(context: Context, table: type[Student | Staff | Guardian], order: Order) -> None:
    people = await context.fetch(
        f"SELECT id, name_script, family_name, middle_name, given_name FROM {table._meta.tablename}"
    )
    await context.rows(table).update_many(
        [
            {
                "id": each["id"],
                "sort_key": sort_key(
                    PersonName(
                        Script(each["name_script"]),
                        given=each["given_name"],
                        family=each["family_name"],
                        middle=each["middle_name"],
                    ),
                    order,
                ),
            }
            for each in people
        ]
    )
