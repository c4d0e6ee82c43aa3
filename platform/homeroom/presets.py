"""Presets: what makes a new school of a region usable at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """The starting state of a new space.

    Args:
        region: The code that ``homeroom tenant create --region`` takes, such as ``vn``.
        title: For people.
        plugins: Names of the plugins that are switched on; what they require is switched on too.
        time_zone: IANA name, such as ``Asia/Ho_Chi_Minh``.
        locale: BCP 47 language tag of the school, such as ``vi``.
        options: Plugin name to the options that it gets in :func:`homeroom.hookspecs.space_created`.
    """

    region: str
    title: str
    plugins: tuple[str, ...]
    time_zone: str
    locale: str
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
