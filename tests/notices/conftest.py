"""A host with the bulletin, and two schools that each test makes for itself."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # the bulletin is a plain package

from bulletin.acting import School, make_school, registry
from bulletin.post_office import PostOffice

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.database.providers import throwaway
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import People


@pytest.fixture(scope="session")
def board_settings() -> Iterator[Settings]:
    """An installation on an empty database."""
    with throwaway() as access:
        yield access.apply(Settings(job_threads=2, stop_timeout=5.0, graphql_new_documents=1_000_000, warm_seconds=0))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def board(board_settings: Settings) -> AsyncIterator[Host]:
    """A host with the bulletin and no other domain."""
    plugins = registry()
    assert [] == plugins.quarantined
    await migrate_database(board_settings, plugins)
    made = build_host(board_settings, plugins)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def ours(board: Host) -> School:
    """A school of Vietnam."""
    return await make_school(board)


@pytest.fixture
async def theirs(board: Host) -> School:
    """Another one, of Hong Kong."""
    return await make_school(board, "board-hk")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(board: Host) -> AsyncIterator[People]:
    """Signs people in."""
    made = People(board, create_app(board))
    yield made
    await made.close()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A mail server that takes everything."""
    office = PostOffice()
    office.open()
    yield office
    office.close()


@pytest_asyncio.fixture(loop_scope="session")
async def posting(board: Host, post_office: PostOffice) -> AsyncIterator[Host]:
    """The same installation, after its operator has set the mail server."""
    settings = msgspec.structs.replace(
        board.settings, mail_url=post_office.url, mail_from="office@schools.example", base_domain="schools.example"
    )
    made = build_host(settings, registry())
    await made.open()
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visitors(posting: Host) -> AsyncIterator[People]:
    """Signs people in where mail is sent."""
    made = People(posting, create_app(posting))
    yield made
    await made.close()
