"""What roles may do by default, beside what the nouns say."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["COORDINATOR", "ROLE_TITLES", "RULES"]

COORDINATOR: Final = "talent_coordinator"
ROLE_TITLES: Final = {COORDINATOR: "Talent coordinator"}

RULES: Final[tuple[Rule, ...]] = (
    Rule(COORDINATOR, "teacher", "inherit"),
    *(Rule("teacher", name, "run") for name in ("talent.item.create", "talent.item.nominate_team")),
    *(Rule(role, "talent.student.match", "run") for role in ("teacher", "principal")),
    *(Rule(COORDINATOR, name) for name in ("Student", "ClassEnrolment")),
    *(Rule(role, "ImportRun") for role in ("principal", COORDINATOR)),
    *(Rule(role, "imports.*", "run") for role in ("principal", COORDINATOR)),
)
