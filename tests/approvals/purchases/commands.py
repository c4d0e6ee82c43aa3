"""Asking for purchases."""

from __future__ import annotations

from homeroom.imports import imports
from purchases.nouns import PURCHASE, SPENDING
from purchases.pricing import set_price

ask_for_purchases = SPENDING.opened_by(
    PURCHASE.noun.create_many("Ask for purchases.", verb="ask", name="ask_for_purchases")
)

_change = next(each for each in PURCHASE.commands if each.name == "purchases.purchase.change")
import_purchases = imports(ask_for_purchases, change=_change, key="title", name="import_purchases")

COMMANDS = (ask_for_purchases, import_purchases, set_price)
