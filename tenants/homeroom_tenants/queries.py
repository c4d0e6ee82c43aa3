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
    """When somebody who looks after a school was last there.

    Args:
        school: The short name of the school.
        seen_at: When an administrator last used a session that is still kept; null: none has.
    """

    school: str
    seen_at: datetime | None


@query("tenants.district.administrators")
async def administrators_seen(context: Context) -> list[SchoolAdministration]:
    """The schools of this district, each with the moment at which an administrator last used it."""
    store = cast("TenantDirectory", context.host.directory).store
    return [SchoolAdministration(each.school, each.at) for each in await store.administrators_seen(context.space.id)]


QUERIES: Final[tuple[ComputedQuery, ...]] = (administrators_seen,)
