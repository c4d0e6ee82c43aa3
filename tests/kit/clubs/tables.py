"""Clubs and their members."""

from __future__ import annotations

from piccolo.columns import Varchar

from homeroom.columns import first_day, last_day, number, text, version
from homeroom.database.dated import dated
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.database.twins import no_twins
from homeroom.database.within import lies_within


class ClubSeason(SchoolTable, tablename="club_season"):
    """The days on which clubs meet."""

    name = text(40, "Such as autumn.")
    starts_on = first_day()
    ends_on = last_day()
    version = version()


class Club(SchoolTable, tablename="club"):
    """A club."""

    season_id = belongs_to(ClubSeason, null=True)
    code = Varchar(length=12, default=None, help_text="Unique.")
    title = Varchar(length=40, default=None, help_text="No other club has one that looks the same.")
    contact = Varchar(length=40, default="", help_text="Whom families ask.")
    places = number(1, 30, "How many it takes.", null=True)
    version = version()
    unique = (("code",),)
    twins = no_twins("title")


class ClubMember(SchoolTable, tablename="club_member"):
    """Somebody of a club."""

    name = Varchar(length=40, default=None, help_text="As people call them.")
    version = version()


class ClubPlace(SchoolTable, tablename="club_place"):
    """Somebody is in a club; in one at a time."""

    member_id = belongs_to(ClubMember)
    club_id = belongs_to(Club)
    level = Varchar(length=20, null=True, default=None, help_text="How well they play.")
    starts_on = first_day()
    ends_on = last_day()
    version = version()
    periods = (dated(by=("member_id", "club_id")), dated(by="member_id"))
    within = lies_within("club_id.season_id")
