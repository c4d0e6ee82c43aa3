"""``homeroom jobs``: what there is, what became of one, and what somebody decides."""

from __future__ import annotations

import os
import subprocess
import sys
from uuid import UUID

import msgspec
import pytest
from chores.asking import asked_by_us, row_of

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.settings import Settings


def jobs(settings: Settings, *words: str) -> tuple[int, str]:
    """The command's exit code and what it said."""
    environment = os.environ | msgspec.structs.replace(settings, owner_database_url=None).environment()
    done = subprocess.run(
        [sys.executable, "-m", "homeroom.cli", "jobs", *words],
        env=environment, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
async def test_one_that_failed_is_found_looked_at_and_discarded(
    settings: Settings, host: Host, spaces: list[Space]
) -> None:
    school, other = spaces
    await asked_by_us(host, school, "chores.note", text="waits")
    failed = await asked_by_us(host, school, "chores.refuse")
    async with host.database.transaction(school.id) as transaction:
        await transaction.execute("UPDATE job SET state = 'failed', error = 'closed' WHERE id = $1", failed)
        await transaction.execute("DELETE FROM homeroom.job_queue WHERE message_id = $1", failed)

    code, told = jobs(settings, "list", school.slug, "--state", "failed")
    assert (0, [str(failed), "failed", "chores.refuse", "0", "system"]) == (code, told.split("\t")[:5])
    assert told.endswith("\tclosed\n")
    code, told = jobs(settings, "show", school.slug, str(failed))
    assert (0, True) == (code, "error: closed\n" in told)
    code, told = jobs(settings, "show", other.slug, str(failed))
    assert (1, True) == (code, "field job: There is no such entry" in told)
    code, told = jobs(settings, "discard", school.slug, str(failed), "--reason", "too late")
    assert (0, "1 discarded\n") == (code, told)
    assert "discarded" == (await row_of(host, school, failed))["state"]
    code, told = jobs(settings, "retry", school.slug, str(failed))
    assert (1, True) == (code, "JOB_NOT_FAILED" in told)


@pytest.mark.slow
async def test_one_is_queued_by_name(settings: Settings, host: Host, spaces: list[Space]) -> None:
    school, _ = spaces
    code, told = jobs(settings, "run", school.slug, "jobs.history.trim")
    assert 0 == code, told
    row = await row_of(host, school, UUID(told.strip()))
    assert ("jobs.history.trim", "queued", "system") == (row["name"], row["state"], row["login"])
    code, told = jobs(settings, "run", school.slug, "jobs.history.trim", "--arguments", '{"days": 1}')
    assert (1, True) == (code, "field days: The job jobs.history.trim does not take this argument." in told)
    code, told = jobs(settings, "run", school.slug, "nothing.at.all")
    assert (1, True) == (code, "This school has no job nothing.at.all." in told)
