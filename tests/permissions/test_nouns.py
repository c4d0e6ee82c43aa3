"""The nouns of the registry keep the contract of all nouns."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import date

import pytest_asyncio

from homeroom.nouns import Noun
from homeroom.testing import NounTrial, Stage, noun_contract
from homeroom_school.commands import (
    calendar,
    employment,
    enrolment,
    groups,
    guardianship,
    premises,
    structure,
    teaching,
)
from homeroom_school.resources import premises as premises_resources
from homeroom_school.tables import Campus


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(make_stage: Callable[..., Awaitable[Stage]]) -> Stage:
    """Two schools with a registry."""
    return await make_stage("school")


@noun_contract(
    calendar.YEAR,
    premises.CAMPUS,
    premises.BUILDING,
    premises.ROOM,
    groups.GROUP,
    groups.MEMBERSHIP,
    enrolment.ENROLMENT,
    guardianship.GUARDIANSHIP,
    teaching.APPOINTMENT,
    teaching.TEACHING,
    structure.GRADE_LEVEL,
    structure.SUBJECT,
)
async def test_a_noun_keeps_its_contract(trial: NounTrial, stage: Stage) -> None:
    await trial.play(stage)


@noun_contract(employment.EMPLOYMENT, values={"starts_on": date(2020, 9, 1)})
async def test_a_noun_that_has_a_day_keeps_its_contract(trial: NounTrial, stage: Stage) -> None:
    await trial.play(stage)


def test_a_noun_costs_few_lines() -> None:
    """Table, verbs and resource of a campus, as they are in the code; migration, rules and personal data besides."""
    lines = inspect.getsource(Campus).strip().splitlines()
    module = inspect.getsource(premises)
    verbs = [line for line in module.splitlines() if "campus = CAMPUS." in line or line.startswith("CAMPUS =")]
    source = inspect.getsource(premises_resources)
    start = source.index("CAMPUS = resource(\n")
    shown = source[start : source.index("\n)\n", start)].splitlines()
    assert isinstance(premises.CAMPUS, Noun)
    assert 4 == len(verbs)
    assert len(lines) + len(verbs) + len(shown) + 2 <= 25, (len(lines), len(verbs), len(shown))
    assert len(module.splitlines()) <= 42
