"""What other pages show of the calendar: the lessons of a day."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.pages import Widget

_HERE: Final = Path(__file__).parent

WIDGETS: Final = (
    Widget(
        "calendar.my_lessons",
        title="Your lessons today",
        query=_HERE / "my_lessons.graphql",
        template=_HERE / "my_lessons.html",
        order=2,
        person="Staff",
    ),
    Widget(
        "calendar.class_day",
        title="Lessons",
        query=_HERE / "class_day.graphql",
        template=_HERE / "class_day.html",
        place="school.class_day",
        order=10,
    ),
    # Students and guardians see no other lessons than their own and their children's.
    *(
        Widget(
            f"calendar.{person.lower()}_day",
            title="Next lessons",
            query=_HERE / "family_lessons.graphql",
            template=_HERE / "family_lessons.html",
            order=10,
            person=person,
        )
        for person in ("Student", "Guardian")
    ),
)
