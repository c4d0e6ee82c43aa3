"""The links between records of another system and the rows that they became."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom.imports.journal import Journal, RowChange

__all__ = ["Key", "Link", "Links"]

_encode = msgspec.json.Encoder().encode

#: A record's id, with what it is unique in, such as the school year where a system uses its ids again.
Key = tuple[str, UUID | None]

_SELECT: Final = """
SELECT id, noun, source_id, within_id, row_id, made, present, ended_on,
       CASE WHEN NOT noun = ANY($3::text[]) THEN record::text END AS record
FROM import_link WHERE command = $1 AND system = $2
"""
#: Links of one statement: making the values of more would hold up the event loop.
_AT_ONCE: Final = 2_000
_INSERT: Final = """
INSERT INTO import_link
       (id, command, system, noun, source_id, within_id, row_id, position, made, present, ended_on, record)
SELECT n.id, $1, $2, n.noun, n.source_id, n.within_id, n.row_id, n.position, n.made, true, n.ended_on,
       n.record::jsonb
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::uuid[], $8::int[], $9::bool[], $10::date[],
            $11::text[])
     AS n (id, noun, source_id, within_id, row_id, position, made, ended_on, record)
"""
# Links that were loaded before are found again by their own ids, which the primary key holds.
_UPDATE: Final = """
UPDATE import_link l
SET row_id = n.row_id, position = n.position, made = n.made, present = true, ended_on = n.ended_on,
    record = n.record::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[], $5::date[], $6::text[])
     AS n (id, row_id, position, made, ended_on, record), import_link o
WHERE l.id = n.id AND (l.row_id, l.position, l.made, l.present, l.ended_on, l.record)
      IS DISTINCT FROM (n.row_id, n.position, n.made, true, n.ended_on, n.record::jsonb)
  AND o.tenant_id = l.tenant_id AND o.id = l.id
RETURNING l.id, l.row_id AS person, to_jsonb(o)::text AS was
"""
_LEAVE: Final = """
UPDATE import_link l SET present = n.present, ended_on = n.ended_on
FROM unnest($1::uuid[], $2::bool[], $3::date[]) AS n (id, present, ended_on), import_link o
WHERE l.id = n.id AND o.tenant_id = l.tenant_id AND o.id = l.id
RETURNING l.id, l.row_id AS person, to_jsonb(o)::text AS was
"""
_WRITTEN: Final = ("row_id", "position", "made", "present", "ended_on", "record")


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Args:
        id: Its own id.
        source_id: The record's id in the other system.
        within: What the record's id is unique in, if that is not the whole system.
        row: The row that it became.
        made: Whether an import created that row.
        present: Whether the last import still had the record.
        ended_on: The last day that an import gave the row because the record was gone.
        record: What the record said when it was last imported, as JSON, where that was loaded.
    """

    id: UUID
    source_id: str
    within: UUID | None
    row: UUID | None
    made: bool
    present: bool
    ended_on: date | None = None
    record: str | None = None

    @property
    def key(self) -> Key:
        """By which the links of one noun are found."""
        return self.source_id, self.within

    def said(self) -> Any:
        """What the record said when it was last imported; None where that was not loaded."""
        return None if self.record is None else msgspec.json.decode(self.record)


