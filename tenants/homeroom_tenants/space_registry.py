"""The spaces of the installation as this process knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from homeroom.callers import Space
from homeroom.custom import CustomFields

from .cache import KnownSpace, KnownSpaces
from .hosts import label_under

if TYPE_CHECKING:
    from homeroom.plugins import PluginRegistry

    from .store import ClosedRow, SpaceRow

__all__ = ["find_by_host", "known_spaces", "space_of"]


def space_of(row: SpaceRow, registry: PluginRegistry, closed: ClosedRow | None = None) -> Space:
    """The kernel's view of a space: with the plugins that are required, without those that are gone."""
    return Space(
        id=row.id,
        slug=row.slug,
        kind=row.kind,
        name=row.name,
        region=row.region,
        time_zone=ZoneInfo(row.time_zone),
        locale=row.locale,
        plugins=registry.with_requirements(row.plugins),
        version=row.version,
        fields=CustomFields(row.fields),
        logged=frozenset(row.logged),
        state="open" if closed is None else closed.state,
    )


def known_spaces(rows: list[SpaceRow], registry: PluginRegistry, closed: list[ClosedRow]) -> KnownSpaces:
    """All spaces, ready to be found."""
    not_open = {row.id: row for row in closed}
    by_id = {}
    by_slug = {}
    by_host = {}
    for row in rows:
        known = KnownSpace(
            space=space_of(row, registry, not_open.get(row.id)),
            origins=frozenset(row.origins),
            rules=tuple(rule.rule() for rule in row.rules),
            district=row.district,
            closed_because=not_open[row.id].reason if row.id in not_open else None,
        )
        by_id[row.id] = known
        by_slug[row.slug] = known
        for host in row.hosts:
            by_host[host] = known
    return KnownSpaces(by_id, by_slug, by_host)


def find_by_host(spaces: KnownSpaces, name: str, base_domain: str) -> KnownSpace | None:
    """The space that a host name belongs to: one of its own, or its short name under the base domain."""
    own = spaces.by_host.get(name)
    if own is not None:
        return own
    slug = label_under(name, base_domain)
    return spaces.by_slug.get(slug) if slug is not None else None
