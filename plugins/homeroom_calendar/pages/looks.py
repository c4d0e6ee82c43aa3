"""How the console shows lessons and the calendar."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav
from homeroom_school.permissions import FAMILY_ROLES

LOOKS: Final = (
    Look(
        "Lesson",
        columns=("date", "period", "title", "school_class", "subject", "room", "status"),
        filters=("date", "school_class", "subject", "room", "staff", "status"),
        shows=("staff",),
        nav=Nav("teaching", 30),
    ),
    Look(
        "CalendarEntry",
        columns=("name", "kind", "starts_on", "ends_on", "school_year"),
        filters=("school_year", "kind", "starts_on"),
        nav=Nav("school", 60, without=FAMILY_ROLES),
    ),
    Look("BellSchedule", shows=("periods", "uses")),
)
