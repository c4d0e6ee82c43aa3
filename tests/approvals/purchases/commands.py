"""Asking for purchases."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from homeroom import Context, Ref, command
from homeroom.imports import imports
from homeroom.nouns import Step
from purchases.nouns import PURCHASE, SPENDING
from purchases.pricing import set_price
from purchases.tables import Purchase, PurchaseState

ask_for_purchases = SPENDING.opened_by(
    PURCHASE.noun.create_many("Ask for purchases.", verb="ask", name="ask_for_purchases")
)

_change = next(each for each in PURCHASE.commands if each.name == "purchases.purchase.change")
import_purchases = imports(ask_for_purchases, change=_change, key="title", name="import_purchases")


@command("purchases.purchase.name", returns="Purchase")
async def name_purchase(context: Context, *, purchase: Annotated[UUID, Ref("Purchase")], title: str) -> UUID:
    """Call a purchase otherwise."""
    await context.permit("Purchase", [purchase], field="purchase")
    await context.rows(Purchase).update(purchase, {"title": title}, field="purchase")
    return purchase


drop_purchase = PURCHASE.noun.step(Step("drop", "Buy it after all not.", PurchaseState.GRANTED, PurchaseState.DROPPED))

COMMANDS = (ask_for_purchases, import_purchases, set_price, name_purchase, drop_purchase)
