"""What roles may do by default, beside what the nouns say."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

__all__ = ["COORDINATOR", "ROLE_TITLES", "RULES"]

COORDINATOR: Final = "talent_coordinator"
ROLE_TITLES: Final = {COORDINATOR: "Talent coordinator"}

_NOMINATE: Final = ("talent.item.create", "talent.item.nominate_team")
_OWN: Final = ("talent.item.change", "talent.evidence.*")

RULES: Final[tuple[Rule, ...]] = (
    Rule(COORDINATOR, "teacher", "inherit"),
    *(Rule("teacher", name, "run") for name in (*_NOMINATE, "talent.student.match")),
    *(Rule("teacher", name, "run", "own_open_nominations") for name in _OWN),
    *(
        Rule("teacher", name, scope=scope)
        for name in ("TalentItem", "TalentEvidence")
        for scope in ("published", "own_nominations", "own_class")
    ),
    *(Rule("teacher", "TalentEngagement", scope=scope) for scope in ("own_class", "own_teaching")),
    *(
        Rule(role, name, scope=scope)
        for role, scope in (("student", "self"), ("guardian", "children"))
        for name in ("TalentItem", "TalentEvidence", "TalentEngagement")
    ),
    *(Rule(role, name, "run") for role in ("principal", COORDINATOR) for name in (*_NOMINATE, "talent.student.match")),
    *(Rule(COORDINATOR, name) for name in ("Student", "ClassEnrolment")),
    *(Rule(role, "ImportRun") for role in ("principal", COORDINATOR)),
)
