"""The school's calendar in the browser: a month at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from homeroom.pages import Nav, Page
from homeroom_calendar.pages.home import WIDGETS
from homeroom_calendar.pages.looks import LOOKS

__all__ = ["LOOKS", "PAGES", "WIDGETS", "month"]

_HERE: Final = Path(__file__).parent
#: Years for which there is a page: far more than a school plans.
_YEARS: Final = range(1950, 2200)


def month(given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The month that an address names as ``month=2026-09``, else the present one.

    Args:
        given: The variables of the address.
        today: The present date.

    Returns:
        Its first and last day (``since``, ``until``), its weeks from Monday with null outside of it, and the months
        before and after it.
    """
    first = _named(str(given.get("month", ""))) or today.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    days: list[str | None] = [None] * first.weekday()
    days += [(first + timedelta(days=each)).isoformat() for each in range((after - first).days)]
    days += [None] * (-len(days) % 7)
    return {
        "since": first.isoformat(),
        "until": (after - timedelta(days=1)).isoformat(),
        "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        "previous": (first - timedelta(days=1)).isoformat()[:7],
        "next": after.isoformat()[:7],
    }


def _named(text: str) -> date | None:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:  # anybody can write an address
        return None
    return found if found.year in _YEARS else None


PAGES: Final = (
    Page(
        "calendar.month",
        title="Calendar",
        path="calendar",
        query=_HERE / "month.graphql",
        template=_HERE / "month.html",
        nav=Nav("school", 20),
        fill=month,
    ),
)
