"""Two schools of different scripts, filled as the demonstration fills them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest_asyncio

from homeroom.callers import Space
from homeroom.host import Host
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


@dataclass(frozen=True)
class Peopled:
    """A school and some of its people."""

    space: Space
    filled: Filled


@_session
async def vietnamese(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Peopled:
    """A school with marks."""
    space = await make_space("vn")
    plan = SchoolPlan(space.slug, space.name, "vn", 6, 7, "{grade}A", class_size=5, staff=5)
    return Peopled(space, await populate(host, space, plan, with_marks=True))


@_session
async def chinese(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Peopled:
    """A school in Hong Kong."""
    space = await make_space("hk")
    plan = SchoolPlan(space.slug, space.name, "hk", 4, 4, "{grade}A", class_size=5, staff=5)
    return Peopled(space, await populate(host, space, plan, with_marks=False))
