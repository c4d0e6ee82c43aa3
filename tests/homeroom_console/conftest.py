"""Two schools of different scripts, filled as the demonstration fills them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest_asyncio

from filled_schools import Peopled, peopled
from homeroom.callers import Space
from homeroom.host import Host

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


@_session
async def vietnamese(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Peopled:
    """A school with marks."""
    return await peopled(host, await make_space("vn"), grades=(6, 7), size=5, staff=5, marks=True)


@_session
async def chinese(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Peopled:
    """A school in Hong Kong."""
    return await peopled(host, await make_space("hk"), grades=(4, 4), size=5, staff=5, marks=False)
