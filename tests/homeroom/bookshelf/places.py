"""What tests share: the time that does not move, new spaces, databases of a test's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.settings import Settings

#: An evening in London, and already the first of April in Vietnam.
NOW = dt.datetime(2026, 3, 31, 20, 0, tzinfo=dt.UTC)
#: Makes an empty database.
FreshDatabase = Callable[[], Settings]


def new_space(kernel: Host) -> Space:
    """A space that nobody has written to."""
    space = new_id()
    plugins = kernel.registry.with_requirements(["bookshelf"])
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    return Space(space, f"s{space.hex}", "school", "A school", "none", zone, "vi", plugins)
