"""Periodic jobs: in the time of each school, asked for once however many ask, and made up for once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from chores.plugin import sweep, wipe

from homeroom import Context, Job, job
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.jobs import next_run
from homeroom.worker.tending import Tending

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cron", "after", "following"),
    [
        # Clocks go from 2:00 to 3:00 on 29 March 2026: there is no half past two, and the floor is swept at three.
        ("30 2 * * *", "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00"),
        ("30 2 * * *", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"),
        # They go from 3:00 back to 2:00 on 25 October: half past two comes twice, and the floor is swept once.
        ("30 2 * * *", "2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00"),
        ("30 2 * * *", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        # What comes every hour comes in both of them.
        ("30 * * * *", "2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"),
        ("0 6 * * 1-5", "2026-10-23T07:00+02:00", "2026-10-26T06:00+01:00"),
        ("0 0 29 2 *", "2026-10-23T07:00+02:00", "2028-02-29T00:00+01:00"),
    ],
)
def test_the_calendar_of_a_place_with_summer_time(cron: str, after: str, following: str) -> None:
    found = next_run(cron, datetime.fromisoformat(after), BERLIN)
    assert datetime.fromisoformat(following) == found
    assert UTC is found.tzinfo


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "0 0 31 2 *", "* * * * * *", "@daily"])
def test_a_calendar_that_cannot_be_is_refused_when_it_is_declared(cron: str) -> None:
    async def nothing(context: Context) -> None:
        """Do nothing."""

    with pytest.raises(ConfigurationError, match=r"job chores\.nothing: cron"):
        job("chores.nothing", cron=cron)(nothing)


def test_a_periodic_job_needs_no_arguments() -> None:
    async def needy(context: Context, *, what: str) -> None:
        """Need something."""

    with pytest.raises(ConfigurationError, match="no arguments without a default"):
        job("chores.needy", cron="0 0 * * *")(needy)


async def asked_for(host: Host, space: Space, chore: Job = sweep) -> int:
    """How often the floor was to be swept, or something else to be done."""
    async with host.database.transaction(space.id) as transaction:
        count: int = await transaction.fetchval(
            "SELECT count(*) FROM job WHERE name = $1 AND login = 'schedule'", chore.name
        )
    return count


async def next_at(host: Host, space: Space, chore: Job = sweep) -> datetime | None:
    """When that comes next."""
    async with host.database.transaction(space.id) as transaction:
        found: datetime | None = await transaction.fetchval(
            "SELECT next_at FROM job_schedule WHERE job = $1", chore.name
        )
    return found


@pytest.fixture
async def kitchens(host: Host, monkeypatch: pytest.MonkeyPatch) -> list[Space]:
    """One in Berlin and one in Vietnam; it is noon (UTC) before the clocks go forward."""
    set_clock(host, monkeypatch, "2026-03-28T12:00Z")
    stem = new_id().hex[-12:]
    return [
        await host.directory.create_space(slug=f"{region}-{stem}", name=region, region=region)
        for region in ("berlin", "saigon")
    ]


def set_clock(host: Host, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """Set the host's clock."""
    monkeypatch.setattr(host, "clock", lambda: datetime.fromisoformat(moment))


async def test_each_space_has_its_own_hours(host: Host, kitchens: list[Space], monkeypatch: pytest.MonkeyPatch) -> None:
    tending = Tending(host)
    await tending.plan()
    assert ["2026-03-29T01:00:00+00:00", "2026-03-28T19:30:00+00:00"] == [
        (at.isoformat() if (at := await next_at(host, each)) else None) for each in kitchens
    ]
    set_clock(host, monkeypatch, "2026-03-28T20:00Z")
    await tending.ask()
    assert [0, 1] == [await asked_for(host, each) for each in kitchens]
    await tending.ask()
    assert [0, 1] == [await asked_for(host, each) for each in kitchens]


async def test_what_was_missed_is_made_up_for_once_however_many_ask(
    host: Host, kitchens: list[Space], monkeypatch: pytest.MonkeyPatch
) -> None:
    await Tending(host).plan()
    set_clock(host, monkeypatch, "2026-04-05T12:00Z")
    await asyncio.gather(*(Tending(host).ask() for _ in range(5)))
    assert [1, 1] == [await asked_for(host, each) for each in kitchens]
    assert datetime.fromisoformat("2026-04-06T00:30Z") == await next_at(host, kitchens[0])


async def test_a_plugin_that_is_switched_off_has_no_periodic_jobs(
    host: Host, kitchens: list[Space], monkeypatch: pytest.MonkeyPatch
) -> None:
    tending = Tending(host)
    await tending.plan()
    await host.directory.set_plugins(kitchens[0].id, [])
    set_clock(host, monkeypatch, "2026-04-05T12:00Z")
    await tending.ask()
    await tending.plan()
    assert [0, 1] == [await asked_for(host, each) for each in kitchens]
    assert None is await next_at(host, kitchens[0])


@pytest.mark.parametrize(("dust", "asked"), [([False], 0), ([True], 1), ([], 1)])
async def test_nothing_is_recorded_where_there_is_nothing_to_do(
    host: Host, kitchens: list[Space], monkeypatch: pytest.MonkeyPatch, dust: list[bool], asked: int
) -> None:
    """What cannot say so is asked for, and takes nothing else along."""
    tending = Tending(host)
    await tending.plan()
    monkeypatch.setattr("chores.plugin.DUST", dust)
    set_clock(host, monkeypatch, "2026-04-05T12:00Z")
    await tending.ask()
    for each in kitchens:
        assert (asked, 1) == (await asked_for(host, each, wipe), await asked_for(host, each))
    assert datetime.fromisoformat("2026-04-05T22:00Z") == await next_at(host, kitchens[0], wipe)


def test_only_what_comes_by_the_calendar_is_asked_when() -> None:
    async def always(context: Context) -> bool:
        return True

    async def nothing(context: Context) -> None:
        """Do nothing."""

    with pytest.raises(ConfigurationError, match="only one that runs by the calendar"):
        job("chores.nothing", when=always)(nothing)
