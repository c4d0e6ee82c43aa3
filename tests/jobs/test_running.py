"""Jobs: there with the command's commit or not at all, run as the person who asked, tried again, and never twice."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import dramatiq
import pytest
from chores.asking import asked_by_us, ended, member, ran_in, row_of
from chores.plugin import GO_ON, ChoresPlugin, ask, note

from homeroom import Context, job
from homeroom.boot import build_host
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError, Refusal
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess
from homeroom.worker.queue import QUEUE


async def waiting(host: Host, space: Space) -> int:
    """How many messages there are."""
    async with host.database.transaction(space.id) as transaction:
        return int(await transaction.fetchval("SELECT count(*) FROM homeroom.job_queue WHERE state <> 'rejected'"))


@pytest.mark.usefixtures("worker")
async def test_a_job_runs_in_its_space_as_the_person_who_asked(host: Host, spaces: list[Space]) -> None:
    cook = await member(host, spaces[0], "cook")
    asked = await host.execute(cook, ask, job="chores.note", arguments={"text": "milk"})
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 1, None) == (row["state"], row["attempts"], row["error"])
    assert [(spaces[0].slug, cook.login, "milk")] == ran_in(*spaces)
    async with host.database.transaction(spaces[0].id) as transaction:
        entries = await transaction.fetch("SELECT login, via FROM audit_entry WHERE command = 'chores.note'")
    assert [(cook.login, "job")] == [tuple(each) for each in entries]


@pytest.mark.usefixtures("worker")
async def test_the_installation_itself_may_ask(host: Host, spaces: list[Space]) -> None:
    caller = host.system_caller(spaces[1])
    asked = await host.execute(caller, ask, job="chores.note", arguments={"text": "bread"})
    assert "succeeded" == (await ended(host, spaces[1], asked))["state"]


async def test_a_refused_command_leaves_no_job(host: Host, spaces: list[Space]) -> None:
    before = await waiting(host, spaces[0])
    with pytest.raises(Refusal):
        await host.execute(
            host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "salt"}, regret=True
        )
    assert before == await waiting(host, spaces[0])
    async with host.database.transaction(spaces[0].id) as transaction:
        assert 0 == await transaction.fetchval("SELECT count(*) FROM job")


async def test_the_right_is_checked_again_when_it_runs(settings: Settings, host: Host, spaces: list[Space]) -> None:
    cook = await member(host, spaces[0], "cook")
    asked = await host.execute(cook, ask, job="chores.note", arguments={"text": "eggs"})
    assert cook.account is not None
    await host.directory.add_member(spaces[0].id, cook.account, roles=["eater"])
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        row = await ended(host, spaces[0], asked)
    assert ("forbidden", "You do not have the permission chores.note.") == (row["state"], row["error"])
    assert [] == ran_in(*spaces)


@pytest.mark.usefixtures("worker")
async def test_what_may_mend_is_tried_again(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.stumble", arguments={"until": 2})
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 2, None) == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_it_is_given_up_in_the_end_and_the_cause_stays_in_the_log(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.stumble", arguments={"until": 99})
    row = await ended(host, spaces[0], asked)
    assert ("failed", 3, "An internal error occurred (RuntimeError).") == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_a_refusal_is_final_and_reported(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.refuse", arguments={})
    row = await ended(host, spaces[0], asked)
    assert ("failed", 1, "the shop is closed") == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_one_that_cannot_go_now_is_tried_again_and_says_why(host: Host, spaces: list[Space]) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.queue")
    row = await ended(host, spaces[0], asked)
    assert ("failed", 2, "the queue is too long") == (row["state"], row["attempts"], row["error"])
    assert ["queued up"] * 2 == [each[2] for each in ran_in(spaces[0])]


@pytest.mark.usefixtures("worker")
async def test_one_that_takes_too_long_is_ended(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.dawdle", arguments={})
    row = await ended(host, spaces[0], asked)
    assert "failed" == row["state"]
    assert row["error"].startswith("The job took longer than 1 s")


async def test_one_that_kills_its_workers_is_given_up(settings: Settings, host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "fuse"})
    async with host.database.transaction(spaces[0].id) as transaction:
        await transaction.execute(
            "UPDATE job SET attempts = $2, state = 'running', wake_at = now() WHERE id = $1", asked, note.attempts
        )
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        row = await ended(host, spaces[0], asked)
    assert "failed" == row["state"]
    assert note.attempts == row["attempts"]
    assert row["error"].startswith(f"The job was given up after {note.attempts} attempts")
    assert [] == ran_in(*spaces)


async def test_a_message_of_another_space_opens_nothing(settings: Settings, host: Host, spaces: list[Space]) -> None:
    """Anyone who can write into the queue still cannot run a job of one space in another, or one without a space."""
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "key"})
    async with host.database.transaction(spaces[0].id) as transaction:
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
        # Else it would come in its turn, and in its own space.
        await transaction.execute("UPDATE job SET state = 'retrying'")
    put = "INSERT INTO homeroom.job_queue (queue_name, message_id, state, message) VALUES ($1, $2, 'queued', $3::jsonb)"
    owner = await asyncpg.connect(settings.owner_database_url)
    for arguments in ((str(spaces[1].id), str(asked)), ("nowhere", str(asked)), ()):
        forged: dramatiq.Message[None] = dramatiq.Message(
            queue_name=QUEUE, actor_name="run_job", args=arguments, kwargs={}, options={}, message_id=str(new_id())
        )
        values = (QUEUE, UUID(forged.message_id), forged.encode().decode())
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # the queue's own wall
            async with host.database.transaction(spaces[0].id) as transaction:
                await transaction.execute(put, *values)
        await owner.execute(put, *values)
    await owner.close()
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        honest = await host.execute(host.system_caller(spaces[1]), ask, job="chores.note", arguments={"text": "after"})
        await ended(host, spaces[1], honest)
    assert [(spaces[1].slug, "system", "after")] == ran_in(*spaces)
    assert "retrying" == (await row_of(host, spaces[0], asked))["state"]


async def test_a_space_sees_its_own_jobs_alone(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "tea"})
    assert {} == await row_of(host, spaces[1], asked)


def test_a_job_that_is_not_async_is_refused_when_it_is_declared() -> None:
    def plain(context: Context) -> None:
        """Calculate."""

    with pytest.raises(ConfigurationError, match=r"job chores\.plain: .*plain must be async"):
        job("chores.plain")(plain)


@pytest.mark.usefixtures("worker")
async def test_progress_is_seen_while_it_runs(host: Host, spaces: list[Space]) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.count")
    row = await row_of(host, spaces[0], asked)
    while row["progress_done"] is None:
        assert row["state"] in ("queued", "running")
        row = await row_of(host, spaces[0], asked)
    assert ("running", 2, 3, "two") == tuple(
        row[each] for each in ("state", "progress_done", "progress_total", "progress_message")
    )
    GO_ON.set()
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 3, "three") == tuple(row[each] for each in ("state", "progress_done", "progress_message"))


@pytest.mark.usefixtures("worker")
async def test_an_effect_that_several_could_have_happens_once_in_each_space(host: Host, spaces: list[Space]) -> None:
    asked = [(space, await asked_by_us(host, space, "chores.pay", bill="rent")) for space in (*spaces, *spaces)]
    results = [(await ended(host, *each))["result"] for each in asked]
    assert ["false", "false", "true", "true"] == sorted(results)
    assert sorted((space.slug, "system", "paid rent") for space in spaces) == sorted(ran_in(*spaces))


@pytest.mark.usefixtures("worker")
async def test_a_job_whose_message_was_lost_is_brought_again(host: Host, spaces: list[Space]) -> None:
    async with host.database.transaction(spaces[0].id) as transaction:
        asked = await asked_by_us(host, spaces[0], "chores.note", text="lost")
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
        await transaction.execute("UPDATE job SET wake_at = now() - interval '1 s' WHERE id = $1", asked)
    assert "succeeded" == (await ended(host, spaces[0], asked))["state"]


async def test_a_message_that_comes_twice_runs_nothing_twice(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.count")
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        while (await row_of(host, spaces[0], asked))["progress_done"] is None:
            pass
        async with host.database.transaction(spaces[0].id) as transaction:
            await host.queue.again(transaction, [asked])
        other = await asked_by_us(host, spaces[0], "chores.note", text="after")
        await ended(host, spaces[0], other)
        GO_ON.set()
        row = await ended(host, spaces[0], asked)
    assert ("succeeded", 1) == (row["state"], row["attempts"])
