"""Surveys of classes and subjects, and how many students a class takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_COUNT = "smallint NOT NULL DEFAULT 0"
_TOTAL = "integer NOT NULL DEFAULT 0"


async def forwards(schema: Schema) -> None:
    """Add the column and create the tables."""
    await schema.add_column("school_class", "places", "smallint CHECK (places > 0)")
    await schema.create_table(
        "class_survey",
        {
            "school_year_id": "uuid NOT NULL",
            "reference_date": "date NOT NULL",
            "state": "varchar(20) NOT NULL CHECK (state IN ('draft', 'confirmed'))",
            "taken_at": "timestamptz NOT NULL",
            "confirmed_on": "date",
            "lessons_from": "date",
            "lessons_to": "date",
            **dict.fromkeys(("classes", "boys", "girls", "others", "students", "unplaced"), _TOTAL),
            "seal": "varchar(64)",
            "version": "integer NOT NULL DEFAULT 1",
        },
        references={"school_year_id": "school_year"},
        unique=[("school_year_id", "reference_date")],
        checks={"sealed_if_confirmed": "(state = 'confirmed') = (confirmed_on IS NOT NULL AND seal IS NOT NULL)"},
    )
    await schema.create_table(
        "surveyed_class",
        {
            "survey_id": "uuid NOT NULL",
            "school_class_id": "uuid NOT NULL",
            "position": _COUNT,
            "grade": "varchar(80) NOT NULL DEFAULT ''",
            "name": "varchar(120) NOT NULL",
            "kind": "varchar(20) NOT NULL",
            "homeroom_teachers": "varchar(400) NOT NULL DEFAULT ''",
            **dict.fromkeys(("boys", "girls", "others", "students", "away"), _COUNT),
            "places": "smallint",
            "vacancies": "smallint",
        },
        references={"survey_id": "class_survey", "school_class_id": "school_class"},
        unique=[("survey_id", "school_class_id")],
        indexes=[("school_class_id",)],
    )
    await schema.create_table(
        "surveyed_subject",
        {
            "survey_id": "uuid NOT NULL",
            "surveyed_class_id": "uuid NOT NULL",
            "subject_id": "uuid NOT NULL",
            "position": _COUNT,
            "class_name": "varchar(120) NOT NULL",
            "subject_title": "varchar(120) NOT NULL",
            "teachers": "varchar(1000) NOT NULL DEFAULT ''",
            "teacher_count": _COUNT,
            "lessons": _COUNT,
            "periods_per_year": "smallint",
        },
        references={"survey_id": "class_survey", "surveyed_class_id": "surveyed_class", "subject_id": "subject"},
        unique=[("surveyed_class_id", "subject_id")],
        indexes=[("survey_id", "position"), ("subject_id",)],
    )
