"""English labels that follow from names."""

from __future__ import annotations

import functools
import re
from typing import Final

__all__ = ["words"]

#: Words that are written in another manner than others.
_SPELT: Final = {
    each.lower(): each for each in ("CSV", "GraphQL", "HTTP", "ID", "JSON", "PDF", "URL", "XLSX", "iCalendar")
}
_BORDERS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_.]")


@functools.lru_cache(maxsize=16_384)
def words(name: str) -> str:
    """A name as words: ``starts_on``, ``STARTS_ON`` and ``startsOn`` as ``Starts on``."""
    found = [_SPELT.get(each, each) for each in _BORDERS.sub(" ", name).lower().split()]
    return (
        " ".join([found[0][:1].upper() + found[0][1:] if found[0].islower() else found[0], *found[1:]]) if found else ""
    )
