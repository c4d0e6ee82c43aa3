"""Who cannot play."""

from __future__ import annotations

from clubs.tables import ClubMember
from homeroom.eligibility import Bar

_RESTING = (
    "SELECT member_id AS row FROM club_place WHERE member_id = ANY($1::uuid[]) AND level = 'rests' AND $2 >= starts_on"
)

BARS = (Bar("clubs.rest", ClubMember, _RESTING),)
