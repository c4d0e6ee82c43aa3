"""Who could play for a club."""

from __future__ import annotations

from clubs.tables import ClubPlace
from homeroom.matching import at_least, equal, matching

match_members = matching(
    "clubs.member.match",
    "Members of a club whom no rule bars.",
    ClubPlace.member_id,
    equal("club.code", "The club.", needed=True),
    at_least("starts_on", "Those who joined on this day or later."),
    where="{row}.ends_on IS NULL",
    shows={"name": "member.name", "starts_on": "starts_on"},
    best=("-starts_on",),
    order=("name",),
)

QUERIES = (match_members,)
