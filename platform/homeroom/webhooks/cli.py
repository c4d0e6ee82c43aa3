"""``homeroom webhooks``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.host import Host

__all__ = ["COMMANDS", "webhooks"]

_ENDPOINTS: Final = """
SELECT id, state, url, events, login, disabled_reason FROM webhook_endpoint ORDER BY registered_at
"""
_DELIVERIES: Final = """
SELECT id, state, event, attempts, response_status, duration_ms, occurred_at, error FROM webhook_delivery
WHERE ($1::uuid IS NULL OR endpoint_id = $1) ORDER BY occurred_at DESC LIMIT $2
"""


@click.group("webhooks")
def webhooks() -> None:
    """Other systems that receive what is done in a school."""


@webhooks.command("register")
@click.argument("school")
@click.argument("url")
@click.argument("events", nargs=-1, required=True)
@click.option("--title", help="What it is for.")
def register(school: str, url: str, events: tuple[str, ...], title: str | None) -> None:
    """Register an address for the events of commands, such as gradebook.*; prints its id and, this once, the secret."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        from homeroom.webhooks.commands import register_webhook
        from homeroom.webhooks.keys import webhook_key
        from homeroom.webhooks.rules import secret_of

        space = await host.directory.space(school)
        caller = host.system_caller(space)
        made = await host.execute(caller, register_webhook, url=url, events=list(events), title=title)
        click.echo(f"{made}\t{secret_of(webhook_key(host), space.id, made, 1)}")

    run_with_host(work)


@webhooks.command("list")
@click.argument("school")
def list_endpoints(school: str) -> None:
    """The endpoints of a school, one a line: id, state, address, events, who registered it, why it is off."""
    _print(school, _ENDPOINTS)


@webhooks.command("deliveries")
@click.argument("school")
@click.option("--endpoint", type=click.UUID, help="Those of one endpoint.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_deliveries(school: str, endpoint: UUID | None, limit: int) -> None:
    """The latest deliveries, one a line: id, state, event, attempts, status, milliseconds, when, what is wrong."""
    _print(school, _DELIVERIES, endpoint, limit)


@webhooks.command("repeat")
@click.argument("school")
@click.argument("deliveries", nargs=-1, required=True, type=click.UUID)
def repeat(school: str, deliveries: tuple[UUID, ...]) -> None:
    """Deliver messages once more."""
    from homeroom.webhooks.commands import repeat_webhook_deliveries

    _run(school, repeat_webhook_deliveries, deliveries=list(deliveries))
    click.echo(f"{len(deliveries)} to be delivered")


@webhooks.command("change")
@click.argument("school")
@click.argument("endpoint", type=click.UUID)
@click.option("--url", help="Where messages go from now on.")
@click.option("--event", "events", multiple=True, help="All events that it receives; give one option for each.")
@click.option("--title", help="What it is for; an empty text clears it.")
@click.option("--no-document", is_flag=True, help="Send no answer to a query along any more.")
@click.option("--pause/--resume", "paused", default=None, help="Tell it nothing for a while, or something again.")
def change(
    school: str,
    endpoint: UUID,
    url: str | None,
    events: tuple[str, ...],
    title: str | None,
    no_document: bool,
    paused: bool | None,
) -> None:
    """Change an endpoint; what is not given stays."""
    from homeroom.webhooks.commands import change_webhook

    document = "" if no_document else None
    wanted = {"url": url, "events": list(events) or None, "title": title, "document": document, "paused": paused}
    _run(
        school,
        change_webhook,
        endpoint=endpoint,
        **{name: value for name, value in wanted.items() if value is not None},
    )
    click.echo("changed")


@webhooks.command("enable")
@click.argument("school")
@click.argument("endpoint", type=click.UUID)
def enable(school: str, endpoint: UUID) -> None:
    """Tell an endpoint again that was switched off or paused."""
    from homeroom.webhooks.commands import enable_webhook

    _run(school, enable_webhook, endpoint=endpoint)
    click.echo("active")


@webhooks.command("rotate")
@click.argument("school")
@click.argument("endpoint", type=click.UUID)
def rotate(school: str, endpoint: UUID) -> None:
    """Give an endpoint a new secret and print it, this once. For a day the one before signs as well."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        from homeroom.webhooks.commands import rotate_webhook_secret
        from homeroom.webhooks.keys import webhook_key
        from homeroom.webhooks.rules import secret_of

        space = await host.directory.space(school)
        await host.execute(host.system_caller(space), rotate_webhook_secret, endpoint=endpoint)
        async with host.database.transaction(space.id, read_only=True) as transaction:
            version = await transaction.fetchval("SELECT secret_version FROM webhook_endpoint WHERE id = $1", endpoint)
        click.echo(secret_of(webhook_key(host), space.id, endpoint, version))

    run_with_host(work)


@webhooks.command("remove")
@click.argument("school")
@click.argument("endpoint", type=click.UUID)
def remove(school: str, endpoint: UUID) -> None:
    """Tell an endpoint nothing any more."""
    from homeroom.webhooks.commands import remove_webhook

    _run(school, remove_webhook, endpoint=endpoint)
    click.echo("removed")


def _print(school: str, sql: str, *arguments: Any) -> None:
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id, read_only=True) as transaction:
            for row in await transaction.fetch(sql, *arguments):
                click.echo("\t".join(_shown(each) for each in row.values()).rstrip("\t"))

    run_with_host(work)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat(timespec="seconds"))
    return "" if value is None else str(value)


def _run(school: str, command: Command, **arguments: Any) -> None:
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        await host.execute(host.system_caller(space), command, **arguments)

    run_with_host(work)


COMMANDS = (webhooks,)
