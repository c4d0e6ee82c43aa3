"""Comparing what a page says with what came back. An ellipsis stands for what the page leaves open."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["differences", "fits"]


def fits(written: str, found: str) -> bool:
    """Whether a text is as written; each ``…`` in it stands for anything."""
    return re.fullmatch(".*".join(re.escape(part) for part in written.split("…")), found, re.DOTALL) is not None


def differences(written: Any, found: Any, place: str = "answer") -> list[str]:
    """Where an answer differs from what a page says.

    Args:
        written: JSON of the page. The text ``…`` stands for any value, and as the last element of a list for
            any further elements.
        found: JSON of the answer.
        place: Where in it, for the messages.
    """
    if written == "…":
        return []
    if isinstance(written, dict) and isinstance(found, dict):
        missing = [f"{place}: keys {sorted(set(written) ^ set(found))}"] if set(written) != set(found) else []
        return missing + [
            each for key in written if key in found for each in differences(written[key], found[key], f"{place}.{key}")
        ]
    if isinstance(written, list) and isinstance(found, list):
        open_end = bool(written) and written[-1] == "…"
        wanted = written[:-1] if open_end else written
        if len(wanted) > len(found) or (len(wanted) < len(found) and not open_end):
            return [f"{place}: {len(wanted)} elements expected, {len(found)} found: {found!r}"]
        return [
            each
            for index, pair in enumerate(zip(wanted, found, strict=False))
            for each in differences(*pair, f"{place}[{index}]")
        ]
    same = fits(written, found) if isinstance(written, str) and isinstance(found, str) else written == found
    return [] if same else [f"{place}: {written!r} expected, {found!r} found"]
