"""The grading schemes that are installed, or that one space has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.errors import Refusal
from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry
from homeroom_gradebook.refusals import NO_SUCH_SCHEME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.context import Context
    from homeroom_gradebook.scheme_choice import SchemeFamily
    from homeroom_gradebook.schemes import GradingScheme

_PART = "grading_schemes"


def scheme_families() -> tuple[SchemeFamily, ...]:
    """The families of all installed plugins, in start order."""
    return tuple(Hooks(PluginRegistry.discover()).collect(_PART))


def schemes_of(context: Context) -> Sequence[GradingScheme]:
    """The schemes of a space's plugins; gathered once for each set of plugins."""
    schemes: tuple[GradingScheme, ...] | None = context.variant.parts.get(_PART)
    if schemes is None:
        families: list[SchemeFamily] = context.host.hooks.collect(_PART, only=context.variant.plugins)
        schemes = context.variant.parts[_PART] = tuple(scheme for family in families for scheme in family.schemes)
    return schemes


def scheme_named(context: Context, name: str, field: str | None = None) -> GradingScheme:
    """A scheme of the space by name. Raises Refusal that names the field if its plugin is off or gone."""
    for scheme in schemes_of(context):
        if scheme.name == name:
            return scheme
    raise Refusal(NO_SUCH_SCHEME, field, scheme=name)
