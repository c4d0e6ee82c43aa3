"""The heads of all chains, keyed, in a folder outside the database.

An attacker who may change the database at will can rebuild the chain of a changed audit, but cannot make these agree
with it. The folder holds one file a month, ``heads-2026-11.jsonl``, to which lines are appended and never changed::

    {"mac":"<64 hexadecimal digits>","head":{"kind":"head","space":"<uuid>","number":7,"position":1200,
     "chain":"<64 digits>","watermark":90211,"at":"2026-11-27T14:00:00Z","note":"","previous":"<64 digits>"}}

``mac`` is HMAC-SHA256 (RFC 2104) over the bytes of the value of ``head``, exactly as they stand. ``number`` counts the
heads of a space from 1, ``position`` the entries of its chain. ``previous`` is the mac of the line before; it chains
the lines across all spaces and files, so that one that was taken out shows. A line of ``kind`` ``gone`` is the
tombstone of a deleted space: its ``note`` says who deleted it and why.

The key is ``HOMEROOM_AUDIT_KEY``, or a file ``key`` that is made in the folder. It is never the key that signs
contexts, because the database has that one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["Head", "HeadFiles", "audit_key"]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain of a space ended at some moment, or that the space is gone.

    Args:
        kind: ``head`` or ``gone``.
        space: The space's id.
        number: Counts the heads of the space from 1.
        position: Of the last entry.
        chain: Its link, hexadecimal.
        watermark: Every transaction below it had ended, and all that it wrote was sealed.
        at: When it was sealed.
        signed: Whether erasures were signed when it was written.
        note: For a tombstone: who, and why.
        previous: The mac of the line before; empty in the first.
    """

    kind: Literal["head", "gone"] = "head"
    space: UUID
    number: int
    position: int
    chain: str
    watermark: int
    at: datetime
    signed: bool = False
    note: str = ""
    previous: str = ""


class _Written(msgspec.Struct):
    mac: str
    head: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode_line = msgspec.json.Decoder(_Written).decode
_decode_head = msgspec.json.Decoder(Head).decode


class HeadFiles:
    """The folder, read and appended to.

    Args:
        folder: Where the files lie.
        key: The secret.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key
        self._offsets: dict[str, int] = {}
        self._last_mac = ""
        #: Space to its heads, in the order in which they were written.
        self.heads: dict[UUID, list[Head]] = {}
        #: What is wrong with the files themselves, a sentence each.
        self.faults: list[str] = []
        #: What is odd and no sign of tampering.
        self.notes: list[str] = []

    @classmethod
    def of(cls, settings: Settings) -> HeadFiles:
        """Those of an installation, read. The folder and the key are made if they are not there."""
        made = cls(_folder(settings), audit_key(settings))
        made.read()
        return made

    def read(self) -> None:
        """Take in what was written since the last time."""
        for path in sorted(self.folder.glob("heads-*.jsonl")):
            offset = self._offsets.get(path.name, 0)
            with path.open("rb") as file:
                file.seek(offset)
                for number, line in enumerate(file, start=1):
                    if not line.endswith(b"\n"):
                        break  # being written, or cut off in the middle: the next writer begins a new line
                    offset += len(line)
                    if line.strip():
                        self._take(
                            line, f"{path.name}, line {number}" if not self._offsets.get(path.name) else path.name
                        )
            self._offsets[path.name] = offset

    def _take(self, line: bytes, place: str) -> None:
        try:
            written = _decode_line(line)
            head = _decode_head(written.head)
        except msgspec.DecodeError:
            self.notes.append(f"{place}: not a whole line; an interrupted write leaves such a one")
            return
        if not hmac.compare_digest(self._mac(bytes(written.head)), written.mac):
            self.faults.append(f"{place}: was not written with this key")
            return
        if head.previous != self._last_mac:
            if self._last_mac:
                self.faults.append(f"{place}: the lines before it are not those that were there")
            elif head.previous:
                self.notes.append(f"{place}: the files before it are elsewhere")
        self._last_mac = written.mac
        self.heads.setdefault(head.space, []).append(head)

    def _mac(self, payload: bytes) -> str:
        return hmac.digest(self._key, payload, "sha256").hex()

    def last(self, space: UUID) -> Head | None:
        """The last head of a space, or its tombstone."""
        found = self.heads.get(space)
        return found[-1] if found else None

    def append(self, heads: Sequence[Head]) -> None:
        """Write heads and wait until they are on the disk.

        Args:
            heads: Their ``previous`` is filled in here.
        """
        if not heads:
            return
        with self._locked():
            self.read()
            path = self.folder / f"heads-{heads[-1].at:%Y-%m}.jsonl"
            newest = max((each.name for each in self.folder.glob("heads-*.jsonl")), default=path.name)
            path = max(path, self.folder / newest)  # a clock that was put back must not change the order of the files
            fresh = not path.exists()
            previous, lines = self._last_mac, []
            for head in heads:
                payload = _encode(msgspec.structs.replace(head, previous=previous))
                previous = self._mac(payload)
                lines.append(b'{"mac":"%b","head":%b}\n' % (previous.encode(), payload))
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"
                data = (b"" if whole else b"\n") + b"".join(lines)
                while data:
                    data = data[os.write(descriptor, data) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if fresh:
                _sync_folder(self.folder)
            self.read()

    def bury(self, space: UUID, at: datetime, note: str) -> None:
        """Write the tombstone of a space that was deleted.

        Args:
            space: Its id.
            at: When it was deleted.
            note: By whom, and why.
        """
        last = self.last(space)
        number, position, chain = (0, 0, "") if last is None else (last.number, last.position, last.chain)
        self.append(
            [
                Head(
                    kind="gone",
                    space=space,
                    number=number,
                    position=position,
                    chain=chain,
                    watermark=0,
                    at=at,
                    note=note,
                )
            ]
        )

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def audit_key(settings: Settings) -> bytes:
    """The key of the audit, which the database does not know. It is made if it is not there."""
    return settings.audit_key.encode() if settings.audit_key is not None else _own_key(_folder(settings) / "key")


def _folder(settings: Settings) -> Path:
    folder = settings.audit_dir or settings.data_dir / "audit"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _own_key(path: Path) -> bytes:
    """The key in a file, which is made if it is not there; two processes that make it at once agree on one."""
    if not path.exists():
        draft = path.with_name(f"key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        _sync_folder(path.parent)
    return path.read_text().strip().encode()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
