"""A PostgreSQL server that somebody else runs, 15 to 18."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg

from homeroom.database.providers.access import DatabaseAccess, ProviderError, Status
from homeroom.settings import Settings, SettingsError

__all__ = ["SUPPORTED", "ExternalProvider"]

#: The first version that serves, and the first that was not tried.
SUPPORTED = (150000, 190000)


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
        """Check that both roles get in and that the server's version is one that we support."""
        roles = [("HOMEROOM_DATABASE_URL", self._access.app_url)]
        if self._access.owner_url is not None:
            roles.append(("HOMEROOM_OWNER_DATABASE_URL", self._access.owner_url))
        for variable, url in roles:
            try:
                version = _version(url)
            except psycopg.Error as error:
                raise ProviderError(f"{variable}: cannot connect: {str(error).strip()}") from None
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
            return Status("external", running=True, location=address, version=_version(self._access.app_url))
        except psycopg.Error:
            return Status("external", running=False, location=address)


def _version(url: str) -> int:
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.info.server_version
