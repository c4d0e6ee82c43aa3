"""What can be read."""

from __future__ import annotations

from homeroom.resources import EVERYTHING, resource, through
from talents.tables import Talent

RESOURCES = (
    resource(
        Talent,
        scopes={"school": EVERYTHING, "children": through(Talent.student_id, "children")},
        filters=("title", "category", "student"),
    ),
)
