"""The registry: years, classes, subjects, people, and how they belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}
_PERIOD = {"starts_on": "date NOT NULL", "ends_on": "date", **_VERSION}
_IN_ORDER = {"starts_on_before_ends_on": "ends_on >= starts_on"}
_NAMES = {
    "family_name": "varchar(120) NOT NULL DEFAULT ''",
    "middle_name": "varchar(120) NOT NULL DEFAULT ''",
    "given_name": "varchar(120) NOT NULL",
    "full_name": "varchar(400) NOT NULL",
}
# Keys are made to be compared byte by byte; the collation says so whatever the database's own is.
_SORT_KEY = {"sort_key": 'varchar(2000) COLLATE "C" NOT NULL'}
_NAMED = {**_NAMES, "name_script": "varchar(20) NOT NULL", **_SORT_KEY}
_CONTACT = {"email": "varchar(254)", "phone": "varchar(40)"}
_BORN = {"sex": "varchar(20)", "birth_date": "date"}
_OF_PERSON = {"student_id": "uuid", "staff_id": "uuid", "guardian_id": "uuid"}
_TO_PERSON = {"student_id": "student", "staff_id": "staff", "guardian_id": "guardian"}
_ONE_PERSON = {"one_person": "num_nonnulls(student_id, staff_id, guardian_id) = 1"}


async def forwards(schema: Schema) -> None:
    """Create the tables of the registry."""
    await _calendar(schema)
    await _classes(schema)
    await _people(schema)
    await _belonging(schema)
    await _identity(schema)
    await _rosters(schema)


async def _calendar(schema: Schema) -> None:
    await schema.create_table(
        "registry_settings",
        {
            "singleton": "boolean NOT NULL DEFAULT true CHECK (singleton)",
            "name_script": "varchar(20) NOT NULL",
            "name_order": "varchar(20) NOT NULL",
            "year_plan": "jsonb",
            **_VERSION,
        },
        unique=[("singleton",)],
    )
    await schema.create_table(
        "school_year",
        {
            "name": "varchar(40) NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date NOT NULL",
            "status": "varchar(20) NOT NULL DEFAULT 'planning'",
            **_VERSION,
        },
        unique=[("name",)],
        indexes=[("starts_on",)],
        checks={"starts_on_before_ends_on": "ends_on > starts_on"},
    )
    await schema.execute(
        "CREATE UNIQUE INDEX school_year_current_uq ON school_year (tenant_id) WHERE status = 'current'"
    )
    await schema.create_table(
        "term",
        {
            "school_year_id": "uuid NOT NULL",
            "number": "smallint NOT NULL CHECK (number > 0)",
            "name": "varchar(60) NOT NULL",
            "starts_on": "date NOT NULL",
            "ends_on": "date NOT NULL",
            **_VERSION,
        },
        references={"school_year_id": "school_year"},
        unique=[("school_year_id", "number")],
        checks={"starts_on_before_ends_on": "ends_on > starts_on"},
    )


async def _classes(schema: Schema) -> None:
    periods = {"periods_per_year": "smallint CHECK (periods_per_year > 0)", **_VERSION}
    await schema.create_table(
        "grade_level",
        {
            "number": "smallint NOT NULL",
            "code": "varchar(20) NOT NULL",
            "title": "varchar(80) NOT NULL",
            "stage": "varchar(40) NOT NULL DEFAULT ''",
            **_VERSION,
        },
        unique=[("number",), ("code",)],
    )
    await schema.create_table(
        "subject",
        {
            "code": "varchar(40) NOT NULL",
            "title": "varchar(120) NOT NULL",
            "position": "smallint NOT NULL DEFAULT 0",
            "active": "boolean NOT NULL DEFAULT true",
            **_VERSION,
        },
        unique=[("code",)],
    )
    await schema.create_table(
        "grade_subject",
        {"grade_level_id": "uuid NOT NULL", "subject_id": "uuid NOT NULL", **periods},
        references={"grade_level_id": "grade_level", "subject_id": "subject"},
        unique=[("grade_level_id", "subject_id")],
        indexes=[("subject_id",)],
    )
    await schema.create_table(
        "school_class",
        {
            "school_year_id": "uuid NOT NULL",
            "grade_level_id": "uuid",
            "name": "varchar(120) NOT NULL",
            "code": "varchar(60)",
            "kind": "varchar(20) NOT NULL DEFAULT 'homeroom'",
            **_VERSION,
        },
        references={"school_year_id": "school_year", "grade_level_id": "grade_level"},
        indexes=[("school_year_id", "name"), ("grade_level_id",)],
    )
    await schema.execute(
        "CREATE UNIQUE INDEX school_class_homeroom_name_uq ON school_class (tenant_id, school_year_id, name)"
        " WHERE kind = 'homeroom'"
    )
    await schema.create_table(
        "class_subject",
        {"school_class_id": "uuid NOT NULL", "subject_id": "uuid NOT NULL", **periods},
        references={"school_class_id": "school_class", "subject_id": "subject"},
        unique=[("school_class_id", "subject_id")],
        indexes=[("subject_id",)],
    )


async def _people(schema: Schema) -> None:
    code = {"code": "varchar(60)"}
    born = {**_BORN, "birth_place": "varchar(200)"}
    await schema.create_table(
        "student",
        {**code, **_NAMED, **born, **_CONTACT, **_VERSION},
        unique=[("code",)],
        indexes=[("sort_key", "id")],
    )
    await schema.create_table(
        "staff",
        {**code, **_NAMED, **_BORN, **_CONTACT, **_VERSION},
        unique=[("code",)],
        indexes=[("sort_key", "id")],
    )
    await schema.create_table("guardian", {**_NAMED, **_CONTACT, **_VERSION}, indexes=[("sort_key", "id")])


async def _belonging(schema: Schema) -> None:
    await schema.create_table(
        "guardianship",
        {
            "student_id": "uuid NOT NULL",
            "guardian_id": "uuid NOT NULL",
            "relation": "varchar(20) NOT NULL",
            **_PERIOD,
        },
        references={"student_id": "student", "guardian_id": "guardian"},
        unique=[("student_id", "guardian_id", "starts_on")],
        indexes=[("guardian_id",)],
        checks=_IN_ORDER,
    )
    await schema.create_table(
        "class_enrolment",
        {
            "student_id": "uuid NOT NULL",
            "school_class_id": "uuid NOT NULL",
            "class_number": "smallint CHECK (class_number > 0)",
            **_PERIOD,
        },
        references={"student_id": "student", "school_class_id": "school_class"},
        unique=[("student_id", "school_class_id", "starts_on")],
        indexes=[("school_class_id", "class_number")],
        checks=_IN_ORDER,
    )
    await schema.create_table(
        "homeroom_appointment",
        {"school_class_id": "uuid NOT NULL", "staff_id": "uuid NOT NULL", **_PERIOD},
        references={"school_class_id": "school_class", "staff_id": "staff"},
        unique=[("school_class_id", "staff_id", "starts_on")],
        indexes=[("staff_id",)],
        checks=_IN_ORDER,
    )
    await schema.create_table(
        "teaching_assignment",
        {"class_subject_id": "uuid NOT NULL", "staff_id": "uuid NOT NULL", **_PERIOD},
        references={"class_subject_id": "class_subject", "staff_id": "staff"},
        unique=[("class_subject_id", "staff_id", "starts_on")],
        indexes=[("staff_id",)],
        checks=_IN_ORDER,
    )


async def _identity(schema: Schema) -> None:
    lookups = [("student_id",), ("staff_id",), ("guardian_id",)]
    await schema.create_table(
        "person_identifier",
        {
            **_OF_PERSON,
            "kind": "varchar(40) NOT NULL",
            "value": "varchar(60) NOT NULL",
            "masked": "varchar(60) NOT NULL",
        },
        references=_TO_PERSON,
        unique=[("kind", "value")],
        indexes=lookups,
        checks=_ONE_PERSON,
    )
    await schema.create_table(
        "person_name",
        {**_OF_PERSON, "script": "varchar(20) NOT NULL", **_NAMES, **_SORT_KEY},
        references=_TO_PERSON,
        indexes=lookups,
        checks=_ONE_PERSON,
    )


async def _rosters(schema: Schema) -> None:
    await schema.create_table(
        "roster_link",
        {
            "system": "varchar(60) NOT NULL",
            "noun": "varchar(20) NOT NULL",
            "source_id": "text NOT NULL",
            "row_id": "uuid",
            "position": "integer NOT NULL DEFAULT 0",
            "made": "boolean NOT NULL DEFAULT false",
            "present": "boolean NOT NULL DEFAULT true",
            "record": "jsonb NOT NULL",
        },
        unique=[("system", "noun", "source_id")],
        indexes=[("row_id",)],
    )
    await schema.create_table(
        "roster_run",
        {
            "at": "timestamptz NOT NULL",
            "kind": "varchar(20) NOT NULL",
            "system": "varchar(60) NOT NULL",
            "format": "varchar(40) NOT NULL",
            "report": "jsonb NOT NULL",
        },
        indexes=[("at",)],
        append_only=True,
    )
