"""Putting an installation together from its settings: the one place that knows all parts of the kernel."""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from homeroom.collector import collect_rarely
from homeroom.database.catalogue import refuse_faults
from homeroom.database.dated import add_period_constraints
from homeroom.database.declarations import declared_tables
from homeroom.database.engine import Database
from homeroom.database.keys import Keys
from homeroom.database.migrations import AppliedMigration, Schema, migrate
from homeroom.database.readiness import check_readiness
from homeroom.database.walls import ContextSigner
from homeroom.errors import ConfigurationError
from homeroom.hooks import Hooks
from homeroom.host import Host
from homeroom.plugins import KERNEL, PluginRegistry
from homeroom.settings import Settings, SettingsError
from homeroom.worker.queue import PostgresQueue

if TYPE_CHECKING:
    from litestar.types import ASGIApp

__all__ = [
    "application",
    "build_host",
    "check_database",
    "closed_host",
    "context_key",
    "keys_of",
    "migrate_database",
    "refuse_unready",
]

logger = logging.getLogger(__name__)


def build_host(settings: Settings, registry: PluginRegistry | None = None) -> Host:
    """The host of one process, not yet open.

    Args:
        settings: With the application's database URL and the secret key; see
            :meth:`homeroom.database.providers.DatabaseAccess.apply` for those of the embedded server.
        registry: The plugins; by default all that are installed.

    Raises:
        SettingsError: A setting that the host needs is not set.
        ConfigurationError: The plugins do not fit together.
    """
    if settings.database_url is None:
        raise SettingsError("HOMEROOM_DATABASE_URL", "unset")
    database = Database(
        settings.database_url,
        ContextSigner(context_key(settings)),
        pool_size=settings.database_pool,
        read_seconds=settings.read_seconds,
        statement_seconds=settings.statement_seconds,
    )
    return Host(registry or PluginRegistry.discover(), database, PostgresQueue(), settings=settings)


def closed_host(registry: PluginRegistry, *, check_texts: bool = True) -> Host:
    """A host that assembles what the plugins contribute, and checks it. It has no database and is never opened.

    Args:
        registry: The plugins.
        check_texts: Whether a plugin whose translations are incomplete or wrong is quarantined.
    """
    return Host(registry, Database("", ContextSigner(bytes(32))), PostgresQueue(), check_texts=check_texts)


def context_key(settings: Settings) -> bytes:
    """The key of the signed context. Raises SettingsError if it is not set."""
    if settings.secret_key is None:
        raise SettingsError("HOMEROOM_SECRET_KEY", "unset; every node of the installation needs the same one")
    return settings.secret_key.encode()


def keys_of(settings: Settings) -> Keys:
    """The key of the signed context, and the previous one while it is being changed."""
    previous = settings.previous_secret_key
    return Keys(context_key(settings), None if previous is None else previous.encode())


async def migrate_database(
    settings: Settings, registry: PluginRegistry | None = None, *, check: bool = True
) -> list[AppliedMigration]:
    """Bring the tables of all plugins up to date, as the owner.

    A plugin whose migration fails is quarantined in the registry, and those that require it; nothing of the failed
    migration stays, and the other plugins' run. One of the host's own that fails ends it all.

    Args:
        settings: With both database URLs and the secret key.
        registry: The plugins; by default all that are installed.
        check: Whether to look at the finished database; not while its next migration is being written.

    Returns:
        What ran now, in order.

    Raises:
        ConfigurationError: A migration of the host itself fails; those before it stay.
        WallError: The finished database has a table without the walls, or one that differs from its declaration.
    """
    owner_url, role = _owner_and_role(settings)
    registry = registry or PluginRegistry.discover()
    keys = keys_of(settings)
    applied = await migrate(
        owner_url,
        role,
        keys.current,
        registry.migration_packages(),
        previous_key=keys.previous,
        adopted=registry.adopted_tables(),
        failed=functools.partial(_leave_out, registry),
        finish=functools.partial(_bound_periods, registry),
        settle=functools.partial(_settle_declarations, registry),
    )
    if check:
        await check_database(settings, registry)
    return applied


async def _bound_periods(registry: PluginRegistry, connection: Any) -> None:
    """Make the constraints of dated rows that the plugins' tables declare."""
    for plugin in registry.in_order():
        if plugin.migrations is not None:
            await add_period_constraints(connection, declared_tables(plugin))


async def _settle_declarations(registry: PluginRegistry, schema: Schema) -> None:
    """Bring what plugins declare to the spaces that have them."""
    hooks = Hooks(registry)
    await hooks.each("declarations_changed", schema=schema, hooks=hooks)


async def check_database(settings: Settings, registry: PluginRegistry) -> None:
    """Look at every table of a migrated database, as the owner.

    Args:
        settings: With both database URLs.
        registry: The plugins.

    Raises:
        WallError: A table lacks a wall, or differs from its declaration.
    """
    owner_url, role = _owner_and_role(settings)
    await refuse_faults(owner_url, registry, role)


def _owner_and_role(settings: Settings) -> tuple[str, str]:
    """The owner's URL, and the name of the application's role."""
    if settings.owner_database_url is None:
        raise SettingsError("HOMEROOM_OWNER_DATABASE_URL", "unset; migrations run as the owner of the tables")
    if settings.database_url is None:
        raise SettingsError("HOMEROOM_DATABASE_URL", "unset; migrations grant rights to its role")
    role = urlsplit(settings.database_url).username
    if not role:
        raise SettingsError("HOMEROOM_DATABASE_URL", "names no role; expected postgresql://role:password@...")
    return settings.owner_database_url, unquote(role)


def _leave_out(registry: PluginRegistry, plugin: str, fault: str) -> set[str]:
    if plugin == KERNEL or plugin in registry.host_parts():
        raise ConfigurationError(f"{plugin}: {fault}")
    before = set(registry.plugins)
    registry.remove(plugin, fault)
    return before - set(registry.plugins)


async def refuse_unready(settings: Settings, registry: PluginRegistry | None = None) -> None:
    """Make sure that this version, with this key, can work with the database.

    Args:
        settings: With the application's database URL and the secret key.
        registry: The plugins; by default all that are installed.

    Raises:
        ConfigurationError: Migrations of the host are missing, or the secret key is not the one that was stored.
    """
    if settings.database_url is None:
        raise SettingsError("HOMEROOM_DATABASE_URL", "unset")
    registry = registry or PluginRegistry.discover()
    await check_readiness(
        settings.database_url,
        ContextSigner(context_key(settings)),
        registry.migration_packages(),
        registry.host_parts(),
    )


def application() -> ASGIApp:
    """The ASGI application of a server's worker process; its settings come from the environment."""
    collect_rarely()
    from homeroom.app import create_app
    from homeroom.logs import configure_logs
    from homeroom.operation.observed import observed

    settings = Settings.load()
    configure_logs(settings)
    try:
        host = build_host(settings)
        return observed(create_app(host), host)
    except Exception:
        # A server would write the traceback as it is, between lines that programs read.
        logger.exception("this server process cannot start")
        raise SystemExit(1) from None
