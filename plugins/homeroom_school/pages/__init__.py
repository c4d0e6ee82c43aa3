"""What people see of the registry in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Page
from homeroom_school.home import WIDGETS
from homeroom_school.pages.figures import FIGURES
from homeroom_school.pages.looks import LOOKS

__all__ = ["FIGURES", "LOOKS", "PAGES", "WIDGETS"]

_HERE: Final = Path(__file__).parent

PAGES: Final = (
    Page(
        "school.seating",
        title="Room",
        path="seating/{plan}",
        query=_HERE / "seating.graphql",
        template=_HERE / "seating.html",
        operations={"save": _HERE / "seating_save.graphql"},
        modules=(_HERE / "seating.js",),
        styles=(_HERE / "seating.css",),
        tab_of="SeatingPlan",
    ),
)
