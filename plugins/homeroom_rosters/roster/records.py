"""The neutral roster: what every bundle format says, in one set of words.

Each record keeps in `extra` the cells that have no field of their own, under the name of their column, so
that writing in the same format gives them back.  An empty cell is an empty string or None.

A record also knows the `place` that it was read from, so that a fault found later can name file and line.  The
place is no part of what the record says: records are equal without it, and `without_places` leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any, Final, get_args, get_origin, get_type_hints

from homeroom.reading.layouts import Place

Extra = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a roster."""

    #: Without a file where the record was made otherwise.
    place: Place = field(default=Place("", 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extended(Record):
    extra: Extra = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Org(_Extended):
    """A school, a department, a district: anything that people and classes belong to."""

    source_id: str
    name: str
    kind: str
    parent: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Session(_Extended):
    """A stretch of the calendar: a school year, a term, a semester, a grading period."""

    source_id: str
    title: str
    kind: str
    starts_on: date | None = None
    ends_on: date | None = None
    #: As the bundle writes it. Formats disagree whether it is the year of the start or of the end.
    school_year: str = ""
    parent: str = ""

    @property
    def is_year(self) -> bool:
        """Whether it is a school year."""
        return self.kind.casefold() == "schoolyear"

    def is_year_of(self, other: Session) -> bool:
        """Whether it is a school year whose days hold those of another session."""
        days = self.starts_on, other.starts_on, other.ends_on, self.ends_on
        given = [each for each in days if each is not None]
        return self.is_year and len(given) == len(days) and given[0] <= given[1] and given[2] <= given[3]


@dataclass(frozen=True, slots=True)
class Course(_Extended):
    """What is taught, independent of when and to whom."""

    source_id: str
    title: str
    code: str = ""
    #: Empty where the format gives a course no organisation.
    org: str = ""
    session: str = ""
    subjects: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section(_Extended):
    """A class of a course: people meet in it."""

    source_id: str
    title: str
    org: str
    #: ``homeroom`` or ``scheduled``; empty where the format does not say.
    kind: str = ""
    course: str = ""
    sessions: tuple[str, ...] = ()
    code: str = ""
    grades: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person(_Extended):
    """Anybody. `Role`s and `Guardianship`s say what a person is."""

    source_id: str
    given: str
    family: str
    username: str = ""
    middle: str = ""
    email: str = ""
    phone: str = ""
    sms: str = ""
    enabled: bool = True
    grades: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role(_Extended):
    """What a person is in an organisation."""

    person: str
    org: str
    #: The format's own word, such as ``student``, ``teacher``, ``professor``, ``guardian``.
    role: str
    source_id: str = ""
    session: str = ""
    grade: str = ""
    primary: bool | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Enrolment(_Extended):
    """A person's place in a section, as learner or as teacher."""

    section: str
    person: str
    role: str
    source_id: str = ""
    primary: bool | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Guardianship(_Extended):
    """Who is responsible for which child."""

    child: str
    guardian: str
    #: The format's own word (``guardian``, ``parent``, ``relative``); empty where it gives none.
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Demographics(_Extended):
    """Birth and sex of a person; the rest stays in `extra`."""

    person: str
    sex: str = ""
    born_on: date | None = None


@dataclass(frozen=True, slots=True)
class Flag(Record):
    """A marker on a person, such as a support programme."""

    person: str
    flag: str


@dataclass(frozen=True, slots=True)
class Profile(_Extended):
    """An account of a person in another system, without its password."""

    source_id: str
    person: str


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that one bundle says.  Each tuple keeps the order of the bundle's lines."""

    format: str
    orgs: tuple[Org, ...] = ()
    sessions: tuple[Session, ...] = ()
    courses: tuple[Course, ...] = ()
    sections: tuple[Section, ...] = ()
    people: tuple[Person, ...] = ()
    roles: tuple[Role, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    guardianships: tuple[Guardianship, ...] = ()
    demographics: tuple[Demographics, ...] = ()
    flags: tuple[Flag, ...] = ()
    profiles: tuple[Profile, ...] = ()
    #: Properties of the bundle itself, such as the name of the system that wrote it.
    properties: Extra = field(default_factory=dict)
    #: Files of the bundle that are no part of a roster, with their number of lines.
    other_files: Mapping[str, int] = field(default_factory=dict)
    #: The files that were read and the columns that each has; empty for a roster that was made otherwise.
    headers: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)


#: The attributes of a roster that hold records, with the kind of record.
RECORDS: Final[Mapping[str, type[Record]]] = {
    name: get_args(kind)[0] for name, kind in get_type_hints(Roster).items() if get_origin(kind) is tuple
}
#: Each record's fields without its place, and what reads them at once.
_SHAPES: Final[Mapping[type, tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]]] = {
    kind: (names, attrgetter(*names))
    for kind in RECORDS.values()
    if (names := tuple(each.name for each in fields(kind) if each.name != "place"))
}


def without_places(value: Any) -> Any:
    """A record, or a dict or list with records in it, as JSON has it: without the places that they were read from."""
    kind = type(value)
    if kind is str or value is None:
        return value
    if kind is dict:
        return {key: without_places(each) for key, each in value.items()}
    if kind is list or kind is tuple:
        return [without_places(each) for each in value]
    shape = _SHAPES.get(kind)
    if shape is None:
        return value
    names, read = shape
    return dict(zip(names, read(value), strict=True))
