"""What a worker process does round the clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.background import Background
from homeroom.worker.heartbeat import EVERY, heart_of

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["background"]


def background(host: Host) -> Sequence[Background]:
    """The heartbeat of the process.

    Args:
        host: The host of a worker process.
    """
    return [Background("heartbeat", EVERY, heart_of(host).beat)]
