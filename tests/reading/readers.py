"""Readers that misbehave as hostile files make parsers do; they run apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from homeroom.reading.faults import Fault, Faults, FileRefused
from homeroom.reading.refusals import BAD_BOOLEAN


def echo(number: int) -> Iterator[int]:
    """A few pieces."""
    yield from range(number)


def size_of(file: IO[bytes]) -> int:
    """How long the file is."""
    return len(file.read())


def memory() -> int:
    """More memory than any file may take."""
    return len(bytearray(1 << 40))


def loop() -> None:
    """No end."""
    while True:
        pass


def flood() -> Iterator[bytes]:
    """An answer without an end."""
    while True:
        yield bytes(1_000_000)


def abort() -> None:
    """What a library in C or Rust does without memory."""
    os.abort()


def stumble() -> None:
    """A fault of a parser."""
    raise KeyError("x")


def refuse() -> None:
    """Many faults, with long values."""
    faults = Faults()
    for line in range(2, 100_000):
        faults.append(Fault("f.csv", line, "c", BAD_BOOLEAN, value="x" * 5000))
    raise FileRefused(faults)


def secrets() -> list[str]:
    """What of the installation's variables can be seen."""
    return [name for name in os.environ if name.startswith("HOMEROOM")]


def write(path: str) -> int:
    """Write a file."""
    return Path(path).write_bytes(b"x" * 100_000)
