"""Jobs that failed stay until somebody decides, and only those who may decide do."""

from __future__ import annotations

from uuid import UUID

import pytest
from chores.asking import PASSWORD, asked_by_us, ended, member, row_of
from chores.plugin import ask

from homeroom.app import create_app
from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.errors import Forbidden, Refusal
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.worker.commands import discard_jobs, retry_jobs

JOBS = "{ jobs { nodes { id name state attempts error result progressDone login } totalCount } }"


async def failed(host: Host, space: Space) -> UUID:
    """A job that has failed for good."""
    asked = await asked_by_us(host, space, "chores.refuse")
    async with host.database.transaction(space.id) as transaction:
        await transaction.execute("UPDATE job SET state = 'failed', error = 'closed' WHERE id = $1", asked)
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", asked)
    return asked


@pytest.mark.usefixtures("worker")
async def test_one_that_failed_is_tried_again_from_the_first_attempt_on(host: Host, spaces: list[Space]) -> None:
    asked = await asked_by_us(host, spaces[0], "chores.stumble", until=4)
    assert ("failed", 3) == ((row := await ended(host, spaces[0], asked))["state"], row["attempts"])
    admin = await member(host, spaces[0], "admin")
    assert [asked] == await host.execute(admin, retry_jobs, jobs=[asked], reason="mended")
    row = await ended(host, spaces[0], asked)
    assert ("succeeded", 1, "mended") == (row["state"], row["attempts"], row["decision_reason"])
    async with host.database.transaction(spaces[0].id) as transaction:
        entry = await transaction.fetchrow("SELECT login, reason FROM audit_entry WHERE command = 'jobs.job.retry'")
    assert (admin.login, "mended") == tuple(entry or ())


async def test_one_is_discarded_and_then_decided(host: Host, spaces: list[Space]) -> None:
    asked = await failed(host, spaces[0])
    admin = await member(host, spaces[0], "admin")
    await host.execute(admin, discard_jobs, jobs=[asked], reason="too late")
    assert "discarded" == (await row_of(host, spaces[0], asked))["state"]
    with pytest.raises(Refusal) as refused:
        await host.execute(admin, retry_jobs, jobs=[asked])
    assert [("JOB_NOT_FAILED", "jobs", 0)] == [(each.code, each.field, each.row) for each in refused.value.problems]


async def test_who_may_decide(host: Host, spaces: list[Space]) -> None:
    asked = await failed(host, spaces[0])
    cook = await member(host, spaces[0], "cook")
    with pytest.raises(Forbidden):
        await host.execute(cook, retry_jobs, jobs=[asked])
    elsewhere = await member(host, spaces[1], "admin")
    with pytest.raises(Refusal):
        await host.execute(elsewhere, retry_jobs, jobs=[asked])
    assert "failed" == (await row_of(host, spaces[0], asked))["state"]


@pytest.mark.usefixtures("worker")
async def test_everybody_sees_the_own_jobs_and_the_office_all(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    ours = await asked_by_us(host, spaces[0], "chores.note", text="ours")
    other = await asked_by_us(host, spaces[1], "chores.note", text="theirs")
    cook = await member(host, spaces[0], "cook", person=new_id())
    own = await host.execute(cook, ask, job="chores.note", arguments={"text": "own"})
    for space, each in ((spaces[0], ours), (spaces[1], other), (spaces[0], own)):
        await ended(host, space, each)
    admin = await member(host, spaces[0], "admin")
    app = create_app(host)
    seen = {}
    for who in (cook, admin):
        client = await Client(app, spaces[0], settings).sign_in(who.login, PASSWORD)
        seen[who.login] = (await client.gql(JOBS))["jobs"]["nodes"]
    (mine,) = seen[cook.login]
    assert (f"Job_{own}", "SUCCEEDED", 1, {"letters": 3}, None) == tuple(
        mine[each] for each in ("id", "state", "attempts", "result", "error")
    )
    assert {f"Job_{own}", f"Job_{ours}"} == {each["id"] for each in seen[admin.login]}
