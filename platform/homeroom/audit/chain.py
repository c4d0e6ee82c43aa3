"""How entries are chained: pure functions over bytes, the same for sealing and for verifying.

Values never stand in the chain themselves. Of an entry's values, and of each line's, there is a digest that was salted
with 16 random bytes; the salts lie beside the values and go with them, so that what was erased cannot be guessed
from what is left, and the chain holds all the same::

    digest      = SHA-256(salt || values)                       of the entry, and of each of its lines
    content     = SHA-256(frame || digest || for each line: its frame || its digest)
    chain[n]    = SHA-256(chain[n-1] || n as 8 bytes, big-endian || content)
    chain[0]    = SHA-256("homeroom audit 1" || the space's id as 16 bytes)

The *frame* is what is never erased: when, how and by which command, and which row of which table.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from uuid import UUID

__all__ = ["DIGEST", "SALT", "Line", "Seal", "SealedEntry", "genesis", "link", "seal_entry"]

SALT = 16
DIGEST = 32
_ID = 16
#: Takes the place of an erased salt. A salt that was drawn is never all zeros, but once in 2**128.
ERASED = bytes(SALT)
_VERSION = b"homeroom audit 1"

_encode = msgspec.json.Encoder(uuid_format="canonical").encode


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry, as the database has it.

    Args:
        id: Its id.
        frame: Table and row.
        values: Old and new values; empty where erased.
    """

    id: UUID
    frame: tuple[Any, ...]
    values: tuple[str | None, str | None]

    @property
    def blank(self) -> bool:
        """Whether it has no values at all."""
        return self.values == (None, None)


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One entry with its lines, ready to be sealed or verified.

    Args:
        id: Its id.
        frame: When, how and by which command.
        values: Account, login, reason and arguments.
        lines: By id.
    """

    id: UUID
    frame: tuple[Any, ...]
    values: tuple[Any, ...]
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, entry: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> SealedEntry:
        """From rows of the database, their JSON as PostgreSQL writes it."""
        made = sorted(
            (
                Line(row["id"], (str(row["noun"]), row["row_id"]), (row["old_values"], row["new_values"]))
                for row in lines
            ),
            key=lambda line: line.id.bytes,
        )
        return cls(
            entry["id"],
            (entry["at"].isoformat(), entry["via"], entry["command"]),
            (entry["account_id"], entry["login"], entry["reason"], entry["arguments"]),
            tuple(made),
        )

    @property
    def blank(self) -> bool:
        """Whether its own values were taken away; an entry always has a login otherwise."""
        return self.values == (None, "", None, None)


@dataclass(frozen=True, slots=True)
class Seal:
    """What is kept of a sealed entry. The three of its lines are side by side, in the lines' order.

    Args:
        salt: Of the entry's values; :data:`ERASED` once they are.
        digest: Of the entry's values.
        line_ids: 16 bytes each.
        line_salts: 16 bytes each.
        line_digests: 32 bytes each.
    """

    salt: bytes
    digest: bytes
    line_ids: bytes
    line_salts: bytes
    line_digests: bytes

    def lines(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """The id, salt and digest of each line."""
        for at in range(len(self.line_ids) // _ID):
            yield (
                self.line_ids[at * _ID : at * _ID + _ID],
                self.line_salts[at * SALT : at * SALT + SALT],
                self.line_digests[at * DIGEST : at * DIGEST + DIGEST],
            )

    def content(self, entry: SealedEntry) -> bytes:
        """What the chain takes in: the frames as they are now, and the digests as they were kept."""
        known = {line.id.bytes: line for line in entry.lines}
        whole = hashlib.sha256(_encode([entry.id, *entry.frame]) + self.digest)
        for line_id, _, digest in self.lines():
            line = known.get(line_id)
            whole.update((b"" if line is None else _encode([line.id, *line.frame])) + digest)
        return whole.digest()


def digest_of(salt: bytes, values: tuple[Any, ...]) -> bytes:
    """The salted digest of values."""
    return hashlib.sha256(salt + _encode(values)).digest()


def seal_entry(entry: SealedEntry) -> Seal:
    """The seal of an entry that has none yet."""
    salts = os.urandom(SALT * (len(entry.lines) + 1))
    salt, line_salts = salts[:SALT], salts[SALT:]
    return Seal(
        salt,
        digest_of(salt, entry.values),
        b"".join(line.id.bytes for line in entry.lines),
        line_salts,
        b"".join(
            digest_of(line_salts[at * SALT : at * SALT + SALT], line.values) for at, line in enumerate(entry.lines)
        ),
    )


def genesis(space: UUID) -> bytes:
    """What the first entry of a space is chained to."""
    return hashlib.sha256(_VERSION + space.bytes).digest()


def link(previous: bytes, position: int, content: bytes) -> bytes:
    """The next link.

    Args:
        previous: The link before.
        position: Of the new one, from 1.
        content: What it takes in; see :meth:`Seal.content`.
    """
    return hashlib.sha256(previous + position.to_bytes(8, "big") + content).digest()
