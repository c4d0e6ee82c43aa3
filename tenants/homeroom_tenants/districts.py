"""Schools join districts and leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.errors import Refusal
from homeroom.refusals import NOT_FOUND
from homeroom_tenants.refusals import NOT_A_DISTRICT

from .space_registry import space_of

if TYPE_CHECKING:
    from homeroom.host import Host

    from .store import OriginRule, SpaceRow, Store

__all__ = ["Districts"]


class Districts:
    """Puts schools into districts.

    Args:
        host: The host.
        store: The directory's functions.
    """

    def __init__(self, host: Host, store: Store) -> None:
        self._host = host
        self._store = store

    async def join(self, school: UUID, district: UUID | None) -> None:
        """Put a school into a district, or into none.

        The rules that the district has applied hold in the school at once. When the school leaves, they end, and so do
        the roles that the district has granted there. The audit of the school and of both districts shows it.

        Raises:
            Refusal: The two are not a school and a district.
            Refusal: There is no such space.
        """
        rows = {row.id: row for row in await self._store.spaces()}
        if school not in rows:
            raise Refusal(NOT_FOUND, "space")
        left = rows[school].district
        if left == district and left is not None:
            return
        async with self._host.database.transaction(school) as transaction:
            old_rules = await self._district_rules(school)
            if not await self._store.set_district(school, district):
                raise Refusal(NOT_A_DISTRICT, "district")
            new_rules = await self._district_rules(school)
            trail = self._trail(rows[school], rows, left, district)
            for each in {**old_rules, **new_rules}.values():
                was, now = (_shown(rules[each.id]) if each.id in rules else None for rules in (old_rules, new_rules))
                trail.changed("space_rule", each.id, was, now)
            caller = self._host.system_caller(space_of(rows[school], self._host.registry))
            await trail.write(transaction, caller, self._host.clock(), None)
        for other in (left, district):
            if other is None:
                continue
            async with self._host.database.transaction(other) as transaction:
                caller = self._host.system_caller(space_of(rows[other], self._host.registry))
                trail = self._trail(rows[school], rows, left, district)
                await trail.write(transaction, caller, self._host.clock(), None)

    async def _district_rules(self, school: UUID) -> dict[UUID, OriginRule]:
        return {each.id: each for each in await self._store.rules(school) if each.origin == "district"}

    def _trail(
        self, school: SpaceRow, rows: dict[UUID, SpaceRow], left: UUID | None, joined: UUID | None
    ) -> AuditTrail:
        trail = AuditTrail("tenants.district.leave" if joined is None else "tenants.district.join")
        was, now = (
            {"school": school.slug, "district": rows[each].slug if each is not None else None}
            for each in (left, joined)
        )
        trail.changed("space", school.id, was, now)
        return trail


def _shown(rule: OriginRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in ("role", "object", "action", "scope", "effect", "district")}
