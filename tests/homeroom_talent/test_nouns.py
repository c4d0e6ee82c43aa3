"""Items and engagements keep what every noun keeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from homeroom.testing import NounTrial, Stage, noun_contract
from homeroom_talent.nouns import ENGAGEMENT, ITEM

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(make_stage: Callable[..., Awaitable[Stage]]) -> Stage:
    """Two schools with the talent bank."""
    return await make_stage("talent")


@noun_contract(ITEM, ENGAGEMENT)
async def test_a_noun_keeps_its_contract(trial: NounTrial, stage: Stage) -> None:
    await trial.play(stage)
