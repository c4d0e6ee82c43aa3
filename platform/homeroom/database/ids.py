"""Identifiers that sort by time: UUID version 7 (RFC 9562, section 5.7), made by the application.

PostgreSQL has a function for them from version 18 only, and a command wants to know the id of a row before
the row is written.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

# What asyncpg gives for a uuid column: a uuid.UUID made in C, ten times as fast to make and to send.
from asyncpg.pgproto.pgproto import UUID as FastUUID

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["new_id", "new_ids", "parse_id"]

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix time in milliseconds, 74 random bits."""
    random = int.from_bytes(os.urandom(10), "big")
    return _assemble(time.time_ns() // 1_000_000, random)


def new_ids(count: int) -> list[UUID]:
    """``count`` fresh UUIDv7s, ascending, from one reading of the clock and of the random source."""
    milliseconds = time.time_ns() // 1_000_000
    pool = os.urandom(10 * count)
    randoms = sorted(int.from_bytes(pool[at : at + 10], "big") for at in range(0, 10 * count, 10))
    return [_assemble(milliseconds, random) for random in randoms]


def parse_id(text: str) -> UUID:
    """The UUID that a text spells. Raises ValueError.

    Example:
        row = parse_id("01928f3e-7a00-7000-8000-000000000001")
    """
    made: UUID = FastUUID(text)
    return made


def _assemble(milliseconds: int, random: int) -> UUID:
    random >>= 6  # 80 bits were read, 74 have a place
    high = random >> 62
    low = random & ((1 << 62) - 1)
    number = (milliseconds & ((1 << 48) - 1)) << 80 | high << 64 | low | _VERSION_AND_VARIANT
    made: UUID = FastUUID(number.to_bytes(16, "big"))
    return made
