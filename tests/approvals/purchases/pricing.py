"""Setting a price, which others have to approve."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from homeroom import Context, Ref, Refusal, command
from homeroom.refusals import TOO_SMALL
from purchases.tables import Purchase


@command("purchases.price.set", returns="Purchase")
async def set_price(context: Context, *, purchase: Annotated[UUID, Ref("Purchase")], amount: Decimal) -> UUID:
    """Set the price of a purchase.

    Args:
        amount: What it costs.
    """
    if amount <= 0:
        raise Refusal(TOO_SMALL, "amount", least=0)
    await context.rows(Purchase).update(purchase, {"amount": amount})
    return purchase
