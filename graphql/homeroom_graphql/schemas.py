"""The schemas of a host: one for each set of plugins that a space has, built beside the event loop."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING

from homeroom_graphql.limits import Limits
from homeroom_graphql.operations import Operations

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["known_operations", "operations_of", "warm_up"]

logger = logging.getLogger(__name__)
_PART = "graphql"


def known_operations(variant: Variant) -> Operations | None:
    """The schema of a variant with its operations, if it was built."""
    known: Operations | None = variant.parts.get(_PART)
    return known


async def operations_of(variant: Variant, limits: Limits) -> Operations:
    """The schema of a variant with its operations. The first who asks has it built, in a thread; others wait.

    Args:
        variant: What a space consists of.
        limits: What an operation may ask for.
    """
    known = known_operations(variant)
    if known is not None:
        return known
    # The lock lives with the loop that waits; two loops that build at once build the same thing.
    lock = variant.parts.setdefault((_PART, id(asyncio.get_running_loop())), asyncio.Lock())
    async with lock:
        known = known_operations(variant)
        if known is None:
            known = variant.parts[_PART] = await asyncio.to_thread(Operations, variant, limits)
        return known


async def warm_up(host: Host) -> None:
    """Build the schemas that the spaces of today need, so that nobody waits for one."""
    limits = Limits.of(host.settings)
    for plugins in {space.plugins for space in await host.directory.spaces()}:
        try:
            await operations_of(host.variant(plugins), limits)
        except Exception:
            logger.exception("the schema of %s cannot be built", ", ".join(sorted(plugins)))
    # Schemas are half a million objects that live as long as the process. Python's collector would walk over all of
    # them again and again, and every request that is under way would wait a tenth of a second for it.
    gc.collect()
    gc.freeze()
