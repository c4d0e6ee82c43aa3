"""Importing what the other system keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import msgspec

from clubs.tables import Club, ClubMember, ClubPlace
from homeroom import Context, command
from homeroom.imports.sync import Sync, SyncedPeriods, SyncedRows, WantedPeriod, WantedRow
from homeroom.reading.layouts import Place

IMPORT = "clubs.plan.import"
CLUB = SyncedRows("club", Club)
MEMBER = SyncedRows("member", ClubMember)
PLACE = SyncedPeriods("place", ClubPlace)


@dataclass(frozen=True)
class Record:
    """A club, a member or a place as the other system writes it."""

    id: str
    line: int
    title: str = ""
    contact: str = ""
    places: int | None = None
    club: str = ""
    member: str = ""
    level: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def place(self) -> Place:
        """Where it was read."""
        return Place("clubs.json", self.line)


@dataclass(frozen=True)
class Plan:
    """A whole file."""

    clubs: list[Record] = field(default_factory=list)
    members: list[Record] = field(default_factory=list)
    places: list[Record] = field(default_factory=list)


@command(IMPORT, returns="ImportRun")
async def import_plan(
    context: Context, *, content: str, system: str = "clubs", season: UUID | None = None, allow_endings: bool = False
) -> UUID:
    """Import clubs, their members and who is in which of them."""
    plan = msgspec.json.decode(content, type=Plan)
    async with Sync.begin(context, IMPORT, system, field="content", allow_endings=allow_endings) as sync:
        clubs = await sync.rows(
            CLUB,
            [
                WantedRow(
                    each.id,
                    number,
                    {"code": each.id, "title": each.title, "contact": each.contact, "places": each.places},
                    each,
                    each.title,
                    first={"season_id": season},
                )
                for number, each in enumerate(plan.clubs)
            ],
        )
        members = await sync.rows(
            MEMBER,
            [
                WantedRow(each.id, number, {"name": each.title}, each, each.title)
                for number, each in enumerate(plan.members)
            ],
        )
        await sync.periods(
            PLACE,
            [
                WantedPeriod(
                    each.id,
                    number,
                    {"member_id": members[each.member], "club_id": clubs[each.club]},
                    each.starts_on,
                    each.ends_on,
                    origin=each,
                    values={"level": each.level},
                )
                for number, each in enumerate(plan.places)
            ],
        )
    return await sync.record(format="clubs-json")


COMMANDS = (import_plan,)
