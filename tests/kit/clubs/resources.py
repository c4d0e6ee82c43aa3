"""What can be read of clubs."""

from __future__ import annotations

from clubs.tables import Club, ClubMember, ClubPlace, ClubSeason
from homeroom.resources import EVERYTHING, resource

RESOURCES = tuple(resource(each, scopes={"school": EVERYTHING}) for each in (ClubSeason, Club, ClubMember, ClubPlace))
