"""How many strokes a Chinese character has: the table ``stroke_counts.bin``, from Unihan's kTotalStrokes.

The table is the Unicode Character Database's (version 17.0.0, file Unihan_IRGSources.txt; terms in
``UNICODE-LICENSE.txt``).  Characters whose count differs between regions carry the first value that Unihan
gives, which is the one preferred in the mainland.  To make the table again:
``python platform/homeroom/names/strokes.py Unihan_IRGSources.txt``.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ["UNKNOWN", "pack_stroke_counts", "stroke_count"]

#: What a character without an entry counts: more than any real one, so that it sorts last.
UNKNOWN: Final = 99

# Unified ideographs: the two blocks of the basic plane, the compatibility block, planes 2 and 3.
_RANGES: Final = ((0x3400, 0xA000), (0xF900, 0xFB00), (0x20000, 0x34000))
_FILE: Final = Path(__file__).with_name("stroke_counts.bin")


def _offset(code_point: int) -> int | None:
    before = 0
    for first, end in _RANGES:
        if first <= code_point < end:
            return before + code_point - first
        before += end - first
    return None


def pack_stroke_counts(lines: Iterable[str]) -> bytes:
    """The compressed table made from the lines of Unihan_IRGSources.txt, one byte a code point."""
    table = bytearray(sum(end - first for first, end in _RANGES))
    for line in lines:
        parts = line.split()
        if len(parts) >= 3 and parts[1] == "kTotalStrokes":
            offset = _offset(int(parts[0].replace("U+", "0x"), 0))
            if offset is not None:
                table[offset] = int(parts[2])
    return zlib.compress(bytes(table), 9)


@cache
def _table() -> bytes:
    return zlib.decompress(_FILE.read_bytes())


def stroke_count(character: str) -> int:
    """Strokes of one character; `UNKNOWN` for what is no Chinese character or has no entry."""
    offset = _offset(ord(character))
    return UNKNOWN if offset is None else _table()[offset] or UNKNOWN


if __name__ == "__main__":
    _FILE.write_bytes(pack_stroke_counts(Path(sys.argv[1]).read_text("utf-8").splitlines()))
