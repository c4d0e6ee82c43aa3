"""Whether a database is ready for this version of the code, asked as the powerless role before anything starts.

Without it a forgotten migration would show as errors of single requests, and a wrong key as schools without rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from homeroom.database.migrations import migration_modules
from homeroom.database.walls import SETTING, ContextSigner
from homeroom.errors import ConfigurationError

__all__ = ["check_readiness"]

#: Any space will do to prove the key; this one cannot exist (RFC 9562, 5.9: the nil UUID).
_NO_SPACE = UUID(int=0)


async def check_readiness(url: str, signer: ContextSigner, packages: Sequence[tuple[str, str]]) -> None:
    """Ask the database.

    Args:
        url: How to connect as the powerless role.
        signer: Signs the context of a space.
        packages: (plugin name, package of migrations) of all plugins.

    Raises:
        ConfigurationError: Migrations are missing, or the key is not the one that the database knows.
    """
    connection = await asyncpg.connect(url)
    try:
        try:
            rows = await connection.fetch("SELECT plugin, name FROM homeroom.applied_migrations()")
        except (asyncpg.UndefinedFunctionError, asyncpg.InvalidSchemaNameError):
            raise ConfigurationError("the database has no tables yet: run `homeroom migrate`") from None
        done = {(row["plugin"], row["name"]) for row in rows}
        missing = [
            f"{plugin} {name}"
            for plugin, package in packages
            for name in migration_modules(package)
            if (plugin, name) not in done
        ]
        if missing:
            raise ConfigurationError(
                f"{len(missing)} migration(s) are missing, first {missing[0]}: run `homeroom migrate`"
            )
        async with connection.transaction(readonly=True):
            await connection.execute("SELECT set_config($1, $2, true)", SETTING, signer.sign(_NO_SPACE))
            if await connection.fetchval("SELECT homeroom.space()") != _NO_SPACE:
                raise ConfigurationError(
                    "HOMEROOM_SECRET_KEY is not the one that `homeroom migrate` stored in this database"
                )
    finally:
        await connection.close()
