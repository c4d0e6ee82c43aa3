"""Which columns a roster's files have: what a file has no column for, it does not take away."""

from __future__ import annotations

from typing import Any

from homeroom_rosters.roster.formats import FORMATS
from homeroom_rosters.roster.records import Roster


class GivenColumns:
    """The columns that the files of a roster have.

    Args:
        roster: A roster that was read from files; one that was made in memory has all of them.
    """

    def __init__(self, roster: Roster) -> None:
        self._headers = roster.headers
        form = FORMATS.get(roster.format)
        self._columns = form.columns if form is not None else {}

    def has(self, record: Any, attribute: str) -> bool:
        """Whether the file of a record has the column of an attribute.

        Args:
            record: A record of the roster; none where the roster has no such record.
            attribute: The attribute's name.
        """
        if record is None:
            return False
        if not self._headers or not record.place.file:
            return True
        header = self._columns.get(f"{type(record).__name__}.{attribute}")
        return header is not None and header in self._headers.get(record.place.file, ())
