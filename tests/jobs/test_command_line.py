"""``homeroom jobs``: what there is, what became of one, and what somebody decides."""

from __future__ import annotations

import asyncio
from uuid import UUID

import msgspec
import pytest
from chores.asking import asked_by_us, row_of
from chores.plugin import GO_ON

from homeroom.callers import Space
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.worker.foreground import enqueued, followed
from homeroom.worker.runner import JobRunner
from in_process import homeroom


def jobs(settings: Settings, *words: str) -> tuple[int, str]:
    """The command's exit code and what it said."""
    done = homeroom(msgspec.structs.replace(settings, owner_database_url=None).environment(), "jobs", *words)
    # A plugin that is slow to import, as on a busy machine, is named on stderr.
    return done.returncode, done.stdout or done.stderr


async def test_one_that_failed_is_found_looked_at_and_discarded(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    school, other = spaces
    await asked_by_us(host, school, "chores.note", text="waits")
    failed = await asked_by_us(host, school, "chores.refuse")
    async with host.database.transaction(school.id) as transaction:
        await transaction.execute("UPDATE job SET state = 'failed', error = 'closed' WHERE id = $1", failed)
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", failed)

    code, reported = jobs(settings, "list", school.slug, "--state", "failed")
    assert (0, [str(failed), "failed", "chores.refuse", "0", "system"]) == (code, reported.split("\t")[:5])
    assert reported.endswith("\tclosed\n")
    code, reported = jobs(settings, "show", school.slug, str(failed))
    assert (0, True) == (code, "error: closed\n" in reported)
    code, reported = jobs(settings, "show", other.slug, str(failed))
    assert (1, True) == (code, "field job: There is no such entry" in reported)
    code, reported = jobs(settings, "discard", school.slug, str(failed), "--reason", "too late")
    assert (0, "1 discarded\n") == (code, reported)
    assert "discarded" == (await row_of(host, school, failed))["state"]
    code, reported = jobs(settings, "retry", school.slug, str(failed))
    assert (1, True) == (code, "JOB_NOT_FAILED" in reported)


async def test_one_is_queued_by_name(settings: Settings, host: Host, spaces: list[Space]) -> None:
    school, _ = spaces
    code, reported = jobs(settings, "run", school.slug, "jobs.history.trim", "--queue")
    assert 0 == code, reported
    row = await row_of(host, school, UUID(reported.strip()))
    assert ("jobs.history.trim", "queued", "system") == (row["name"], row["state"], row["login"])
    code, reported = jobs(settings, "run", school.slug, "jobs.history.trim", "--input", '{"days": 1}')
    assert (1, True) == (code, "field days: The job jobs.history.trim does not take this argument." in reported)
    code, reported = jobs(settings, "run", school.slug, "jobs.history.trim")
    assert 0 == code, reported


async def test_one_runs_in_the_foreground_with_its_progress(host: Host, spaces: list[Space]) -> None:
    GO_ON.set()
    said: list[str] = []
    counted = await enqueued(host, spaces[0], "chores.count", {})
    assert await followed(host, spaces[0], counted, said.append)
    assert "3/3 three" == said[-1]
    noted = await enqueued(host, spaces[0], "chores.note", {"text": "milk"})
    assert await followed(host, spaces[0], noted, said.append)
    assert '{"letters": 4}' == said[-1]
    for name, ending in (
        ("chores.refuse", "failed: the shop is closed"),
        ("chores.queue", "retrying: the queue is too long"),
    ):
        job = await enqueued(host, spaces[0], name, {})
        assert not await followed(host, spaces[0], job, said.append)
        assert ending == said[-1]
    with pytest.raises(Refusal) as refused:
        await enqueued(host, spaces[0], "nothing.at.all", {})
    assert ("NOT_FOUND", "name") == (refused.value.problems[0].code, refused.value.problems[0].field)


async def test_one_that_a_worker_has_taken_is_followed(host: Host, spaces: list[Space]) -> None:
    said: list[str] = []
    job = await enqueued(host, spaces[0], "chores.count", {})
    elsewhere = asyncio.create_task(JobRunner(host).run(spaces[0].id, job))
    while "running" != (await row_of(host, spaces[0], job))["state"]:
        await asyncio.sleep(0.02)
    following = asyncio.create_task(followed(host, spaces[0], job, said.append))
    while "2/3 two" not in said:
        await asyncio.sleep(0.02)
    GO_ON.set()
    assert await following
    await elsewhere
    assert ["2/3 two", "3/3 three"] == said
