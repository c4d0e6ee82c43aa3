"""The links between records of rosters and rows of the registry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.imports.journal import Journal, RowChange
from homeroom_rosters.roster import without_places

__all__ = ["Key", "Link", "Links"]

_encode = msgspec.json.Encoder().encode

#: A record's id, with the school year of those whose ids a system uses again in another year.
Key = tuple[str, UUID | None]

#: The nouns of which an import asks what the last one said.
_COMPARED: Final = (
    "bundle calendar course demographics enrolment guardianship homeroom homeroom_teacher person section taught"
    " teaching"
).split()

_SELECT = """
SELECT id, noun, source_id, school_year_id, row_id, made, present, ended_on,
       CASE WHEN noun = ANY($2::text[]) THEN record::text END AS record
FROM roster_link WHERE system = $1
"""
#: Links of one statement: making the values of more would hold up the event loop.
_AT_ONCE = 2_000
_INSERT = """
INSERT INTO roster_link
       (id, system, noun, source_id, school_year_id, row_id, position, made, present, ended_on, record)
SELECT n.id, $1, n.noun, n.source_id, n.school_year_id, n.row_id, n.position, n.made, n.present, n.ended_on,
       n.record::jsonb
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::int[], $8::bool[], $9::bool[], $10::date[],
            $11::text[])
     AS n (id, noun, source_id, school_year_id, row_id, position, made, present, ended_on, record)
"""
# Links that were loaded before are found again by their own ids, which the primary key holds.
_UPDATE = """
UPDATE roster_link l
SET row_id = n.row_id, position = n.position, made = n.made, present = n.present, ended_on = n.ended_on,
    record = n.record::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[], $5::bool[], $6::date[], $7::text[])
     AS n (id, row_id, position, made, present, ended_on, record), roster_link o
WHERE l.id = n.id AND (l.row_id, l.position, l.made, l.present, l.ended_on, l.record)
      IS DISTINCT FROM (n.row_id, n.position, n.made, n.present, n.ended_on, n.record::jsonb)
  AND o.tenant_id = l.tenant_id AND o.id = l.id
