"""How the console shows transfers."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

LOOKS: Final = (
    Look(
        "StudentTransfer",
        columns=("student", "direction", "other_school", "state", "proposed_on", "effective_on"),
        filters=("direction", "state", "proposed_on"),
        quiet=("seal",),
        actions=("transfers.transfer.accept",),
        shows=("consents", "records"),
        nav=Nav(
            "people",
            60,
            needs=(
                "transfers.transfer.offer",
                "transfers.transfer.accept",
            ),
        ),
    ),
    Look("TransferRecord", quiet=("seal",)),
)
