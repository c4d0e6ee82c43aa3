"""Columns that hold a time of day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from piccolo.columns import Column, Varchar

from homeroom.columns import ColumnKind, of_kind
from homeroom.database.tables import coded
from homeroom.errors import Refusal
from homeroom_calendar.refusals import BAD_TIME

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?")


@dataclass(frozen=True, slots=True)
class ClockKind(ColumnKind):
    """A time of day on the school's clock, kept as HH:MM; so written, times compare as texts."""

    name: str = field(default="time", init=False)

    def argument(self, column: Column) -> Any:
        return str

    def sentence(self) -> str:
        return "HH:MM on the school's clock."

    def read(self, value: Any) -> str:
        match = _CLOCK.fullmatch(value.strip())
        if match is None:
            raise Refusal(BAD_TIME)
        return f"{int(match[1]):02}:{match[2]}"

    async def sample(self, transaction: Any, column: Column, number: int) -> Any:
        return f"{number % 24:02}:00"

    def wrong(self) -> Any:
        return "24:00"


def clock(help: str, sample: str) -> Any:
    """A time of day.

    Args:
        help: What it is, in one sentence.
        sample: One that rows of tests may have.
    """
    return coded(of_kind(Varchar(length=5, default=None, help_text=help), ClockKind()), sample)
