"""What can be done."""

from __future__ import annotations

from homeroom.nouns import Noun
from talents.tables import Talent

TALENT = Noun(Talent, "talents.talent")

COMMANDS = (
    TALENT.create("Add a talent."),
    TALENT.change("Change a talent.", fixed=("student",)),
    TALENT.remove("Remove a talent."),
)
