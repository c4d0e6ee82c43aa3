"""How the tables relate to people."""

from __future__ import annotations

from clubs.tables import Club, ClubMember, ClubPlace, ClubSeason
from homeroom.personal_data import nobody

PERSONAL_DATA = tuple(nobody("names that a test makes up", ClubSeason, Club, ClubMember, ClubPlace))
