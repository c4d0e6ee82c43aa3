"""What commands need to run: the settings, a database that answers, a host on an event loop.

The database and the host are imported when a command needs them: ``--help`` needs neither.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import click

from homeroom.errors import ConfigurationError
from homeroom.settings import Settings

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.plugins import PluginRegistry

__all__ = ["open_database", "run_with_host", "supervising"]

Answer = TypeVar("Answer")


logger = logging.getLogger(__name__)


@contextlib.contextmanager
def open_database(
    settings: Settings | None = None, *, wait: bool = True, registry: PluginRegistry | None = None
) -> Iterator[Settings]:
    """A database that answers, for the block: the external one of the settings, or the embedded one.

    The embedded one is started if it does not run, brought up to date, and stopped again if nobody else of
    this account uses it. An external one is migrated by ``homeroom migrate`` alone.

    Args:
        settings: By default those of the environment.
        wait: Whether the block needs a database that answers now. Processes that open their host when the database
            answers do not; an external one that is unavailable is then logged.
        registry: The plugins; by default all that are installed.

    Raises:
        ConfigurationError: The external database is unavailable or not migrated, or another node signs with another
            key.

    Yields:
        The settings with the database's URLs and its key.
    """
    from homeroom.boot import migrate_database, refuse_unready
    from homeroom.database.providers import DatabaseAwayError, EmbeddedProvider, choose_provider

    settings = settings or Settings.load()
    provider = choose_provider(settings)
    try:
        access = provider.start()
    except DatabaseAwayError as error:
        if wait:
            raise
        logger.warning("%s; the processes wait for it", error)
        yield settings
        return
    try:
        complete = access.apply(settings)
        if isinstance(provider, EmbeddedProvider):
            asyncio.run(migrate_database(complete, registry))
        else:
            asyncio.run(refuse_unready(complete, registry))
        yield complete
    finally:
        provider.stop()


def run_with_host(work: Callable[[Host], Awaitable[Answer]], settings: Settings | None = None) -> Answer:
    """Run a coroutine function with an open host; for commands of the command line.

    Args:
        work: Gets the host.
        settings: By default those of the environment.

    Returns:
        What it returned.
    """

    from homeroom.boot import build_host
    from homeroom.plugins import PluginRegistry

    registry = PluginRegistry.discover()

    async def with_host(complete: Settings) -> Answer:
        host = build_host(complete, registry)
        await host.open()
        try:
            return await work(host)
        finally:
            await host.close()

    with open_database(settings, registry=registry) as complete:
        return asyncio.run(with_host(complete))


class Supervision:
    """What the first process of servers or workers says: log lines where programs read them, or words for a person.

    Args:
        settings: With the form of the logs.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._json = settings.log_format == "json"

    def say(self, message: str, hint: str = "") -> None:
        """Say how far it is.

        Args:
            message: For logs and people.
            hint: What only a person at a terminal wants to know besides.
        """
        if self._json:
            logger.info(message)
        else:
            click.echo(message + hint)


@contextlib.contextmanager
def supervising() -> Iterator[Supervision]:
    """A block that starts other processes and ends on a signal, or when one of them ends.

    Raises:
        click.ClickException: One ended that should not; where programs read the logs, it is a line there.
    """
    from homeroom.logs import configure_logs
    from homeroom.processes import ChildEnded, interruptible

    supervision = Supervision(Settings.load())
    configure_logs(supervision.settings)
    try:
        with interruptible():
            yield supervision
    except KeyboardInterrupt:
        supervision.say("stopped")
    except (ChildEnded, TimeoutError, ConfigurationError) as error:
        if supervision.settings.log_format == "json":
            logger.critical("%s", error)
            raise SystemExit(1) from None
        if isinstance(error, ConfigurationError):
            raise
        raise click.ClickException(str(error)) from None
