"""``homeroom jobs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from homeroom.errors import Refusal
from homeroom.refusals import NOT_FOUND
from homeroom.worker.refusals import ARGUMENTS_NOT_JSON, ARGUMENTS_NOT_OBJECT
from homeroom.worker.states import JobState

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.host import Host

__all__ = ["COMMANDS", "jobs"]

_LIST = """
SELECT id, name, state, attempts, login, enqueued_at, error, progress_done, progress_total FROM job
WHERE ($1::text[] IS NULL OR state = ANY($1)) ORDER BY enqueued_at DESC LIMIT $2
"""
_SHOWN: Final = (
    "name", "state", "login", "arguments", "attempts", "error", "progress_done", "progress_total", "progress_message",
    "result", "decision_reason", "enqueued_at", "started_at", "finished_at",
)  # fmt: skip


@click.group("jobs")
def jobs() -> None:
    """What runs in the background."""


@jobs.command("list")
@click.argument("school")
@click.option("--state", "states", multiple=True, type=click.Choice([each.value for each in JobState]))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_jobs(school: str, states: tuple[str, ...], limit: int) -> None:
    """The latest jobs of a school, one a line: id, state, name, attempts, who asked, when, and what is wrong."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id, read_only=True) as transaction:
            rows = await transaction.fetch(_LIST, list(states) or None, limit)
        for row in rows:
            state = row["state"]
            if state == "running" and row["progress_done"] is not None:
                state += f" {row['progress_done']}/{row['progress_total'] or '?'}"
            asked = row["enqueued_at"].astimezone(space.time_zone).isoformat(timespec="seconds")
            values = (row["id"], state, row["name"], row["attempts"], row["login"], asked, row["error"] or "")
            click.echo("\t".join(map(str, values)).rstrip("\t"))

    run_with_host(work)


@jobs.command("show")
@click.argument("school")
@click.argument("job", type=click.UUID)
def show(school: str, job: UUID) -> None:
    """All that is known of one job."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id, read_only=True) as transaction:
            row = await transaction.fetchrow(f"SELECT {', '.join(_SHOWN)} FROM job WHERE id = $1", job)
        if row is None:
            raise Refusal(NOT_FOUND, "job")
        for name in _SHOWN:
            if row[name] is not None:
                click.echo(f"{name.replace('_', ' ')}: {row[name]}")

    run_with_host(work)


@jobs.command("run")
@click.argument("school")
@click.argument("name")
@click.option("--input", "given", default="{}", help="The arguments of the job, a JSON object.")
@click.option("--queue", is_flag=True, help="Leave it to a worker, and print the id of the job.")
def run(school: str, name: str, given: str, queue: bool) -> None:
    """Run the job NAME in a school now, with the permission of the installation.

    Prints the progress and the result. The exit code is 0 if the job succeeds, else 1. If a worker takes the job first,
    its progress is printed. A job that also runs by the calendar keeps its dates.
    """
    import json

    from homeroom.cli.runtime import run_with_host
    from homeroom.worker.foreground import enqueued, followed

    try:
        arguments = json.loads(given)
    except ValueError as error:
        raise Refusal(ARGUMENTS_NOT_JSON, "input", detail=str(error)) from None
    if not isinstance(arguments, dict):
        raise Refusal(ARGUMENTS_NOT_OBJECT, "input")

    async def work(host: Host) -> bool:
        space = await host.directory.space(school)
        job = await enqueued(host, space, name, arguments)
        if queue:
            click.echo(job)
            return True
        return await followed(host, space, job, click.echo)

    if not run_with_host(work):
        raise SystemExit(1)


@jobs.command("retry")
@click.argument("school")
@click.argument("job", type=click.UUID, nargs=-1, required=True)
@click.option("--reason", help="For the audit.")
def retry(school: str, job: tuple[UUID, ...], reason: str | None) -> None:
    """Try jobs that failed once more."""
    from homeroom.worker.commands import retry_jobs

    _decide(school, retry_jobs, jobs=list(job), reason=reason)
    click.echo(f"{len(job)} queued")


@jobs.command("discard")
@click.argument("school")
@click.argument("job", type=click.UUID, nargs=-1, required=True)
@click.option("--reason", required=True, help="For the audit.")
def discard(school: str, job: tuple[UUID, ...], reason: str) -> None:
    """Decide that jobs which failed shall not be tried again."""
    from homeroom.worker.commands import discard_jobs

    _decide(school, discard_jobs, jobs=list(job), reason=reason)
    click.echo(f"{len(job)} discarded")


def _decide(school: str, command: Command, **arguments: Any) -> None:
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        await host.execute(host.system_caller(space), command, **arguments)

    run_with_host(work)


COMMANDS = (jobs,)
