"""The spelling of names in GraphQL."""

from __future__ import annotations

import functools

__all__ = ["camel_case"]


@functools.lru_cache(maxsize=65_536)
def camel_case(name: str) -> str:
    """``full_name`` as ``fullName``."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)
