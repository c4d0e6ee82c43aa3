"""How the console shows the nouns of the gradebook."""

from __future__ import annotations

from typing import Final

from homeroom.pages import Look, Nav

LOOKS: Final = (
    Look(
        "Gradebook",
        columns=("school_class", "subject", "grade", "measure", "ends_on", "concluded"),
        filters=("school_class", "subject", "grade"),
        quiet=("scheme", "scheme_version", "subject_key"),
        shows=("assessments",),
    ),
    Look(
        "EntryRound",
        columns=("title", "status", "term", "school_class", "opens_at", "closes_at"),
        filters=("status", "term", "school_class"),
        nav=Nav("teaching", 40, needs=("gradebook.round.open",)),
    ),
    Look(
        "StudentResult",
        columns=("student", "school_class", "term", "level_label", "title_label", "promotion_label", "absences"),
        names=("student", "span"),
        filters=("school_class", "term", "span"),
        quiet=("scheme_version",),
        nav=Nav("teaching", 50),
    ),
    Look(
        "SubjectResult",
        columns=("student", "gradebook", "term", "span", "score", "code", "exempt"),
        filters=("student", "gradebook", "term", "span", "score"),
        quiet=("scheme_version",),
        shows=("marks",),
    ),
    Look("Mark", columns=("student", "assessment", "number", "code"), filters=("student", "gradebook")),
)
