"""The links between records of rosters and rows of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.database.ids import new_ids

__all__ = ["Link", "Links"]

_encode = msgspec.json.Encoder().encode

_WRITE = """
INSERT INTO roster_link (id, system, noun, source_id, row_id, position, made, present, record)
SELECT n.id, $1, n.noun, n.source_id, n.row_id, n.position, n.made, n.present, n.record::jsonb
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::int[], $7::bool[], $8::bool[], $9::text[])
     AS n (id, noun, source_id, row_id, position, made, present, record)
ON CONFLICT (tenant_id, system, noun, source_id) DO UPDATE
SET row_id = excluded.row_id, position = excluded.position, made = excluded.made, present = excluded.present,
    record = excluded.record
WHERE (roster_link.row_id, roster_link.position, roster_link.made, roster_link.present, roster_link.record)
      IS DISTINCT FROM
      (excluded.row_id, excluded.position, excluded.made, excluded.present, excluded.record)
"""


@dataclass(frozen=True, slots=True)
class Link:
    """One link.

    Args:
        source_id: The record's id in the other system.
        row: The row that it became.
        made: Whether a roster made that row.
        present: Whether the last import still had the record.
    """

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
            "SELECT noun, source_id, row_id, made, present FROM roster_link WHERE system = $1", self._system
        ):
            link = Link(row["source_id"], row["row_id"], row["made"], row["present"])
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
        self._new[noun, source_id] = (row, position, made, True, _encode(record).decode())

    def vanished(self, noun: str) -> list[Link]:
        """The links of a noun that were present and that this import has not noted."""
        return [link for key, link in self.of(noun).items() if link.present and (noun, key) not in self._new]

    async def write(self) -> None:
        """Write what was noted; links that were not are marked as no longer present."""
        keys = list(self._new)
        values = [self._new[key] for key in keys]
        await self._context.execute(
            _WRITE,
            self._system,
            new_ids(len(keys)),
            [noun for noun, _ in keys],
            [source_id for _, source_id in keys],
            [value[0] for value in values],
            [value[1] for value in values],
            [value[2] for value in values],
            [value[3] for value in values],
            [value[4] for value in values],
        )
        gone = list(self._gone())
        await self._context.execute(
            "UPDATE roster_link l SET present = false FROM unnest($2::text[], $3::text[]) AS g (noun, source_id)"
            " WHERE l.system = $1 AND l.noun = g.noun AND l.source_id = g.source_id AND l.present",
            self._system,
            [noun for noun, _ in gone],
            [source_id for _, source_id in gone],
        )

    def _gone(self) -> Iterable[tuple[str, str]]:
        for noun in self._found:
            for link in self.vanished(noun):
                yield noun, link.source_id
