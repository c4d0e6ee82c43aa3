"""Whether a database is ready for this version of the code, asked as the powerless role before anything starts.

Without it a forgotten migration would show as errors of single requests, and a wrong key as schools without rows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from homeroom.database.connection import UnverifiedContextError, connect
from homeroom.database.migrations import migration_modules
from homeroom.database.sql import within
from homeroom.database.walls import ContextSigner
from homeroom.errors import ConfigurationError
from homeroom.plugins import KERNEL

__all__ = ["KEY_HOLDS", "NO_SPACE", "applied_migrations", "check_readiness", "unready"]

#: Any space will do to prove the key; this one cannot exist (RFC 9562, 5.9: the nil UUID).
NO_SPACE = UUID(int=0)
#: Fails unless the database accepts our signature.
KEY_HOLDS = within("$1", "homeroom.space()")
_APPLIED = "SELECT coalesce(array_agg(plugin || ' ' || name), '{}') FROM homeroom.applied_migrations()"


async def applied_migrations(ask: Callable[[str], Awaitable[Any]]) -> frozenset[str]:
    """What has been applied, each as ``plugin name``.

    Args:
        ask: Gives the first value of a statement.

    Raises:
        ConfigurationError: The database has never been migrated.
    """
    try:
        return frozenset(await ask(_APPLIED))
    except (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError):
        raise ConfigurationError("the database has no tables yet: run `homeroom migrate`") from None


def unready(applied: Collection[str], packages: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The plugins whose tables are not as they want them, each with what is wrong.

    Args:
        applied: See :func:`applied_migrations`.
        packages: (plugin name, package of migrations).
    """
    for plugin, package in packages:
        try:
            missing = [name for name in migration_modules(package) if f"{plugin} {name}" not in applied]
        except Exception as error:  # noqa: BLE001 - a plugin's own package may fail in any way when it is imported
            yield plugin, f"its migrations cannot be read: {type(error).__name__}: {error}"
            continue
        if missing:
            yield plugin, f"{len(missing)} of its migrations are missing, first {missing[0]}: run `homeroom migrate`"


async def check_readiness(
    url: str, signer: ContextSigner, packages: Sequence[tuple[str, str]], host_parts: frozenset[str]
) -> None:
    """Ask the database whether a host can start with it; plugins that cannot are left out by :meth:`Host.open`.

    Args:
        url: How to connect as the powerless role.
        signer: Signs the context of a space.
        packages: (plugin name, package of migrations) of all plugins.
        host_parts: Those without which there is no host.

    Raises:
        ConfigurationError: Migrations of the host are missing, or the key is not the one that the database knows.
    """
    connection = await connect(url, statement_timeout="30s")
    try:
        for plugin, fault in unready(await applied_migrations(connection.fetchval), packages):
            if plugin == KERNEL or plugin in host_parts:
                raise ConfigurationError(f"{plugin}: {fault}")
        try:
            await connection.fetchval(KEY_HOLDS, connection.context(signer, NO_SPACE))
        except UnverifiedContextError:
            raise ConfigurationError(
                "HOMEROOM_SECRET_KEY is not a key that `homeroom migrate` or `homeroom key` stored in this database"
            ) from None
    finally:
        await connection.close()
