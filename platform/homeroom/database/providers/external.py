"""A PostgreSQL server that somebody else runs, 15 to 18."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import asyncpg

from homeroom.database.connection import AWAY
from homeroom.database.providers.access import DatabaseAccess, DatabaseAwayError, ProviderError, Status
from homeroom.settings import Settings, SettingsError

__all__ = ["SUPPORTED", "ExternalProvider"]

#: The first version that serves, and the first that was not tried.
SUPPORTED = (150000, 190000)
#: How long a server may take to let somebody in.
_SECONDS = 5.0


class ExternalProvider:
    """The database of ``HOMEROOM_DATABASE_URL``; it is reached and checked, never started or stopped.

    Args:
        settings: With a database URL.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.database_url is None:
            raise SettingsError("HOMEROOM_DATABASE_URL", "unset")
        self._access = DatabaseAccess(settings.database_url, settings.owner_database_url, settings.secret_key)

    def start(self) -> DatabaseAccess:
        """Check that both roles get in and that the server's version is one that we support.

        Raises:
            DatabaseAwayError: It does not answer, or takes no connections now.
            ProviderError: It refuses a role, or its version is not supported.
        """
        roles = [("HOMEROOM_DATABASE_URL", self._access.app_url)]
        if self._access.owner_url is not None:
            roles.append(("HOMEROOM_OWNER_DATABASE_URL", self._access.owner_url))
        for variable, url in roles:
            try:
                version = asyncio.run(_version(url))
            except (*AWAY, OSError) as error:
                raise DatabaseAwayError(f"{variable}: cannot connect: {error}") from None
            except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
                raise ProviderError(f"{variable}: cannot connect: {error}") from None
            if not SUPPORTED[0] <= version < SUPPORTED[1]:
                raise ProviderError(f"{variable}: PostgreSQL {version // 10000}; Homeroom needs 15 to 18")
        return self._access

    def stop(self) -> None:
        """Nothing: the server is not ours."""

    def status(self) -> Status:
        """Whether the application's role gets in."""
        location = urlsplit(self._access.app_url)._replace(query="")
        address = location._replace(netloc=location.netloc.rpartition("@")[2]).geturl()
        try:
            version = asyncio.run(_version(self._access.app_url))
            return Status("external", running=True, location=address, version=version)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError):
            return Status("external", running=False, location=address)


async def _version(url: str) -> int:
    """The server's version number, such as 180006."""
    connection = await asyncpg.connect(url, timeout=_SECONDS)
    try:
        version = connection.get_server_version()
        return int(version.major) * 10000 + int(version.minor)
    finally:
        await connection.close(timeout=_SECONDS)
