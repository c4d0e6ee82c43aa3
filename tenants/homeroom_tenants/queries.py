"""What administrators of a district ask about its schools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from homeroom.computed_queries import ComputedQuery, query
from homeroom.context import Context

if TYPE_CHECKING:
    from .directory import TenantDirectory

__all__ = ["QUERIES", "administrators_seen"]


@dataclass(frozen=True)
class SchoolAdministration:
    """When somebody who looks after a school last did something there.

    Args:
        school: The short name of the school.
        seen_at: When one who is an administrator there now last did something that the school's audit shows; null:
            none has. What programs do by API tokens does not count.
    """

    school: str
    seen_at: datetime | None


@query("tenants.district.administrators")
async def administrators_seen(context: Context) -> list[SchoolAdministration]:
    """The schools of this district, each with the moment at which an administrator last did something there."""
    store = cast("TenantDirectory", context.host.directory).store
    seen = await store.administrators_seen(context.space.id, context.now)
    return [SchoolAdministration(each.school, each.at) for each in seen]


QUERIES: Final[tuple[ComputedQuery, ...]] = (administrators_seen,)
