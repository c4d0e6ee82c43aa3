"""Kinds of values that settings have."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

__all__ = ["Count", "Limit", "Port"]

Port = Annotated[int, Meta(ge=0, le=65535)]
Count = Annotated[int, Meta(ge=1, le=1024)]
Limit = Annotated[int, Meta(ge=1, le=1_000_000_000)]
