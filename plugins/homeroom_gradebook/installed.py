"""The grading schemes that are installed, or that one space has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.host import Host
    from homeroom.variants import Variant
    from homeroom_gradebook.scheme_choice import SchemeFamily
    from homeroom_gradebook.schemes import GradingScheme

_PART = "grading_schemes"


def scheme_families() -> tuple[SchemeFamily, ...]:
    """The families of all installed plugins, in start order."""
    return tuple(Hooks(PluginRegistry.discover()).collect(_PART))


def schemes_of(host: Host, variant: Variant) -> Sequence[GradingScheme]:
    """The schemes of a space's plugins; gathered once for each set of plugins."""
    schemes: tuple[GradingScheme, ...] | None = variant.parts.get(_PART)
    if schemes is None:
        families: list[SchemeFamily] = host.hooks.collect(_PART, only=variant.plugins)
        schemes = variant.parts[_PART] = tuple(scheme for family in families for scheme in family.schemes)
    return schemes
