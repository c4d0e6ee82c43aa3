"""All rows of a space, fetched with Piccolo under row level security."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from garden.planting import NOW, TEXTS
from garden.tables import Bed, Duty, Gardener, Harvest, Plant, Rank, Stage
from reference.meaning import World

from homeroom.callers import Space
from homeroom.host import Host

__all__ = ["fetch_world"]

_TABLES: dict[str, Any] = {"Gardener": Gardener, "Bed": Bed, "Duty": Duty, "Plant": Plant, "Harvest": Harvest}


async def fetch_world(host: Host, space: Space, persons: tuple[UUID, ...]) -> World:
    """Everything that the space holds, and how the database sorts texts."""
    async with host.database.transaction(space.id, read_only=True) as transaction:
        rows = {name: await table.select() for name, table in _TABLES.items()}
        texts = {*TEXTS, *Rank, *Stage, *(text[:1] for text in TEXTS)}
        ordered = await transaction.fetchval("SELECT array_agg(t ORDER BY t) FROM unnest($1::text[]) t", list(texts))
    return World(
        rows=rows,
        persons=persons,
        today=NOW.astimezone(space.time_zone).date(),
        rank={text: place for place, text in enumerate(ordered)},
    )
