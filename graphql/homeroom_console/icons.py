"""Icons: small line drawings of our own, inline in a page: they need no request and take the colour of the text."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

__all__ = ["ICONS", "icon"]

#: Name to the path within a square of 24 units.
ICONS: Final = {
    "menu": "M4 6h16M4 12h16M4 18h16",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.5 15.5 20 20",
    "bell": "M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 19a2 2 0 0 0 4 0",
    "task": "M5 4h14v16H5zM8.5 12l2.5 2.5 4.5-5",
    "approval": "M4 13v6h16v-6M4 13l3-8h10l3 8M4 13h5l1 2h4l1-2h5",
    "job": "M12 4a8 8 0 1 0 8 8M12 8v4l3 2M16 4h4v4",
    "home": "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    "list": "M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4 20c1-4 4-5.5 8-5.5s7 1.5 8 5.5",
    "leave": "M10 4H5v16h5M14 8l4 4-4 4M9 12h9",
    "school": "M3 20h18M5 20V9l7-5 7 5v11M10 20v-5h4v5M9 11h.01M15 11h.01",
    "print": "M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z",
    "download": "M12 4v11M7.5 11l4.5 4.5L16.5 11M5 20h14",
    "add": "M12 5v14M5 12h14",
    "remove": "M6 6l12 12M18 6 6 18",
    "warning": "M12 4 3 20h18zM12 10v4M12 17h.01",
    "done": "M5 12.5 10 17 19 7",
}


def icon(name: str) -> Markup:
    """A drawing that says nothing by itself: the text beside it does.

    Args:
        name: One of :data:`ICONS`.
    """
    return Markup('<svg class="glyph" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(ICONS[name])
