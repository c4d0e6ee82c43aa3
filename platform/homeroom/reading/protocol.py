"""What a process that asks for a file to be read and the process that reads it say to each other."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from homeroom.reading.faults import Fault
from homeroom.refusals import Code, Label

__all__ = [
    "ENDED",
    "FAILED",
    "NOTED",
    "PIECE",
    "REFUSED",
    "STARTED",
    "Job",
    "decode_faults",
    "decode_job",
    "encode",
    "encode_faults",
    "frames",
    "send_frame",
]

#: First byte of a frame.
STARTED: Final = b"S"
PIECE: Final = b"P"
REFUSED: Final = b"R"
ENDED: Final = b"E"
#: What the caller should log, and that the reader is at fault and not the file.
NOTED: Final = b"N"
FAILED: Final = b"F"


class Job(msgspec.Struct, frozen=True):
    """One call of a reader.

    Args:
        module: Where its function is.
        function: The function's name.
        arguments: Of the function; plain values and bytes.
        seconds: Of processor time.
        wall_seconds: Of wall clock.
        memory: Bytes beyond what the process has at its start.
        answer: Bytes that it may answer with.
    """

    module: str
    function: str
    arguments: dict[str, Any]
    seconds: float
    wall_seconds: float
    memory: int
    answer: int


def send_frame(connection: socket.socket, kind: bytes, content: bytes = b"") -> None:
    """Send one frame: its kind, its length, its content."""
    connection.sendall(kind + len(content).to_bytes(8, "big"))
    if content:
        connection.sendall(content)


def frames(connection: socket.socket, most: int) -> Iterator[tuple[bytes, bytes]]:
    """The frames that arrive, until the other side closes.

    Args:
        connection: The connection.
        most: Bytes that all of them may have.

    Raises:
        OverflowError: They have more.
        OSError: The connection failed, or was silent for as long as its timeout.
    """
    left = most
    while head := _exactly(connection, 9):
        size = int.from_bytes(head[1:], "big")
        left -= size
        if left < 0:
            raise OverflowError
        content = _exactly(connection, size) if size else b""
        if size and not content:
            return
        yield head[:1], content


def _exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes; none if the other side closes before."""
    got = bytearray()
    while len(got) < size:
        piece = connection.recv(min(size - len(got), 1024 * 1024))
        if not piece:
            return b""
        got += piece
    return bytes(got)


encode: Final = msgspec.msgpack.Encoder().encode
decode_job: Final = msgspec.msgpack.Decoder(Job).decode

#: A fault as it passes from one process to the other: its code as name and text, its values as plain ones.
_Sent = tuple[str, int, str, str, str, dict[str, Any]]
_decode_faults: Final = msgspec.msgpack.Decoder(list[_Sent]).decode


def encode_faults(faults: Iterable[Fault]) -> bytes:
    """Faults for the process that asked."""
    return encode(
        [(each.file, each.line, each.column, str(each.code), each.code.text, _sent(each.values)) for each in faults]
    )


def decode_faults(content: bytes) -> list[Fault]:
    """Faults of the process that reads."""
    return [
        Fault(file, line, column, Code(name, text), **_received(values))
        for file, line, column, name, text, values in _decode_faults(content)
    ]


def _sent(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as MessagePack has them; dates and labels are marked by their kind."""
    return {
        name: {"date": value.isoformat()}
        if isinstance(value, date)
        else {"label": str(value)}
        if isinstance(value, Label)
        else value
        for name, value in values.items()
    }


def _received(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        if not isinstance(value, dict)
        else date.fromisoformat(value["date"])
        if "date" in value
        else Label(value["label"])
        for name, value in values.items()
    }
