"""What sets of roles may do, remembered: compiling takes some ten milliseconds for each."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from homeroom.permissions import EVERYBODY, Access, Rule

from .catalogue import catalogue_of
from .compiler import compile_access

if TYPE_CHECKING:
    from homeroom.variants import Variant

__all__ = ["access_of"]

#: Compiled permissions kept for each variant.
_MOST: Final = 512
_PART: Final = "policies.compiled"


async def access_of(variant: Variant, rules: Sequence[Rule], roles: Collection[str]) -> Access:
    """What people with a set of roles may do. Schools of one district share most sets of roles, rules and plugins.

    Other requests take their turn before each that has to be compiled.

    Args:
        variant: What the rules speak of.
        rules: The rules beside those of its plugins.
        roles: The roles; the rules for everybody hold as well.
    """
    known: dict[object, Access] = variant.parts.setdefault(_PART, {})
    key = (frozenset(roles), tuple(rules))
    found = known.get(key)
    if found is None:
        await asyncio.sleep(0)
        if len(known) >= _MOST:
            known.clear()
        found = known[key] = compile_access((*variant.rules, *rules), {*roles, EVERYBODY}, catalogue_of(variant))
    return found
