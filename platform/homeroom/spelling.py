"""The spelling of names in GraphQL and in Python."""

from __future__ import annotations

import functools
import re

__all__ = ["camel_case", "snake_case"]


@functools.lru_cache(maxsize=65_536)
def camel_case(name: str) -> str:
    """``full_name`` as ``fullName``."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def snake_case(name: str) -> str:
    """``fullName`` and ``FullName`` as ``full_name``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
