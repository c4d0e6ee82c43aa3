"""Spaces take turns: what one of them asks for does not stand before what another does, and nothing is left behind."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import asyncpg
import pytest
from chores.asking import asked_by_us, ended, ran_in, row_of
from chores.plugin import GO_ON, ChoresPlugin

from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess
from homeroom.worker.runner import JobRunner
from homeroom.worker.tending import Tending


def working(settings: Settings) -> WorkerProcess:
    """A worker with two threads."""
    return WorkerProcess(settings, build_host(settings, PluginRegistry.discover([ChoresPlugin()])))


async def woken(host: Host, space: Space, *jobs: UUID) -> list[bool]:
    """Look for jobs that are overdue; gives which of these have a message then."""
    await Tending(host).wake()
    async with host.database.transaction(space.id) as transaction:
        found = await transaction.fetch("SELECT message_id FROM homeroom.job_queue WHERE state = 'queued'")
    waiting = {row["message_id"] for row in found}
    return [each in waiting for each in jobs]


@pytest.mark.parametrize(("many", "few"), [(60, 1), (40, 7), (12, 12)])
async def test_who_asks_for_little_waits_for_little(
    settings: Settings, host: Host, spaces: list[Space], many: int, few: int
) -> None:
    left, right = spaces
    asked = [(left, await asked_by_us(host, left, "chores.note", text=f"{each}")) for each in range(many)]
    asked += [(right, await asked_by_us(host, right, "chores.note", text=f"{each}")) for each in range(few)]
    with working(settings):
        rows = [await ended(host, *each) for each in asked]
    assert {("succeeded", 1)} == {(row["state"], row["attempts"]) for row in rows}
    ran = [slug for slug, _, _ in ran_in(left, right)]
    assert {left.slug: many, right.slug: few} == Counter(ran)
    last = len(ran) - ran[::-1].index(right.slug)
    assert last <= 2 * few + 3, ran  # each turn of the one for a turn of the other; two threads overtake one another


async def test_what_is_tried_again_has_waited_and_does_not_give_way(host: Host, spaces: list[Space]) -> None:
    left, right = spaces
    waiting = await asked_by_us(host, left, "chores.note", text="waits")
    stumbled = await asked_by_us(host, right, "chores.note", text="stumbled")
    runner = JobRunner(host)
    async with host.database.transaction(right.id) as transaction:
        await transaction.execute("UPDATE job SET state = 'retrying', attempts = 1 WHERE id = $1", stumbled)
    await runner.run_in_turn(right.id, stumbled)
    assert [(right.slug, "system", "stumbled")] == ran_in(*spaces)
    assert "queued" == (await row_of(host, left, waiting))["state"]


async def test_what_fails_for_good_ends_even_if_it_was_taken_for_lost(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    """A failing attempt releases its lock before it can say what became of it."""
    space = spaces[0]
    asked = await asked_by_us(host, space, "chores.dawdle")
    with working(settings):
        while (await row_of(host, space, asked))["state"] != "running":
            pass
        async with host.database.transaction(space.id) as transaction:
            await transaction.execute("UPDATE job SET state = 'retrying' WHERE id = $1", asked)
        row = await ended(host, space, asked)
    assert ("failed", 1, "The job took longer than 1 s.") == (row["state"], row["attempts"], row["error"])


async def test_a_job_is_brought_again_when_nobody_runs_it_and_no_sooner(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    left, right = spaces
    asked = await asked_by_us(host, left, "chores.count")
    with working(settings):
        while (await row_of(host, left, asked))["progress_done"] is None:
            pass
        async with host.database.transaction(left.id) as transaction:
            await transaction.execute("UPDATE job SET wake_at = now() - interval '1 hour'")
        assert [False] == await woken(host, left, asked)
        GO_ON.set()
        row = await ended(host, left, asked)
    assert ("succeeded", 1) == (row["state"], row["attempts"])
    dead = await asked_by_us(host, right, "chores.note", text="its worker was killed")
    async with host.database.transaction(right.id) as transaction:
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", dead)
        await transaction.execute("UPDATE job SET state = 'running', attempts = 1, wake_at = now()")
    assert [True] == await woken(host, right, dead)
    row = await row_of(host, right, dead)
    assert ("retrying", "its worker was lost") == (row["state"], row["error"])
    with working(settings):
        row = await ended(host, right, dead)
    assert ("succeeded", 2) == (row["state"], row["attempts"])


async def test_what_waits_behind_other_messages_is_not_overdue(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    space = spaces[0]
    first, second = [await asked_by_us(host, space, "chores.note", text=f"{each}") for each in range(2)]
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", second)
        # Longer overdue than what other tests have left behind: so many are brought again at once, the oldest first.
        await transaction.execute("UPDATE job SET wake_at = now() - interval '100 years'")
    assert [True, False] == await woken(host, space, first, second)
    # In all spaces: other tests have left messages, too.
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        await owner.execute("TRUNCATE homeroom.job_queue")
    finally:
        await owner.close()
    assert [True, True] == await woken(host, space, first, second)


async def test_a_job_whose_message_is_removed_while_it_is_brought_again_waits_no_longer(
    host: Host, spaces: list[Space]
) -> None:
    """A worker that saw the job running removes the old message only after the job was taken for lost."""
    space = spaces[0]
    asked = await asked_by_us(host, space, "chores.note", text="its worker was killed")
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("UPDATE homeroom.job_queue SET state = 'consumed' WHERE message_id = $1", asked)
        await transaction.execute("UPDATE job SET state = 'running', attempts = 1, wake_at = now()")
    assert [False] == await woken(host, space, asked)
    assert "retrying" == (await row_of(host, space, asked))["state"]
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
        await transaction.execute("UPDATE job SET wake_at = wake_at - interval '1 minute'")
    assert [True] == await woken(host, space, asked)
    async with host.database.transaction(space.id) as transaction:  # what has a message is left alone for longer
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
        await transaction.execute("UPDATE job SET wake_at = wake_at - interval '1 minute'")
    assert [False] == await woken(host, space, asked)


async def test_nobody_begins_what_has_begun(host: Host, spaces: list[Space]) -> None:
    """Between its beginning and its effect nothing holds a job but its state."""
    space = spaces[0]
    asked = await asked_by_us(host, space, "chores.note", text="once")
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("UPDATE job SET state = 'running', attempts = 1 WHERE id = $1", asked)
    runner = JobRunner(host)
    await runner.run_in_turn(space.id, asked)
    await runner.run(space.id, asked)
    row = await row_of(host, space, asked)
    assert ("running", 1) == (row["state"], row["attempts"])
    assert [] == ran_in(*spaces)
