"""Reading a bundle in a process apart: a school's part of it comes back in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import chain
from typing import Any, Final

from homeroom.context import Context
from homeroom.reading.apart import Reader, read_apart, read_apart_now
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding
from homeroom_rosters.refusals import TOO_MANY_RECORDS
from homeroom_rosters.roster.formats import read_roster
from homeroom_rosters.roster.layout import ReadOptions
from homeroom_rosters.roster.problems import Problem, RosterRejected
from homeroom_rosters.roster.records import (
    Course,
    Demographics,
    Enrolment,
    Flag,
    Guardianship,
    Org,
    Person,
    Profile,
    Role,
    Roster,
    Section,
    Session,
)
from homeroom_rosters.roster.selection import LeftOut, Selection, select_orgs

__all__ = ["ListedOrg", "list_orgs", "read_part"]

#: Records of one school that a web process takes in at once: a school of 4,000 students has some 80,000. The command
#: line takes them all.
MOST_RECORDS: Final = 80_000
_AT_ONCE: Final = 2_000
#: Organisations not taken that a report lists.
_MOST_LEFT_OUT: Final = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """Some records of a part, and with the first piece what the part is otherwise."""

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
    format: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    people_without_org: int = 0
    outside_enrolments: int = 0
    other_files: tuple[tuple[str, int], ...] = ()
    headers: Mapping[str, frozenset[str]] = field(default_factory=dict)


_RECORDS: Final = tuple(each.name for each in fields(Piece))[:11]


@dataclass(frozen=True, slots=True)
class ListedOrg:
    """An organisation of a bundle, with how much belongs to it."""

    id: str
    kind: str
    name: str
    sections: int
    people: int
    format: str


def part_of(
    content: bytes,
    form: str | None,
    organisations: list[str],
    encoding: str | None,
    date_order: str | None,
    most: int | None = None,
) -> Iterator[Piece]:
    """The part of a bundle that belongs to one school; runs apart. Raises RosterRejected."""
    selection = select_orgs(read_roster(content, form, _options(encoding, date_order)), organisations)
    roster = selection.roster
    number = sum(len(getattr(roster, name)) for name in _RECORDS)
    if most is not None and number > most:
        raise RosterRejected([Problem("", 0, "", TOO_MANY_RECORDS, count=number, most=most)])
    yield Piece(
        format=roster.format,
        properties=roster.properties,
        left_out=_few(selection.left_out),
        people_without_org=selection.people_without_org,
        outside_enrolments=selection.outside_enrolments,
        other_files=selection.other_files,
        headers=roster.headers,
    )
    for name in _RECORDS:
        records: tuple[Any, ...] = getattr(roster, name)
        for start in range(0, len(records), _AT_ONCE):
            piece: dict[str, Any] = {name: records[start : start + _AT_ONCE]}
            yield Piece(**piece)


def _few(left_out: tuple[LeftOut, ...]) -> tuple[LeftOut, ...]:
    """The organisations left out; of very many the first, and the rest as one."""
    rest = left_out[_MOST_LEFT_OUT:]
    if not rest:
        return left_out
    counts = {
        name: sum(getattr(each, name) for each in rest)
        for name in ("sections", "courses", "roles", "people", "enrolments")
    }
    return (*left_out[:_MOST_LEFT_OUT], LeftOut("", f"{len(rest):,} more organisations", **counts))


def orgs_of(content: bytes, form: str | None, encoding: str | None, date_order: str | None) -> Iterator[ListedOrg]:
    """The organisations of a bundle; runs apart. Raises RosterRejected."""
    roster = read_roster(content, form, _options(encoding, date_order))
    people: dict[str, set[str]] = {}
    for role in roster.roles:
        people.setdefault(role.org, set()).add(role.person)
    sections: dict[str, int] = {}
    for section in roster.sections:
        sections[section.org] = sections.get(section.org, 0) + 1
    for org in roster.orgs:
        number = len(people.get(org.source_id, ()))
        yield ListedOrg(org.source_id, org.kind, org.name, sections.get(org.source_id, 0), number, roster.format)


def _options(encoding: str | None, date_order: str | None) -> ReadOptions:
    return ReadOptions(TextEncoding(encoding) if encoding else None, DateOrder(date_order) if date_order else None)


_PART: Final = Reader(f"{__name__}:part_of", Piece)
_ORGS: Final = Reader(f"{__name__}:orgs_of", ListedOrg)


async def read_part(
    context: Context, content: bytes, form: str | None, organisations: list[str], options: ReadOptions
) -> Selection:
    """The part of a bundle that belongs to one school.

    Args:
        context: A command's.
        content: The zip.
        form: The name of its format; None recognises it.
        organisations: The ids in the bundle that are the school.
        options: What its sender says of it.

    Raises:
        FileRefused: With the faults of the bundle.
    """
    head, *others = await read_apart(
        context,
        _PART,
        content=content,
        form=form,
        organisations=organisations,
        encoding=options.encoding,
        date_order=options.date_order,
        most=None if context.caller.account is None else MOST_RECORDS,
    )
    roster = Roster(head.format, properties=head.properties, headers=head.headers)
    for name in _RECORDS:
        found: dict[str, Any] = {name: tuple(chain.from_iterable(getattr(piece, name) for piece in others))}
        roster = replace(roster, **found)
    return Selection(roster, head.left_out, head.people_without_org, head.outside_enrolments, head.other_files)


def list_orgs(content: bytes, form: str | None, options: ReadOptions) -> list[ListedOrg]:
    """The organisations of a bundle, for the command line. Raises FileRefused."""
    return read_apart_now(_ORGS, content=content, form=form, encoding=options.encoding, date_order=options.date_order)
