"""The host part that decides permissions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.permissions import Access, Rule
from homeroom.plugins import Plugin

from .catalogue import catalogue_of
from .check import check_policy
from .compiler import compile_access
from .errors import PolicyError
from .rules import PolicyLine

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["PoliciesPlugin", "plugin"]


class PoliciesPlugin(Plugin):
    """Compiles roles and rules; quarantines a plugin whose rules speak of what does not exist."""

    name = "policies"
    title = "Permissions: roles, rules and scopes, decided by a Casbin model"
    host_part = True

    @hookimpl
    def compile_access(self, variant: Variant, roles: frozenset[str], rules: Sequence[Rule]) -> Access:
        return compile_access(rules, roles, catalogue_of(variant))

    @hookimpl
    async def startup(self, host: Host) -> None:
        catalogue = catalogue_of(host.variant(frozenset(host.registry.plugins)))
        sound: list[PolicyLine] = []
        for name, rules in host.hooks.collect_by_plugin("rules"):
            lines = [PolicyLine(rule, origin=name) for rule in rules]
            try:
                check_policy(lines, catalogue, checked=sound)
            except PolicyError as error:
                host.quarantine(name, str(error))
            else:
                sound += lines


plugin = PoliciesPlugin()
