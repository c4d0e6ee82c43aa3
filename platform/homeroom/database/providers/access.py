"""What every provider gives: addresses of one database, under two roles, and nothing about how it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import msgspec

from homeroom.errors import ConfigurationError
from homeroom.settings import Settings

__all__ = [
    "APP_ROLE",
    "DATABASE",
    "OWNER_ROLE",
    "DatabaseAccess",
    "DatabaseAwayError",
    "Provider",
    "ProviderError",
    "Status",
]

#: Owns the tables; used by migrations and backups alone.
OWNER_ROLE = "homeroom_owner"
#: Owns nothing and bypasses nothing; everything else runs as this role.
APP_ROLE = "homeroom_app"
DATABASE = "homeroom"


class ProviderError(ConfigurationError):
    """The database cannot be had; the message says why and what to do."""


class DatabaseAwayError(ProviderError):
    """The database does not answer; it may later."""


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseAccess:
    """How to reach one database. It holds passwords: its representation shows none.

    Args:
        app_url: For the powerless role of the application.
        owner_url: For the role that owns the tables, or none if it was not given to us.
        secret_key: The key that signs the context of a space, or none if it was not given to us.
    """

    app_url: str
    owner_url: str | None
    secret_key: str | None

    def __repr__(self) -> str:
        return f"DatabaseAccess(owner={self.owner_url is not None}, secret_key={self.secret_key is not None})"

    def apply(self, settings: Settings) -> Settings:
        """The same settings, pointing at this database; a secret key that was set by hand stays."""
        return msgspec.structs.replace(
            settings,
            database_url=self.app_url,
            owner_database_url=self.owner_url,
            secret_key=settings.secret_key or self.secret_key,
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What a provider says about its server.

    Args:
        provider: ``embedded``, ``throwaway`` or ``external``.
        running: Whether the server answers.
        location: The folder or the address (without password) of the database.
        version: The server's version number, such as ``180006``, if it answers.
    """

    provider: str
    running: bool
    location: str
    version: int | None = None


class Provider(Protocol):
    """Gives a PostgreSQL server to the house. All methods block: call them outside an event loop."""

    def start(self) -> DatabaseAccess:
        """Make sure that the server answers, and say how to reach it. Harmless when it runs already.

        Raises:
            ProviderError: It cannot be made to answer.
        """
        ...

    def stop(self) -> None:
        """Give the server back: one that we started ends, unless somebody else here still uses it."""
        ...

    def status(self) -> Status:
        """Look without changing anything."""
        ...
