"""Schools of a test's own, with people who answer for their data."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the office is a plain module

from data_office import Office

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import People


@pytest_asyncio.fixture(loop_scope="session")
async def make_office(
    host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People
) -> Callable[[], Awaitable[Office]]:
    """Makes schools."""

    async def make() -> Office:
        space = await make_space("vn")
        return Office(host, space, await as_role(space, "admin"), await as_role(space, "data_protection"))

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def office(make_office: Callable[[], Awaitable[Office]]) -> Office:
    """A school of one test's own."""
    return await make_office()


@pytest_asyncio.fixture(loop_scope="session")
async def other(make_office: Callable[[], Awaitable[Office]]) -> Office:
    """Another one."""
    return await make_office()
