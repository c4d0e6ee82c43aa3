"""What people see of the registry in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Nav, Page, day
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
    Page(
        "school.class_day",
        title="Day of the class",
        path="class-day/{schoolClass}",
        query=_HERE / "class_day.graphql",
        template=_HERE / "class_day.html",
        tab_of="SchoolClass",
        fill=day,
    ),
    Page(
        "school.class_days",
        title="Classes today",
        path="class-days",
        query=_HERE / "class_days.graphql",
        template=_HERE / "class_days.html",
        nav=Nav("teaching", 5),
    ),
)
