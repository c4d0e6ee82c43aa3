"""Which routes the pages of other origins may call.

A school lists origins whose pages may work with its data. What belongs to the account, or to another school, is none
of theirs: a route is closed to them unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

__all__ = ["FOR_LISTED_ORIGINS", "open_to_listed_origins"]

_NAME: Final = "homeroom_listed_origins"

#: The `opt` of a route that answers from the selected school's data alone: origins that this school lists may call it.
FOR_LISTED_ORIGINS: Final[Mapping[str, Any]] = MappingProxyType({_NAME: True})


def open_to_listed_origins(handler: Any) -> bool:
    """Whether pages of origins that a school lists may call a route.

    Args:
        handler: Litestar's handler of the route, or None.
    """
    return handler is not None and bool(handler.opt.get(_NAME))
