"""The schemas of a host: one for each set of plugins that a space has, built beside the event loop."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING

from homeroom.database.connection import AWAY
from homeroom_graphql.limits import Limits
from homeroom_graphql.operations import Operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["Warming", "known_operations", "operations_of"]

logger = logging.getLogger(__name__)
_PART = "graphql"
_AGAIN_SECONDS = 1.0


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


class Warming:
    """Builds the schemas that the spaces of today need, so that nobody waits for one; none if it may take no time.

    Args:
        host: The open host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._until = time.monotonic() + host.settings.warm_seconds
        self._task = asyncio.create_task(self._run(), name="warming")

    @property
    def enough(self) -> bool:
        """Whether all are built, or it has taken as long as the settings say and the rest is built beside requests."""
        return self._task.done() or time.monotonic() >= self._until

    def stop(self) -> None:
        """End it."""
        self._task.cancel()

    async def _run(self) -> None:
        if not self._host.settings.warm_seconds:
            return
        limits = Limits.of(self._host.settings)
        for variant in await self._wanted():
            try:
                await operations_of(variant, limits)
            except Exception:
                logger.exception("the schema of %s cannot be built", ", ".join(sorted(variant.plugins)))
        # Schemas are half a million objects that live as long as the process. Python's collector would walk over all of
        # them again and again, and every request that is under way would wait a tenth of a second for it.
        gc.collect()
        gc.freeze()

    async def _spaces(self) -> Sequence[Space]:
        while True:
            try:
                return await self._host.directory.spaces()
            except AWAY:
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _wanted(self) -> list[Variant]:
        """Those of most spaces first; of spaces with fields of their own as many as are kept."""
        spaces = await self._spaces()
        sets = Counter(each.plugins for each in spaces)
        wanted = [self._host.variant(plugins) for plugins, _ in sets.most_common()]
        custom = Counter((each.plugins, each.fields) for each in spaces if each.fields)
        kept = {key for key, _ in custom.most_common(self._host.settings.custom_schemas)}
        for space in spaces:
            if (space.plugins, space.fields) in kept:
                kept.discard((space.plugins, space.fields))
                wanted.append(self._host.variant_of(space))
        return wanted
