"""Who reads surveys, who takes and who confirms them."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import allow

RULES: Final = (
    *allow(("admin", "principal", "registrar"), "ClassSurvey", "SurveyedClass", "SurveyedSubject"),
    *allow(("principal", "registrar"), "surveys.*", action="run"),
)