class Links:
    """The links of one import and one system, as an import finds and leaves them.

    They repeat what the audit's lines of the rows say, so they are written without lines of their own.

    Args:
        context: The command's.
        command: The dotted name of the import.
        system: The name of the other system.
        kept_as: Gives of a record what is kept of it, as JSON values.
    """

    def __init__(
        self, context: Context, command: str, system: str, kept_as: Callable[[Any], Any] = lambda record: record
    ) -> None:
        self._context = context
        self._command = command
        self._system = system
        self._kept_as = kept_as
        self._found: dict[str, dict[Key, Link]] = {}
        self._of_source: dict[tuple[str, str], list[Link]] = {}
        self._new: dict[tuple[str, Key], tuple[UUID | None, int, bool, date | None, str]] = {}
        self._seen: set[tuple[str, Key]] = set()
        self._ended: dict[tuple[str, Key], date] = {}
        self._covered: frozenset[UUID] | None = None

    async def load(self, unread: Collection[str] = ()) -> None:
        """Read what earlier imports left.

        Args:
            unread: Nouns whose records are not compared, so that they need not be loaded.
        """
        for row, noun, *values in await self._context.fetch(_SELECT, self._command, self._system, list(unread)):
            link = Link(row, *values)
            self._found.setdefault(noun, {})[link.key] = link
            self._of_source.setdefault((noun, link.source_id), []).append(link)

    def cover(self, within: Collection[UUID]) -> None:
        """Say what the file is about, such as its school years: records of others are not missing from it."""
        self._covered = frozenset(within)

    def covers(self, within: UUID | None) -> bool:
        """Whether the file is about this, such as a school year."""
        return within is None or self._covered is None or within in self._covered

    def of(self, noun: str) -> Mapping[Key, Link]:
        """The links of one noun that earlier imports left."""
        return self._found.get(noun, {})

    def of_source(self, noun: str, source_id: str) -> Sequence[Link]:
        """The links of one record's id, whatever it is unique in."""
        return self._of_source.get((noun, source_id), ())

    def said(self, noun: str, source_id: str, within: UUID | None = None) -> Any:
        """What the last import's record said; None where there was none or it was not loaded."""
        link = self.of(noun).get((source_id, within))
        return None if link is None else link.said()

    def forget(self, noun: str, link: Link) -> None:
        """Treat a record as one that was never seen, because its id belongs to something else now."""
        self._found[noun][link.key] = replace(link, row=None)

    def see(self, noun: str, key: Key) -> None:
        """Note that the file has the record, before :meth:`keep` says which row it is."""
        self._seen.add((noun, key))

    def keep(
        self,
        noun: str,
        source_id: str,
        record: Any,
        position: int,
        *,
        row: UUID | None = None,
        made: bool = False,
        within: UUID | None = None,
        ended_on: date | None = None,
    ) -> None:
        """Note that this import has the record.

        Args:
            noun: What kind of record.
            source_id: Its id.
            record: What is kept of it.
            position: Its place in its file.
            row: The row that it is.
            made: Whether an import created the row.
            within: What its id is unique in, if that is not the whole system.
            ended_on: The last day that an import gave the row, where the row still has it.
        """
        self.see(noun, (source_id, within))
        text = _encode(self._kept_as(record)).decode()
        self._new[noun, (source_id, within)] = (row, position, made, ended_on, text)

    def end(self, noun: str, link: Link, on: date) -> None:
        """Note that this import gave the link's row a last day because the record is gone."""
        self._ended[noun, link.key] = on

    def vanished(self, noun: str) -> list[Link]:
        """The links of a noun that were present, that the file covers, and that it no longer has."""
        return [
            link
            for key, link in self.of(noun).items()
            if link.present and (noun, key) not in self._seen and self.covers(link.within)
        ]

    async def write(self, journal: Journal) -> None:
        """Write what was noted; links that were not are marked as no longer present.

        Args:
            journal: Learns which links were created and what the others were before.
        """
        new = [(key, value) for key, value in self._new.items() if key[1] not in self.of(key[0])]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            ids = new_ids(len(some))
            for row in ids:
                journal.add("import_link", row, RowChange(None, {}))
            await self._context.execute(
                _INSERT,
                self._command,
                self._system,
                ids,
                *_columns([(noun, *key) for (noun, key), _ in some]),
                *_columns([value for _, value in some]),
            )
        old = [(self.of(noun)[key].id, *value) for (noun, key), value in self._new.items() if key in self.of(noun)]
        if old:
            _note(journal, await self._context.fetch(_UPDATE, *_columns(old)))
        gone = [(noun, link) for noun in self._found for link in self.vanished(noun)]
        left = {link.id: (False, self._ended.get((noun, link.key), link.ended_on)) for noun, link in gone}
        # What gave way to another year's is still a record of its own year.
        for (noun, key), day in self._ended.items():
            if (noun, key) not in self._new:
                link = self.of(noun)[key]
                left.setdefault(link.id, (link.present, day))
        if left:
            _note(journal, await self._context.fetch(_LEAVE, list(left), *_columns(list(left.values()))))


def _note(journal: Journal, rows: Iterable[Any]) -> None:
    for row in rows:
        was = msgspec.json.decode(row["was"])
        journal.add("import_link", row["id"], RowChange({name: was[name] for name in _WRITTEN}, {}, row["person"]))


def _columns(values: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one list for each column."""
    return [list(column) for column in zip(*values, strict=True)]
