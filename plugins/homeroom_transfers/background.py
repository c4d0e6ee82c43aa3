"""What the registry does round the clock for all schools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.background import Background
from homeroom_transfers.rounds import SECONDS, TransferRounds

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["background"]


def background(host: Host) -> Sequence[Background]:
    """The rounds of transfers between schools.

    Args:
        host: The host of a worker process.
    """
    return [Background("transfers between schools", SECONDS, TransferRounds(host).run)]
