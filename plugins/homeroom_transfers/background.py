"""Bringing the news of transfers to the schools that they are for, round the clock."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from homeroom.background import Background

if TYPE_CHECKING:
    from homeroom.host import Host

logger = logging.getLogger(__name__)
#: From one round to the next.
_SECONDS: Final = 30.0


class TransferRounds:
    """Collects transfers for every school that has some.

    Args:
        host: The host of a worker process, open.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    async def run(self) -> int:
        """One round. Gives how many schools collected something; the failure of one does not stop the others."""
        from homeroom_transfers.commands import collect_transfers

        # It only says where to look; when an offer ends is decided by the school's own date.
        today = self._host.clock().date()
        waiting = set(await self._host.database.read("SELECT homeroom.spaces_with_school_parcels($1)", today))
        if not waiting:
            return 0
        done = 0
        for space in await self._host.directory.spaces():
            if space.id not in waiting or collect_transfers.name not in self._host.variant(space.plugins).commands:
                continue
            try:
                await self._host.execute(self._host.system_caller(space, via="job"), collect_transfers)
            except Exception:
                logger.exception("transfers of %s could not be collected", space.slug)
            else:
                done += 1
        return done


def background(host: Host) -> Sequence[Background]:
    """The rounds of transfers between schools.

    Args:
        host: The host of a worker process.
    """
    return [Background("transfers between schools", _SECONDS, TransferRounds(host).run)]
