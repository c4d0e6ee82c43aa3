"""How the console shows surveys."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

LOOKS: Final = (
    Look(
        "ClassSurvey",
        columns=("reference_date", "state", "school_year", "classes", "students", "unplaced"),
        names=("reference_date",),
        quiet=("seal",),
        actions=("surveys.survey.confirm",),
        shows=("surveyed_classes",),
        nav=Nav("school", 70, needs=("surveys.survey.take",)),
    ),
)
