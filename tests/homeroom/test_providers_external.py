"""A server that somebody else runs: reached, checked, and left alone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from homeroom.database.providers import (
    DatabaseAccess,
    EmbeddedProvider,
    ExternalProvider,
    ProviderError,
    choose_provider,
    throwaway,
)
from homeroom.settings import Settings, SettingsError


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseAccess]:
    """A server that stands for somebody else's."""
    with throwaway() as access:
        yield access


def test_it_is_used_when_its_address_is_given(server: DatabaseAccess) -> None:
    settings = Settings(database_url=server.app_url, owner_database_url=server.owner_url, secret_key="k" * 32)
    provider = choose_provider(settings)
    assert isinstance(provider, ExternalProvider)
    assert settings == provider.start().apply(settings)
    provider.stop()
    with psycopg.connect(server.app_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_embedded_one_is_used_otherwise() -> None:
    assert isinstance(choose_provider(Settings()), EmbeddedProvider)


def test_an_owner_without_an_application_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        choose_provider(Settings(owner_database_url="postgresql://x"))
    assert "HOMEROOM_DATABASE_URL" == caught.value.variable


@pytest.mark.parametrize("variable", ["HOMEROOM_DATABASE_URL", "HOMEROOM_OWNER_DATABASE_URL"])
def test_a_role_that_does_not_get_in_is_named(server: DatabaseAccess, variable: str) -> None:
    assert server.owner_url is not None
    good = {"HOMEROOM_DATABASE_URL": server.app_url, "HOMEROOM_OWNER_DATABASE_URL": server.owner_url}
    settings = Settings.load(good | {variable: good[variable].replace("@", "x@")})
    with pytest.raises(ProviderError, match=f"^{variable}: cannot connect: .*password"):
        choose_provider(settings).start()


def test_status_says_where_and_hides_the_password(server: DatabaseAccess) -> None:
    status = ExternalProvider(Settings(database_url=server.app_url)).status()
    assert (True, "external", 18) == (status.running, status.provider, (status.version or 0) // 10000)
    assert "@" not in status.location
    absent = ExternalProvider(Settings(database_url="postgresql://a:secret@127.0.0.1:1/x")).status()
    assert (False, "postgresql://127.0.0.1:1/x") == (absent.running, absent.location)
