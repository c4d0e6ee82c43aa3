"""Where students went who left."""

from __future__ import annotations

from homeroom.nouns import Noun, row_type
from homeroom_school.tables import GraduateDestination

DESTINATION = Noun(GraduateDestination, "school.destination", singular="destination")

record_destinations = DESTINATION.put(
    "Record where students went who left on a day; what was recorded for that day before is replaced.",
    common="left_on",
    by="student",
    verb="record",
    row="DestinationRow",
)
DestinationRow = row_type(record_destinations)
