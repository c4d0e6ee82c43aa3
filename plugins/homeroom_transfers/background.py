"""Bringing the news of transfers to the schools that they are for, round the clock."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from homeroom.background import Background

if TYPE_CHECKING:
    from homeroom.host import Host

logger = logging.getLogger(__name__)
#: From one round to the next.
_SECONDS: Final = 30.0


async def collect_everywhere(host: Host) -> int:
    """Collect transfers for every school that has some. The failure of one does not stop the others.

    Returns:
        How many schools collected something.
    """
    from homeroom_transfers.commands import collect_transfers

    # It only says where to look; when an offer ends is decided by the school's own date.
    waiting = set(await host.database.read("SELECT homeroom.spaces_with_school_parcels($1)", host.clock().date()))
    done = 0
    for space in await host.directory.spaces() if waiting else ():
        if space.id not in waiting or collect_transfers.name not in host.variant(space.plugins).commands:
            continue
        try:
            await host.execute(host.system_caller(space, via="job"), collect_transfers)
        except Exception:
            logger.exception("transfers of %s could not be collected", space.slug)
        else:
            done += 1
    return done


def background(host: Host) -> Sequence[Background]:
    """The rounds of transfers between schools."""
    return [Background("transfers between schools", _SECONDS, partial(collect_everywhere, host))]
