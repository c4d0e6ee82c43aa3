"""Two schools of two regions behind one real server, and a browser for all tests."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parents[1] / "docs"))  # what reads the manual is a plain package

from chromium import Seat, launched, seated
from homeroom.processes import ProcessGroup
from homeroom.testing.serving import served_apart
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.settings import Settings
    from homeroom.testing import People

_session = pytest_asyncio.fixture(scope="session", loop_scope="session")


@dataclass(frozen=True)
class School:
    """A school with people, classes and books.

    Args:
        space: The school.
        filled: What is in it.
        people: Role to the person who has it.
    """

    space: Space
    filled: Filled
    people: Mapping[str, UUID]


Sit = Callable[..., Awaitable[Seat]]


@_session
async def chromium() -> AsyncIterator[Browser]:
    """The browser. First of all: without it, nothing else is made."""
    async with launched() as browser:
        yield browser


@_session
async def school(chromium: Browser, host: Host, make_space: Callable[..., Awaitable[Space]]) -> School:
    """A school of Vietnam."""
    return await _filled(host, await make_space("vn"), SchoolPlan("", "", "vn", 6, 7, "{grade}A", 6, 6))


@_session
async def other_school(chromium: Browser, host: Host, make_space: Callable[..., Awaitable[Space]]) -> School:
    """A school of Hong Kong."""
    return await _filled(host, await make_space("hk"), SchoolPlan("", "", "hk", 1, 2, "{grade}A", 4, 6))


async def _filled(host: Host, space: Space, plan: SchoolPlan) -> School:
    filled = await populate(host, space, plan, with_marks=True)
    people = {
        "principal": filled.staff[0],
        "registrar": filled.staff[1],
        "admin": filled.staff[2],
        "teacher": filled.homeroom_teacher,
        "student": filled.student,
        "guardian": filled.guardian,
    }
    return School(space, filled, people)


@_session
async def port(chromium: Browser, host: Host, database_settings: Settings) -> AsyncIterator[int]:
    """Where one server answers, which runs as installations run it."""
    async with served_apart(database_settings, log_level="warning") as found:
        yield found


@_session
async def worker(host: Host, database_settings: Settings) -> AsyncIterator[None]:
    """A process that runs jobs."""
    with ProcessGroup(stop_timeout=10) as group:
        environment = os.environ | database_settings.environment()
        group.start("worker", [sys.executable, "-m", "homeroom.worker.process"], environment)
        group.at_work = True
        yield


@pytest_asyncio.fixture
async def sit(chromium: Browser, port: int, as_role: People) -> AsyncIterator[Sit]:
    """Puts somebody before a browser: ``seat = await sit(school, "teacher", language="vi", width=320)``.

    ``at`` is another port than the server's.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def take(school: School, role: str = "", *, at: int = port, **options: Any) -> Seat:
            client = await as_role.as_role(school.space, role, person=school.people[role]) if role else None
            address = f"http://{school.space.slug}.localhost:{at}"
            return await stack.enter_async_context(seated(chromium, client, address, **options))

        yield take
