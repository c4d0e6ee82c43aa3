"""The links between records of rosters and rows of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.database.ids import new_ids
from homeroom_school.roster import without_places

__all__ = ["Link", "Links"]

_encode = msgspec.json.Encoder().encode

_INSERT = """
INSERT INTO roster_link (id, system, noun, source_id, row_id, position, made, present, record)
SELECT n.id, $1, n.noun, n.source_id, n.row_id, n.position, n.made, n.present, n.record::jsonb
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::int[], $7::bool[], $8::bool[], $9::text[])
     AS n (id, noun, source_id, row_id, position, made, present, record)
"""
# Links that were loaded before are found again by their own ids, which the primary key holds.
_UPDATE = """
UPDATE roster_link l
SET row_id = n.row_id, position = n.position, made = n.made, present = n.present, record = n.record::jsonb
FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[], $5::bool[], $6::text[])
     AS n (id, row_id, position, made, present, record)
WHERE l.id = n.id AND (l.row_id, l.position, l.made, l.present, l.record)
      IS DISTINCT FROM (n.row_id, n.position, n.made, n.present, n.record::jsonb)
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Args:
        id: Its own id.
        source_id: The record's id in the other system.
        row: The row that it became.
        made: Whether a roster made that row.
        present: Whether the last import still had the record.
    """

    id: UUID
    source_id: str
    row: UUID | None
    made: bool
    present: bool


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
        self._found: dict[str, dict[str, Link]] = {}
        self._new: dict[tuple[str, str], tuple[UUID | None, int, bool, bool, str]] = {}

    async def load(self) -> None:
        """Read what earlier imports left."""
        for row in await self._context.fetch(
            "SELECT id, noun, source_id, row_id, made, present FROM roster_link WHERE system = $1", self._system
        ):
            link = Link(row["id"], row["source_id"], row["row_id"], row["made"], row["present"])
            self._found.setdefault(row["noun"], {})[link.source_id] = link

    def of(self, noun: str) -> Mapping[str, Link]:
        """The links of one noun that earlier imports left, by source id."""
        return self._found.get(noun, {})

    def keep(
        self, noun: str, source_id: str, record: Any, position: int, *, row: UUID | None = None, made: bool = False
    ) -> None:
        """Note that this import has the record.

        Args:
            noun: What kind of record.
            source_id: Its id.
            record: JSON values or a dataclass.
            position: Its place in its file.
            row: The row that it is.
            made: Whether a roster made the row.
        """
        self._new[noun, source_id] = (row, position, made, True, _encode(without_places(record)).decode())

    def vanished(self, noun: str) -> list[Link]:
        """The links of a noun that were present and that this import has not noted."""
        return [link for key, link in self.of(noun).items() if link.present and (noun, key) not in self._new]

    async def write(self) -> None:
        """Write what was noted; links that were not are marked as no longer present."""
        new = [(key, value) for key, value in self._new.items() if key[1] not in self.of(key[0])]
        if new:
            await self._context.execute(
                _INSERT,
                self._system,
                new_ids(len(new)),
                [noun for (noun, _), _ in new],
                [source_id for (_, source_id), _ in new],
                *_columns([value for _, value in new]),
            )
        old = [(self.of(noun)[key].id, value) for (noun, key), value in self._new.items() if key in self.of(noun)]
        if old:
            await self._context.execute(_UPDATE, [each for each, _ in old], *_columns([value for _, value in old]))
        gone = [link.id for link in self._gone()]
        if gone:
            await self._context.execute("UPDATE roster_link SET present = false WHERE id = ANY($1::uuid[])", gone)

    def _gone(self) -> Iterable[Link]:
        for noun in self._found:
            yield from self.vanished(noun)


def _columns(values: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as one list per column."""
    return [list(column) for column in zip(*values, strict=True)]