RETURNING l.id, l.row_id AS person, to_jsonb(o)::text AS was
"""
_LEAVE = """
UPDATE roster_link l SET present = n.present, ended_on = n.ended_on
FROM unnest($1::uuid[], $2::bool[], $3::date[]) AS n (id, present, ended_on), roster_link o
WHERE l.id = n.id AND o.tenant_id = l.tenant_id AND o.id = l.id
RETURNING l.id, l.row_id AS person, to_jsonb(o)::text AS was
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Args:
        id: Its own id.
        source_id: The record's id in the other system.
        year: The school year of the record, where ids are used again in another year.
        row: The row that it became.
        made: Whether a roster made that row.
        present: Whether the last import still had the record.
        ended_on: The last day that an import gave the row because the record was gone.
        record: What the record said when it was last imported, as JSON; of some nouns alone.
    """

    id: UUID
    source_id: str
    year: UUID | None
    row: UUID | None
    made: bool
    present: bool
    ended_on: date | None = None
    record: str | None = None

    @property
    def key(self) -> Key:
        """By which the links of one noun are found."""
        return self.source_id, self.year

    def said(self) -> Any:
        """What the record said when it was last imported; None where that is not kept."""
        return None if self.record is None else msgspec.json.decode(self.record)


class Links:
    """The links of one system, as an import finds and leaves them.

    They repeat what the audit lines of the rows themselves say, so they are written without lines of their own.

    Args:
        context: The import's.
        system: The name of the other system.
    """

    def __init__(self, context: Context, system: str) -> None:
        self._context = context
        self._system = system
        self._found: dict[str, dict[Key, Link]] = {}
        self._of_source: dict[tuple[str, str], list[Link]] = {}
        self._new: dict[tuple[str, Key], tuple[UUID | None, int, bool, bool, date | None, str]] = {}
        self._ended: dict[tuple[str, Key], date] = {}
        self._years: frozenset[UUID] | None = None

    async def load(self) -> None:
        """Read what earlier imports left."""
        for row in await self._context.fetch(_SELECT, self._system, _COMPARED):
            link = Link(
                row["id"],
                row["source_id"],
                row["school_year_id"],
                row["row_id"],
                row["made"],
                row["present"],
                row["ended_on"],
                row["record"],
            )
            self._found.setdefault(row["noun"], {})[link.key] = link
            self._of_source.setdefault((row["noun"], link.source_id), []).append(link)

    def speak_of(self, years: Collection[UUID]) -> None:
        """Say which school years the roster is about: records of other years are not missing from it."""
        self._years = frozenset(years)

    def speaks_of(self, year: UUID | None) -> bool:
        """Whether the roster is about a school year."""
        return year is None or self._years is None or year in self._years

    def forget(self, noun: str, link: Link) -> None:
        """Take a record for one that was never seen: its id belongs to something else now."""
        self._found[noun][link.key] = replace(link, row=None)

    def of(self, noun: str) -> Mapping[Key, Link]:
        """The links of one noun that earlier imports left."""
        return self._found.get(noun, {})

    def of_source(self, noun: str, source_id: str) -> Sequence[Link]:
        """The links of one record's id, of all years."""
        return self._of_source.get((noun, source_id), ())

    def keep(
        self,
        noun: str,
        source_id: str,
        record: Any,
        position: int,
        *,
        row: UUID | None = None,
        made: bool = False,
        year: UUID | None = None,
        ended_on: date | None = None,
    ) -> None:
        """Note that this import has the record.

        Args:
            noun: What kind of record.
            source_id: Its id.
            record: JSON values or a dataclass.
            position: Its place in its file.
            row: The row that it is.
            made: Whether a roster made the row.
            year: The school year, where ids are used again in another year.
            ended_on: The last day that an import gave the row, where it still has it.
        """
        text = _encode(without_places(record)).decode()
        self._new[noun, (source_id, year)] = (row, position, made, True, ended_on, text)

    def end(self, noun: str, link: Link, on: date) -> None:
        """Note that this import gave the link's row a last day because the record is gone."""
        self._ended[noun, link.key] = on

    def vanished(self, noun: str) -> list[Link]:
        """The links of a noun that were present, of years that the roster is about, and that it has no more."""
        return [
            link
            for key, link in self.of(noun).items()
            if link.present and (noun, key) not in self._new and self.speaks_of(link.year)
        ]

    async def write(self, journal: Journal) -> None:
        """Write what was noted; links that were not are marked as no longer present.

        Args:
            journal: Learns which links were made and what the others were before.
        """
        new = [(key, value) for key, value in self._new.items() if key[1] not in self.of(key[0])]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            ids = new_ids(len(some))
            for row in ids:
                journal.add("roster_link", row, RowChange(None, {}))
            await self._context.execute(
                _INSERT,
                self._system,
                ids,
                [noun for (noun, _), _ in some],
                [key[0] for (_, key), _ in some],
                [key[1] for (_, key), _ in some],
                *_columns([value for _, value in some]),
            )
        old = [(self.of(noun)[key].id, value) for (noun, key), value in self._new.items() if key in self.of(noun)]
        if old:
            columns = _columns([value for _, value in old])
            _note(journal, await self._context.fetch(_UPDATE, [each for each, _ in old], *columns))
        left = {link.id: (False, self._ended.get((noun, link.key), link.ended_on)) for noun, link in self._gone()}
        # What gave way to another year's is still a record of its own year.
        left |= {
            self.of(noun)[key].id: (self.of(noun)[key].present, day)
            for (noun, key), day in self._ended.items()
            if (noun, key) not in self._new and self.of(noun)[key].id not in left
        }
        if left:
            _note(journal, await self._context.fetch(_LEAVE, list(left), *_columns(list(left.values()))))

    def _gone(self) -> Iterable[tuple[str, Link]]:
        for noun in self._found:
            for link in self.vanished(noun):
                yield noun, link


def _note(journal: Journal, rows: Iterable[Any]) -> None:
    for row in rows:
        was = msgspec.json.decode(row["was"])
        old = {name: was[name] for name in ("row_id", "position", "made", "present", "ended_on", "record")}
        journal.add("roster_link", row["id"], RowChange(old, {}, row["person"]))


def _columns(values: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one list per column."""
    return [list(column) for column in zip(*values, strict=True)]
