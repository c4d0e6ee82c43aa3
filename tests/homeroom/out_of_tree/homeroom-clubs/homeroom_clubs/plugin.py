"""The plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from homeroom import Command, Context, Plugin, Rule, command, hookimpl
from homeroom.personal_data import DataCategory, PersonalData, about, deleted, nobody
from homeroom.resources import EVERYTHING, Extension, Resource, extend, many, resource
from homeroom_clubs.tables import Club, ClubMember
from homeroom_school.tables import Student


@command("clubs.club.found", returns="Club")
async def found_club(context: Context, *, name: str) -> UUID:
    """Found a club."""
    return (await context.rows(Club).insert([{"name": name}]))[0]


class ClubsPlugin(Plugin):
    """Clubs."""

    name = "clubs"
    title = "Clubs of students"
    requires = ("school",)
    migrations = "homeroom_clubs.migrations"

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        return [
            resource(Club, scopes={"school": EVERYTHING}, filters=("name",), order=("name",)),
            resource(ClubMember, scopes={"school": EVERYTHING}),
        ]

    @hookimpl
    def extensions(self) -> Sequence[Extension]:
        return [extend(Student, many("club_members", ClubMember.student_id))]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [found_club]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        members = about(ClubMember, "student_id", erasure=deleted(), category=DataCategory.ENROLMENT)
        return [*nobody("clubs", Club), members]

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("admin", "Club"), Rule("admin", "ClubMember"), Rule("admin", "clubs.*", "run")]

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        await context.rows(Club).insert([{"name": "Chess"}])


plugin = ClubsPlugin()
