"""What grows in the two gardens: made from a seed, awkward on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from garden.tables import Bed, Duty, Gardener, Harvest, Plant, Rank, Stage

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.database.ids import new_ids
from homeroom.database.rows import Rows
from homeroom.host import Host

__all__ = ["NOW", "TEXTS", "Garden", "plant_garden"]

#: In Ho Chi Minh City the next day has begun, in Los Angeles it has not.
NOW = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)

#: What texts may hold: other scripts, case, quotes, backslashes, control characters, patterns of LIKE, JSON, SQL.
TEXTS = (
    "",
    "a",
    "A",
    "rose",
    "Rose",
    "Hoa hồng",
    "HOA HỒNG",
    "Đặng",
    "玫瑰",
    "𠮷野",
    'say "aah"',
    "it's",
    "back\\slash",
    "tab\there",
    "line\nbreak",
    "bell\x07",
    "del\x7f",
    "100%",
    "under_score",
    "',\"}]",
    "{row}",
    "{kept}",
    "$1",
    "null",
    "\u2028sep",
    "z" * 40,
)
_DATES = (None, date(1990, 2, 28), date(2010, 9, 5), date(2026, 3, 10), date(2026, 3, 11), date(2024, 2, 29))
_TIMES = (
    None,
    datetime(2025, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 10, 17, 30, tzinfo=UTC),
    datetime(2026, 3, 10, 17, 30, 0, 500000, tzinfo=UTC),
    datetime(1969, 7, 20, tzinfo=UTC),
)
_DOCUMENTS: tuple[Any, ...] = (
    None, {}, [], "text", 7, -1.5, True, {"a": [1, {"b": None}], "ü": 'q"\\\n'}, [[], {}], {"": ""},
)  # fmt: skip
_LISTS: tuple[list[str] | None, ...] = (
    None, [], ["vi"], ["en", "vi"], ['q"', "b\\", "c,d", "", "{}"], ["NULL", "玫瑰"],
)  # fmt: skip
_PRICES = (
    None, Decimal("0.000"), Decimal("-3.500"), Decimal("7.250"), Decimal("1234567.890"), Decimal("-0.001"),
    Decimal("7.25"),
)  # fmt: skip


@dataclass(frozen=True)
class Garden:
    """One space with its rows.

    Args:
        space: The space.
        ids: Resource name to the ids of its rows.
    """

    space: Space
    ids: dict[str, list[UUID]]


async def plant_garden(host: Host, space: Space, seed: int) -> Garden:
    """Fill a space."""
    random = Random(seed)
    pick = random.choice
    gardeners, beds, duties, plants, harvests = (new_ids(count) for count in (9, 5, 14, 36, 40))
    names = random.sample(TEXTS, len(gardeners))
    today = NOW.date()
    async with host.database.transaction(space.id) as transaction:

        async def insert(table: Any, rows: list[dict[str, Any]]) -> None:
            await Rows(table, transaction, AuditTrail("planting")).insert(rows)

        await insert(
            Gardener,
            [
                {
                    "id": each,
                    "name": names[index],
                    "rank": pick((None, *Rank)),
                    "born_on": pick(_DATES),
                    "joined_at": pick(_TIMES),
                    "balance": pick((0, -1, 2**53 + 1, -(2**59), 7)),
                    "shoe_size": pick((None, -3, 0, 38, 44)),
                    "active": pick((None, True, False)),
                    "languages": pick(_LISTS),
                    "profile": _document(pick(_DOCUMENTS)),
                    "mentor_id": pick((None, *gardeners[:index])),
                }
                for index, each in enumerate(gardeners)
            ],
        )
        await insert(
            Bed,
            [
                {
                    "id": each,
                    "title": pick(TEXTS),
                    "position": index % 3,
                    "area": pick(_PRICES[:4]),
                    "steward_id": pick((None, *gardeners)),
                }
                for index, each in enumerate(beds)
            ],
        )
        starts = [today + timedelta(days=pick((-400, -30, -1, 0, 1, 30))) for _ in duties]
        await insert(
            Duty,
            [
                {
                    "id": each,
                    "gardener_id": pick(gardeners),
                    "bed_id": pick(beds),
                    "starts_on": start,
                    "ends_on": pick((None, start, start + timedelta(days=1), start + timedelta(days=500))),
                }
                for each, start in zip(duties, starts, strict=True)
            ],
        )
        await insert(
            Plant,
            [
                {
                    "id": each,
                    "bed_id": pick(beds[:4]),
                    "label": pick(TEXTS),
                    "latin": pick((None, *TEXTS)),
                    "price": pick(_PRICES),
                    "planted_on": pick(_DATES),
                    "seen": pick((None, 0, 2**62, -5)),
                    "stage": pick((None, *Stage)),
                    "notes": _document(pick(_DOCUMENTS)),
                    "tags": pick(_LISTS),
                    "watered_at": pick(_TIMES),
                    "alive": pick((None, True, False)),
                    "height": pick((None, 1, 2, 30)),
                    "version": 1,
                }
                for each in plants
            ],
        )
        await insert(
            Harvest,
            [
                {
                    "id": each,
                    "plant_id": pick(plants[:20]),
                    "gardener_id": pick((None, *gardeners)),
                    "weight": pick((Decimal("-1.000"), Decimal("0.5"), Decimal("0.500"), Decimal(12))),
                    "picked_on": today - timedelta(days=pick((0, 1, 6, 7, 8, 300))),
                }
                for each in harvests
            ],
        )
    ids = {"Gardener": gardeners, "Bed": beds, "Duty": duties, "Plant": plants, "Harvest": harvests}
    return Garden(space, ids)


def _document(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
