"""The pages do what they say, block by block, against an installation with real accounts."""

from __future__ import annotations

import pytest
import pytest_asyncio
from manual.play import Play

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def first_day(play: Play) -> int:
    """The number of blocks of the pages that were played first; their school is there afterwards."""
    return await play.page("docs/schools.md") + await play.page("docs/frontends/first-day.md")


async def test_the_first_day_of_a_school(play: Play, first_day: int) -> None:
    assert 25 < first_day
    assert 2 < await play.page("docs/schools/privacy.md")
    assert 0 < await play.page("docs/schools/year.md")


async def test_what_frontends_read(play: Play, first_day: int) -> None:
    assert 15 < await play.page("docs/frontends.md")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def operated(play: Play, first_day: int) -> int:
    """The number of blocks of the operators' page; its accounts are there afterwards."""
    return await play.page("docs/operators.md")


async def test_what_operators_read(operated: int) -> None:
    assert 10 < operated


async def test_an_incident_from_the_first_look_to_the_evidence(play: Play, operated: int) -> None:
    assert 6 < await play.page("docs/operators/incident.md")


async def test_what_the_office_reads(play: Play, first_day: int) -> None:
    assert 22 < await play.page("docs/registry.md")
