"""Nominating a whole team, and importing a file of items."""

from __future__ import annotations

from typing import Final

from homeroom.commands import Command
from homeroom.imports import imports
from homeroom_talent.nouns import EVIDENCE, ITEM, NOMINATION

__all__ = ["COMMANDS", "import_talent_items", "nominate_talent_team"]

_OF_ALL: Final = ("section", "category", "title", "titles", "happened_on", "level", "organiser", "teacher")

nominate_talent_team = NOMINATION.opened_by(
    EVIDENCE.with_files(
        ITEM.noun.create_many(
            "Nominate all students of a team for one achievement: all of them or none. Each item gets the files.",
            common=_OF_ALL,
            row="TalentTeamMember",
            verb="nominate_team",
            name="nominate_talent_team",
        )
    )
)
_nominate_many = NOMINATION.opened_by(
    ITEM.noun.create_many("Nominate items.", verb="nominate_many", name="nominate_talent_items")
)
import_talent_items = imports(_nominate_many, about="Nominate the items of a file: all of them or none.")

COMMANDS: Final[tuple[Command, ...]] = (nominate_talent_team, _nominate_many, import_talent_items)
