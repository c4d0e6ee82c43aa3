"""Who reads surveys, who takes and who confirms them."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import Rule

RULES: Final = (
    *(
        Rule(role, each)
        for role in ("admin", "principal", "registrar")
        for each in ("ClassSurvey", "SurveyedClass", "SurveyedSubject")
    ),
    *(Rule(role, "surveys.*", "run") for role in ("principal", "registrar")),
)
