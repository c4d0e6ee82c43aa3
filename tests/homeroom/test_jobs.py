"""Jobs: there with the command's commit or not at all, run as whoever asked, tried again, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import dramatiq
import pytest

from homeroom import Command, Context, Invalid, Job, Plugin, Preset, Rule, command, hookimpl, job
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Caller, Space
from homeroom.database.ids import new_id
from homeroom.database.providers import throwaway
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.worker.process import WorkerProcess
from homeroom.worker.queue import QUEUE

RAN: list[tuple[str, str, str]] = []


@job("chores.note")
async def note(context: Context, *, text: str) -> None:
    """Note something down."""
    RAN.append((context.space.slug, context.caller.login, text))


@job("chores.stumble", attempts=3)
async def stumble(context: Context, *, until: int) -> None:
    """Fail until it was tried so often."""
    RAN.append((context.space.slug, context.caller.via, "stumbled"))
    if len([each for each in RAN if each[2] == "stumbled"]) < until:
        raise RuntimeError("with a secret in it")


@job("chores.refuse")
async def refuse(context: Context) -> None:
    """Refuse, for a reason that no other attempt changes."""
    RAN.append((context.space.slug, context.caller.login, "refused"))
    raise Invalid("the shop is closed", field="shop")


@job("chores.dawdle", attempts=1, time_limit=1)
async def dawdle(context: Context) -> None:
    """Take too long."""
    await asyncio.sleep(60)


JOBS = {each.name: each for each in (note, stumble, refuse, dawdle)}


@command("chores.ask")
async def ask(context: Context, *, job: str, arguments: dict[str, Any], regret: bool = False) -> UUID:
    """Ask for a job, and perhaps think better of it."""
    asked = await context.enqueue(JOBS[job], **arguments)
    if regret:
        raise Invalid("never mind", field="regret")
    return asked


class ChoresPlugin(Plugin):
    """A plugin that has jobs, and nothing to do with schools."""

    name = "chores"
    title = "Chores"

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [ask]

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        return list(JOBS.values())

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("cook", "chores.*", "run"), Rule("eater", "chores.ask", "run")]

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        return {"cook": "Cook", "eater": "Eater"}

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return [Preset("kitchen", "Kitchen", ("chores",), "UTC", "en")]


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """An installation on an empty database."""
    with throwaway() as access:
        yield access.apply(Settings(job_threads=2, stop_timeout=5.0))


@pytest.fixture(scope="module")
async def host(settings: Settings) -> AsyncIterator[Host]:
    """A host with the plugin."""
    registry = PluginRegistry.discover([ChoresPlugin()])
    await migrate_database(settings, registry)
    made = build_host(settings, registry)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def spaces(host: Host) -> list[Space]:
    """Two spaces."""
    RAN.clear()
    stem = new_id().hex[-12:]
    return [
        await host.directory.create_space(slug=f"{name}-{stem}", name=name, region="kitchen")
        for name in ("left", "right")
    ]


@pytest.fixture
def worker(settings: Settings, host: Host) -> Iterator[None]:
    """A worker with a host of its own, as another process has."""
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        yield


async def member(host: Host, space: Space, role: str) -> Caller:
    """Somebody new with a role."""
    account = await host.directory.create_account(
        login=f"{new_id().hex}@example.org", name="A cook", password="a long enough password"
    )
    await host.directory.add_member(space.id, account, roles=[role])
    return await host.directory.caller(space.id, account)


async def row_of(host: Host, space: Space, job_id: UUID) -> dict[str, Any]:
    """The record of a job."""
    async with host.database.transaction(space.id) as transaction:
        found = await transaction.fetchrow("SELECT * FROM job WHERE id = $1", job_id)
        return dict(found) if found else {}


async def ended(host: Host, space: Space, job_id: UUID) -> dict[str, Any]:
    """The record of a job when it has ended."""
    row: dict[str, Any] = {}
    for _ in range(300):
        row = await row_of(host, space, job_id)
        if row["state"] in ("succeeded", "failed"):
            return row
        await asyncio.sleep(0.05)
    raise AssertionError(f"it has not ended: {row}")


async def waiting(host: Host, space: Space) -> int:
    """How many messages there are."""
    async with host.database.transaction(space.id) as transaction:
        return int(await transaction.fetchval("SELECT count(*) FROM homeroom.job_queue WHERE state <> 'rejected'"))


@pytest.mark.usefixtures("worker")
async def test_a_job_runs_in_its_space_as_whoever_asked(host: Host, spaces: list[Space]) -> None:
    cook = await member(host, spaces[0], "cook")
    asked = await host.execute(cook, ask, job="chores.note", arguments={"text": "milk"})
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 1, None) == (row["state"], row["attempts"], row["error"])
    assert [(spaces[0].slug, cook.login, "milk")] == RAN
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
    assert ("failed", "you may not do this here: chores.note") == (row["state"], row["error"])
    assert [] == RAN


@pytest.mark.usefixtures("worker")
async def test_what_may_mend_is_tried_again(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.stumble", arguments={"until": 2})
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 2, None) == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_it_is_given_up_in_the_end_and_the_cause_stays_in_the_log(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.stumble", arguments={"until": 99})
    row = await ended(host, spaces[0], asked)
    assert ("failed", 3, "internal error (RuntimeError)") == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_a_refusal_is_final_and_told(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.refuse", arguments={})
    row = await ended(host, spaces[0], asked)
    assert ("failed", 1, "the shop is closed") == (row["state"], row["attempts"], row["error"])


@pytest.mark.usefixtures("worker")
async def test_one_that_takes_too_long_is_ended(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.dawdle", arguments={})
    row = await ended(host, spaces[0], asked)
    assert "failed" == row["state"]
    assert row["error"].startswith("took longer than 1 s")


async def test_one_that_kills_its_workers_is_given_up(settings: Settings, host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "fuse"})
    async with host.database.transaction(spaces[0].id) as transaction:
        await transaction.execute("UPDATE job SET attempts = $2, state = 'running' WHERE id = $1", asked, note.attempts)
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        row = await ended(host, spaces[0], asked)
    assert ("failed", f"gave up after {note.attempts} attempts") == (row["state"], row["error"])
    assert [] == RAN


async def test_a_message_of_another_space_opens_nothing(settings: Settings, host: Host, spaces: list[Space]) -> None:
    """Whoever can write into the queue still cannot run a job of one space in another, or one without a space."""
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "key"})
    async with host.database.transaction(spaces[0].id) as transaction:
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
        for arguments in ((str(spaces[1].id), str(asked)), ("nowhere", str(asked)), ()):
            forged: dramatiq.Message[None] = dramatiq.Message(
                queue_name=QUEUE, actor_name="run_job", args=arguments, kwargs={}, options={}, message_id=str(new_id())
            )
            await transaction.execute(
                "INSERT INTO homeroom.job_queue (queue_name, message_id, state, message)"
                " VALUES ($1, $2, 'queued', $3::jsonb)",
                QUEUE,
                UUID(forged.message_id),
                forged.encode().decode(),
            )
    registry = PluginRegistry.discover([ChoresPlugin()])
    with WorkerProcess(settings, build_host(settings, registry)):
        honest = await host.execute(host.system_caller(spaces[1]), ask, job="chores.note", arguments={"text": "after"})
        await ended(host, spaces[1], honest)
    assert [(spaces[1].slug, "system", "after")] == RAN
    assert "queued" == (await row_of(host, spaces[0], asked))["state"]


async def test_a_space_sees_its_own_jobs_alone(host: Host, spaces: list[Space]) -> None:
    asked = await host.execute(host.system_caller(spaces[0]), ask, job="chores.note", arguments={"text": "tea"})
    assert {} == await row_of(host, spaces[1], asked)
