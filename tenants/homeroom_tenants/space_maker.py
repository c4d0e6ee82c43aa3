"""Making spaces: from a region's preset, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal
from uuid import UUID

from homeroom.audit import AuditTrail
from homeroom.callers import Space
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.presets import Preset
from homeroom.refusals import NOT_FOUND, TAKEN
from homeroom_tenants.refusals import NO_PLUGIN, NO_PRESET, SCHOOL_OR_DISTRICT, SLUG_FORMAT

from .hosts import is_slug
from .logins import checked_name
from .space_registry import space_of
from .store import SpaceRow, Store

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["RESERVED_SLUGS", "SpaceMaker"]

#: Host names that an installation may want for itself.
RESERVED_SLUGS: Final = frozenset({"www", "api", "admin", "mail", "static", "portal", "localhost"})


class SpaceMaker:
    """Creates spaces and switches their plugins.

    Args:
        host: The host.
        store: The directory's functions.
    """

    def __init__(self, host: Host, store: Store) -> None:
        self._host = host
        self._store = store

    def preset(self, region: str) -> Preset:
        """The preset of a region. Raises Refusal naming `region`."""
        presets: list[Preset] = self._host.hooks.collect("presets")
        found = {preset.region: preset for preset in presets}
        if region not in found:
            known = ", ".join(sorted(found)) or "none is installed"
            raise Refusal(NO_PRESET, "region", region=region, known=known)
        return found[region]

    def _choices(self, names: Sequence[str]) -> list[str]:
        """The named plugins and those they require, without the host's own parts."""
        installed = self._host.registry.plugins
        for name in names:
            if name not in installed:
                raise Refusal(NO_PLUGIN, "plugins", plugin=name)
        wanted = self._host.registry.with_requirements(names)
        return sorted(name for name in wanted if not installed[name].host_part)

    async def create(
        self,
        *,
        slug: str,
        name: str,
        region: str,
        kind: Literal["school", "district"],
        plugins: Sequence[str] | None,
    ) -> Space:
        """Creates a space and lets its plugins set it up, in one transaction.

        Raises:
            Refusal: Naming `slug`, `name`, `region`, `kind` or `plugins`.
        """
        if not is_slug(slug) or slug in RESERVED_SLUGS:
            raise Refusal(SLUG_FORMAT, "slug")
        if kind not in ("school", "district"):
            raise Refusal(SCHOOL_OR_DISTRICT, "kind")
        preset = self.preset(region)
        if plugins is None:
            plugins = preset.plugins if kind == "school" else ()
        chosen = self._choices(plugins)
        row = SpaceRow(
            id=new_id(),
            slug=slug,
            kind=kind,
            name=checked_name(name),
            region=region,
            time_zone=preset.time_zone,
            locale=preset.locale,
            plugins=chosen,
            prepared=chosen,
            version=1,
            origins=[],
            hosts=[],
            rules=[],
        )
        space = space_of(row, self._host.registry)
        now = self._host.clock()
        async with self._host.database.transaction(space.id):
            if not await self._store.create_space(row, now):
                raise Refusal(TAKEN, "slug", name=slug)
            await self._set_up(space, preset, space.plugins, "tenants.space.create")
        return space

    async def set_plugins(self, space: UUID, plugins: Sequence[str]) -> None:
        """Switches plugins on and off; one that is on for the first time sets the space up for itself.

        Raises:
            Refusal: Naming `plugins`.
            Refusal: There is no such space.
        """
        chosen = self._choices(plugins)
        async with self._host.database.transaction(space):
            rows = {row.id: row for row in await self._store.spaces()}
            if space not in rows:
                raise Refusal(NOT_FOUND, "space")
            old = rows[space]
            new = frozenset(chosen) - frozenset(old.prepared)
            await self._store.set_plugins(space, chosen, sorted(new.union(old.prepared)))
            presets: list[Preset] = self._host.hooks.collect("presets")
            preset = next((each for each in presets if each.region == old.region), None)
            row = SpaceRow(**{name: getattr(old, name) for name in old.__struct_fields__} | {"plugins": chosen})
            await self._set_up(space_of(row, self._host.registry), preset, new, "tenants.space.set_plugins")

    async def _set_up(self, space: Space, preset: Preset | None, plugins: frozenset[str], command: str) -> None:
        host = self._host
        now = host.clock()
        async with host.database.transaction(space.id) as transaction:
            caller = host.system_caller(space)
            trail = AuditTrail(command)
            context = Context(host, caller, transaction, trail, now)
            await host.hooks.each("plugins_switched_on", only=context.variant.plugins, context=context)
            for plugin in host.registry.in_order(plugins):
                options = preset.options.get(plugin.name, {}) if preset is not None else {}
                await host.hooks.each("space_created", only=frozenset({plugin.name}), context=context, options=options)
            trail.changed("space", space.id, None, {"slug": space.slug, "plugins": sorted(space.plugins)})
            await trail.write(transaction, caller, now, None)
