"""By what people recognize their school: its name, its colour, its crest."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["CRESTS", "HOMEROOM", "Accent", "Brand", "brand_of_space", "crest_digest", "forget_brand"]


class Accent(StrEnum):
    """The colours of which a school chooses one, in light and in dark."""

    TEAL = "teal"
    BLUE = "blue"
    INDIGO = "indigo"
    PLUM = "plum"
    RED = "red"
    BROWN = "brown"
    GREEN = "green"
    SLATE = "slate"


@dataclass(frozen=True, slots=True)
class Brand:
    """How the pages of a school look.

    Args:
        name: Of the school; empty where the address names none.
        accent: One of the colours of the style sheet.
        crest: The address of its picture; empty if it has none.
    """

    name: str
    accent: str
    crest: str


#: What pages look like that belong to no school.
HOMEROOM: Final = Brand("", Accent.TEAL, "")
#: Seconds after which a process looks again: another one may have changed it.
_KEPT: Final = 30.0
_SERVICE: Final = "console.brands"
#: In the address of a crest, so that browsers may keep it for ever.
CRESTS: Final = "/console/crest"


async def brand_of_space(host: Host, space: Space) -> Brand:
    """How the pages of a school look, also before somebody signs in: no more than its name, colour and crest.

    Args:
        host: The host.
        space: The school or the district.
    """
    kept, now = _kept(host), time.monotonic()
    found = kept.get(space.id)
    if found is None or found[0] < now:
        async with host.database.transaction(space.id, read_only=True) as transaction:
            row = await transaction.fetchrow(_READ)
        accent, digest = (row["accent"], row["digest"]) if row is not None else (Accent.TEAL, None)
        found = kept[space.id] = (now + _KEPT, accent, digest)
    _, accent, digest = found
    return Brand(space.name, accent, f"{CRESTS}/{digest[:16]}.jpg" if digest else "")


_READ: Final = "SELECT s.accent, f.digest FROM appearance_settings s LEFT JOIN stored_file f ON f.id = s.crest_id"


async def crest_digest(host: Host, space: Space) -> str | None:
    """The SHA-256 of the crest of a school; none if it has none."""
    await brand_of_space(host, space)
    return _kept(host)[space.id][2]


def forget_brand(host: Host, space: UUID) -> None:
    """Have the next page of a school look again."""
    _kept(host).pop(space, None)


def _kept(host: Host) -> dict[UUID, tuple[float, str, str | None]]:
    kept: dict[UUID, tuple[float, str, str | None]] = host.services.setdefault(_SERVICE, {})
    return kept
