"""Purchases with their quotes."""

from __future__ import annotations

from enum import StrEnum

from homeroom.columns import money, state, text, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.files.attachments import AttachmentTable


class PurchaseState(StrEnum):
    """What has become of a purchase."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    DROPPED = "dropped"


class Purchase(SchoolTable, tablename="purchase"):
    """Something that the school may buy."""

    title = text(100, "What it is.")
    amount = money("What it costs; none: nobody knows yet.", null=True)
    state = state(PurchaseState.ASKED)
    version = version()


class PurchaseQuote(AttachmentTable, tablename="purchase_quote"):
    """What a shop asks for it."""

    purchase_id = belongs_to(Purchase)
