"""Where PostgreSQL comes from: a server that we start ourselves, or one that somebody else runs.

The rest of the house knows only :class:`Provider` and the :class:`DatabaseAccess` that it gives.
"""

from __future__ import annotations

from homeroom.database.providers.access import DatabaseAccess, DatabaseAwayError, Provider, ProviderError, Status
from homeroom.database.providers.embedded import EmbeddedProvider, throwaway
from homeroom.database.providers.external import ExternalProvider
from homeroom.settings import Settings, SettingsError

__all__ = [
    "DatabaseAccess",
    "DatabaseAwayError",
    "EmbeddedProvider",
    "ExternalProvider",
    "Provider",
    "ProviderError",
    "Status",
    "choose_provider",
    "throwaway",
]


def choose_provider(settings: Settings) -> Provider:
    """The provider that the settings ask for: external if a database URL is given, else embedded.

    Raises:
        SettingsError: The owner's URL is given without the application's.
    """
    if settings.database_url is not None:
        return ExternalProvider(settings)
    if settings.owner_database_url is not None:
        raise SettingsError(
            "HOMEROOM_DATABASE_URL",
            "unset, although HOMEROOM_OWNER_DATABASE_URL is set: give both, or neither",
        )
    return EmbeddedProvider.of(settings)
