"""How the console shows pictures of people."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Look, Page, Widget

_HERE: Final = Path(__file__).parent

LOOKS: Final = (Look("PersonPhoto", columns=("student", "staff", "taken_on")),)
PAGES: Final = (
    Page(
        "photos.class_photos",
        title="Pictures of the class",
        path="class-photos/{schoolClass}",
        query=_HERE / "class_photos.graphql",
        template=_HERE / "class_photos.html",
    ),
)
#: Pictures are shown on demand, because the audit keeps who looked.
WIDGETS: Final = (
    Widget(
        "photos.class_day",
        title="Pictures of the class",
        query=_HERE / "ask.graphql",
        template=_HERE / "ask.html",
        place="school.class_day",
        order=55,
    ),
)
