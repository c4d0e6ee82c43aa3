"""What webhooks do round the clock for all spaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.background import Background
from homeroom.webhooks.sending import Sender

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["background"]


def background(host: Host) -> Sequence[Background]:
    """Deliveries.

    Args:
        host: The host of a worker process.
    """
    sender = Sender(host)
    return [Background("webhooks", 1.0, sender.round, sender.end)]
