"""The keys that a database accepts signatures of: one, or two while the key is being changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from homeroom.database.walls import key_blocks
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Keys", "fingerprint", "known_keys", "retire_key", "store_keys"]

_STORED = "SELECT id, inner_key FROM homeroom.context_key ORDER BY id"
_PUT = """
INSERT INTO homeroom.context_key (id, inner_key, outer_key) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET inner_key = $2, outer_key = $3
"""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What an installation signs with. Its representation shows neither key.

    Args:
        current: Signs.
        previous: Signed until now, and is accepted still; none outside a change of the key.
    """

    current: bytes
    previous: bytes | None = None

    def __repr__(self) -> str:
        return f"Keys(previous={self.previous is not None})"


def fingerprint(key: bytes) -> str:
    """A short name of a key that tells nothing of it: the first 12 hexadecimal digits of a SHA-256."""
    return _name(key_blocks(key)[0])


def _name(inner: bytes) -> str:
    return hashlib.sha256(b"homeroom key " + inner).hexdigest()[:12]


async def known_keys(owner_url: str) -> Mapping[int, str]:
    """The fingerprints of the keys that a database accepts: 1 is the current one, 2 the previous one."""
    connection = await asyncpg.connect(owner_url)
    try:
        return {row["id"]: _name(row["inner_key"]) for row in await connection.fetch(_STORED)}
    finally:
        await connection.close()


async def store_keys(connection: Any, keys: Keys, *, replace: bool = False) -> None:
    """Have the database accept the current key, and the previous one if it is given.

    Args:
        connection: As the owner, in a transaction.
        keys: The keys.
        replace: Whether the current key may take the place of one that is not given as the previous one.

    Raises:
        ConfigurationError: The database knows another key, which is not given as the previous one: processes that
            sign with it would be shut out.
    """
    await connection.execute("LOCK TABLE homeroom.context_key IN EXCLUSIVE MODE")
    stored = {row["inner_key"]: row["id"] for row in await connection.fetch(_STORED)}
    current, previous = key_blocks(keys.current), None if keys.previous is None else key_blocks(keys.previous)
    if stored and current[0] not in stored and (previous is None or previous[0] not in stored) and not replace:
        raise ConfigurationError(
            "HOMEROOM_SECRET_KEY is another than the key of this database; to change the key, give the old one as"
            " HOMEROOM_PREVIOUS_SECRET_KEY (see `homeroom key --help`)"
        )
    if stored.get(current[0]) == 1 and (previous is None or previous[0] in stored):
        return
    kept = previous
    if kept is None and not replace:
        others = await connection.fetch("SELECT inner_key, outer_key FROM homeroom.context_key ORDER BY id")
        kept = next(((row[0], row[1]) for row in others if row[0] != current[0]), None)
    await connection.execute("DELETE FROM homeroom.context_key")
    await connection.execute(_PUT, 1, *current)
    if kept is not None and kept[0] != current[0]:
        await connection.execute(_PUT, 2, *kept)


async def retire_key(owner_url: str, keys: Keys) -> int:
    """Have the database accept the current key alone; gives how many it no longer accepts.

    Raises:
        ConfigurationError: The current key is not one of the database's.
    """
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction():
            inner = key_blocks(keys.current)[0]
            if not await connection.fetchval("SELECT true FROM homeroom.context_key WHERE inner_key = $1", inner):
                raise ConfigurationError("HOMEROOM_SECRET_KEY is no key of this database: nothing is retired")
            retired = await connection.fetch(
                "DELETE FROM homeroom.context_key WHERE inner_key <> $1 RETURNING id", inner
            )
            await connection.execute("UPDATE homeroom.context_key SET id = 1")
            return len(retired)
    finally:
        await connection.close()
