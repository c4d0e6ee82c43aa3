"""Reading a bundle in a process apart: a school's part of it comes back in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, Final

from msgspec import convert, to_builtins

from homeroom.context import Context
from homeroom.reading.apart import Reader, read_apart
from homeroom.reading.faults import Fault, FileRefused
from homeroom.reading.layouts import ReadOptions
from homeroom_rosters.refusals import TOO_MANY_RECORDS
from homeroom_rosters.roster.formats import read_roster
from homeroom_rosters.roster.records import RECORDS, Roster
from homeroom_rosters.roster.selection import OrgCounts, Selection, select_orgs

#: Records of one school that a web process takes in at once: a school of 4,000 students has some 80,000. The command
#: line takes them all.
MOST_RECORDS: Final = 80_000
_AT_ONCE: Final = 2_000
#: Organisations not taken that a report lists.
_MOST_LEFT_OUT: Final = 200


def part_of(
    content: bytes,
    form: str | None,
    organisations: list[str] | None,
    options: dict[str, str | None],
    most: int | None = None,
) -> Iterator[Selection]:
    """The part of a bundle that belongs to one school; runs apart. Raises FileRefused.

    The first piece has everything but the records, each other one some records of one kind.
    """
    selection = select_orgs(read_roster(content, form, convert(options, ReadOptions)), organisations)
    records: dict[str, tuple[Any, ...]] = {name: getattr(selection.roster, name) for name in RECORDS}
    number = sum(map(len, records.values()))
    if most is not None and number > most:
        raise FileRefused([Fault("", 0, "", TOO_MANY_RECORDS, count=number, most=most)])
    nothing: dict[str, Any] = dict.fromkeys(RECORDS, ())
    yield replace(selection, roster=replace(selection.roster, **nothing), left_out=_few(selection.left_out))
    for name, all_of_them in records.items():
        for start in range(0, len(all_of_them), _AT_ONCE):
            some: dict[str, Any] = {name: all_of_them[start : start + _AT_ONCE]}
            yield Selection(Roster("", **some))


def _few(left_out: tuple[OrgCounts, ...]) -> tuple[OrgCounts, ...]:
    """The organisations left out; of very many the first, and the rest as one."""
    rest = left_out[_MOST_LEFT_OUT:]
    if not rest:
        return left_out
    counts = {what: sum(each.counts[what] for each in rest) for what in rest[0].counts}
    return (*left_out[:_MOST_LEFT_OUT], OrgCounts("", "", f"{len(rest):,} more organisations", counts))


_PART: Final = Reader(f"{__name__}:part_of", Selection)


async def read_part(
    context: Context, content: bytes, form: str | None, organisations: list[str] | None, options: ReadOptions
) -> Selection:
    """The part of a bundle that belongs to one school.

    Args:
        organisations: The ids in the bundle that are the school; None: the only one that has anything.

    Raises:
        FileRefused: With the faults of the bundle.
    """
    head, *pieces = await read_apart(
        context,
        _PART,
        content=content,
        form=form,
        organisations=organisations,
        options=to_builtins(options),
        most=None if context.caller.account is None else MOST_RECORDS,
    )
    records: dict[str, Any] = {
        name: tuple(chain.from_iterable(getattr(piece.roster, name) for piece in pieces)) for name in RECORDS
    }
    return replace(head, roster=replace(head.roster, **records))
