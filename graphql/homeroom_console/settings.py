"""The settings of the installation that the console reads."""

from __future__ import annotations

from typing import Annotated

import msgspec

__all__ = ["ConsoleSettings"]


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Whether there is a console."""

    enabled: Annotated[
        bool,
        msgspec.Meta(
            description="Whether the addresses of schools show the console; not needed with frontends of one's own."
        ),
    ] = True
