"""The files of a format, and their columns with the attributes of records that they fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from homeroom.reading.layouts import Kind, Layout
from homeroom.reading.records import Field
from homeroom_rosters.roster.records import RECORDS, Record

#: Characters that a value may have: as many as the row of the registry that it becomes can hold. No value is
#: shortened; one that is longer is a fault of its line.
_LONGEST: Final = {
    "Session.title": 60,
    "Course.title": 120,
    "Course.code": 40,
    "Section.title": 120,
    "Section.code": 60,
    "Person.given": 120,
    "Person.middle": 120,
    "Person.family": 120,
    "Person.email": 254,
    "Person.phone": 40,
    "Person.sms": 40,
}
_LONGEST_ID: Final = 255
_KINDS: Final = {kind.__name__: kind for kind in RECORDS.values()}


def text(name: str, to: str = "", longest: int | None = None, **more: Any) -> Field:
    """A column of text.

    Args:
        to: As in `Field`.
        longest: Characters that a value may have; by default as many as its attributes can hold.
        more: As in `Field`.
    """
    limits = [_LONGEST_ID if each.endswith(".source_id") else _LONGEST.get(each) for each in to.split()]
    least = min((each for each in limits if each is not None), default=None)
    return Field(name, longest=longest or least, to=to, **more)


def day(name: str, to: str, **more: Any) -> Field:
    """A column of dates."""
    return Field(name, Kind.DATE, to=to, **more)


def ref(name: str, file: str, to: str = "", **more: Any) -> Field:
    """A column that holds keys of rows of a file."""
    return Field(name, refers=(file,), to=to, **more)


def file(name: str, *columns: Field, key: str = "sourcedId", **more: Any) -> File:
    """A file of a format.

    Args:
        key: The headers of the columns that together are unique, separated by commas.
        more: As in `File`.
    """
    return File(name, columns, key=tuple(key.split(", ")), **more)


@dataclass(frozen=True, slots=True)
class File(Layout):
    """A file of a format. The first attribute that its first column fills names the kind of its records.

    Args:
        fixed: Attributes that are the same in all of them.
    """

    fixed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> type[Record] | None:
        """The kind of record that its rows are; None if they are none."""
        first = self.columns[0]
        return _KINDS.get(first.to.partition(".")[0]) if isinstance(first, Field) else None

    def header_of(self, attribute: str) -> str:
        """The column that fills an attribute of its records, such as ``parent``; empty if none does."""
        ending = f".{attribute}"
        filled = ((each.name, each.to) for each in self.columns if isinstance(each, Field))
        return next((name for name, to in filled if any(target.endswith(ending) for target in to.split())), "")
