"""Further databases on the server of the tests."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeroom.settings import Settings

__all__ = ["database_beside"]

#: How long those may take to leave who have just hung up.
_LEAVING_SECONDS = 300.0


@contextmanager
def database_beside(settings: Settings, name: str) -> Iterator[Settings]:
    """An empty database on the server of another, whose owner needs CREATEDB; gone afterwards.

    Args:
        settings: Of the other one; with both URLs.
        name: The name of the new one.

    Yields:
        The settings, with the URLs of the new one.
    """
    assert settings.database_url is not None
    assert settings.owner_database_url is not None
    owner = settings.owner_database_url
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield msgspec.structs.replace(
            settings,
            database_url=_in_database(settings.database_url, name),
            owner_database_url=_in_database(owner, name),
        )
    finally:
        with psycopg.connect(owner, autocommit=True) as connection:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    until = time.monotonic() + _LEAVING_SECONDS
    while True:
        try:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        except psycopg.errors.InsufficientPrivilege:
            # Another role's connection is still at hanging up, and its owner alone may hasten that.
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _in_database(url: str, name: str) -> str:
    """The same URL, but for another database of the server."""
    head, mark, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{mark}{query}"
