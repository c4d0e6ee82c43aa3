"""Asking for purchases."""

from __future__ import annotations

from purchases.nouns import PURCHASE, SPENDING
from purchases.pricing import set_price

ask_for_purchases = SPENDING.opened_by(
    PURCHASE.noun.create_many("Ask for purchases.", verb="ask", name="ask_for_purchases")
)

COMMANDS = (ask_for_purchases, set_price)
