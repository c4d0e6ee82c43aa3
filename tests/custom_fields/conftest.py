"""Two schools."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # it is a plain package

from owning.place import Place, make_place

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import People


@pytest_asyncio.fixture(loop_scope="session")
async def place(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> Place:
    """A school."""
    return await make_place(host, await make_space("vn"), as_role)


@pytest_asyncio.fixture(loop_scope="session")
async def other(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> Place:
    """Another one."""
    return await make_place(host, await make_space("vn"), as_role)
