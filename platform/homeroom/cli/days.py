"""Dates as options of commands."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from homeroom.dates import read_date

__all__ = ["DayOption"]


class DayOption(click.ParamType[date]):
    """A date such as ``2026-09-05`` within the bounds of :mod:`homeroom.dates`: ``type=DayOption()``."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date, or click's own message that says what was expected."""
        if isinstance(value, date):
            return value
        try:
            return read_date(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)
