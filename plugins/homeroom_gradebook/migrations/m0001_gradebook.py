"""Books, rounds, marks and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

_VERSION = {"version": "integer NOT NULL DEFAULT 1"}
_SPAN = {"term_id": "uuid", "span": "varchar(10) NOT NULL DEFAULT 'term'"}
_SPAN_CHECK = "(span = 'term' AND term_id IS NOT NULL) OR (span = 'year' AND term_id IS NULL)"


async def forwards(schema: Schema) -> None:
    """Create the tables of the gradebook."""
    await _books(schema)
    await _rounds(schema)
    await _marks(schema)
    await _results(schema)
    await _room_to_change(schema)


async def _books(schema: Schema) -> None:
    await schema.create_table(
        "subject_grading",
        {
            "subject_id": "uuid NOT NULL",
            "measure": "varchar(20) NOT NULL DEFAULT 'scored'",
            "key": "varchar(40)",
            **_VERSION,
        },
        references={"subject_id": "subject"},
        unique=[("subject_id",)],
        checks={"subject_grading_measure": "measure IN ('scored', 'commented')"},
    )
    await schema.create_table(
        "gradebook",
        {
            "class_subject_id": "uuid NOT NULL",
            "school_class_id": "uuid NOT NULL",
            "subject_id": "uuid NOT NULL",
            "scheme": "varchar(60) NOT NULL",
            "scheme_version": "varchar(60) NOT NULL",
            "grade": "smallint NOT NULL",
            "school_year_start": "smallint NOT NULL",
            "ends_on": "date NOT NULL",
            "measure": "varchar(20) NOT NULL DEFAULT 'scored'",
            "subject_key": "varchar(40)",
            "periods_per_year": "smallint NOT NULL",
            "concluded": "boolean NOT NULL DEFAULT false",
            **_VERSION,
        },
        references={
            "class_subject_id": "class_subject",
            "school_class_id": "school_class",
            "subject_id": "subject",
        },
        unique=[("class_subject_id",)],
        indexes=[("school_class_id",)],
        checks={"gradebook_measure": "measure IN ('scored', 'commented')"},
    )
    await schema.create_table(
        "assessment",
        {
            "gradebook_id": "uuid NOT NULL",
            "term_id": "uuid NOT NULL",
            "term_number": "smallint NOT NULL",
            "kind": "varchar(40) NOT NULL",
            "ordinal": "smallint NOT NULL DEFAULT 1",
            "title": "varchar(120) NOT NULL",
            "position": "smallint NOT NULL DEFAULT 0",
            "coefficient": "smallint NOT NULL DEFAULT 1",
            "scale": "varchar(60) NOT NULL",
        },
        references={"gradebook_id": "gradebook", "term_id": "term"},
        unique=[("gradebook_id", "term_id", "kind", "ordinal")],
        checks={"assessment_counts_from_one": "ordinal > 0"},
    )


async def _rounds(schema: Schema) -> None:
    await schema.create_table(
        "entry_round",
        {
            "title": "varchar(120) NOT NULL",
            "term_id": "uuid NOT NULL",
            "kind": "varchar(40)",
            "school_class_id": "uuid",
            "opens_at": "timestamptz NOT NULL",
            "closes_at": "timestamptz",
            "status": "varchar(10) NOT NULL DEFAULT 'open'",
            "reason": "varchar(500)",
            **_VERSION,
        },
        references={"term_id": "term", "school_class_id": "school_class"},
        indexes=[("term_id", "status")],
        checks={
            "entry_round_status": "status IN ('open', 'closed')",
            "entry_round_opens_before_closes": "closes_at > opens_at",
        },
    )


async def _marks(schema: Schema) -> None:
    await schema.create_table(
        "subject_result",
        {
            "gradebook_id": "uuid NOT NULL",
            "student_id": "uuid NOT NULL",
            **_SPAN,
            "score": "numeric(6,2)",
            "code": "varchar(20)",
            "exempt": "boolean NOT NULL DEFAULT false",
            "scheme_version": "varchar(200)",
        },
        references={"gradebook_id": "gradebook", "student_id": "student", "term_id": "term"},
        indexes=[("student_id",)],
        checks={"subject_result_span": _SPAN_CHECK},
    )
    # The year has no term, and there is one year: two empty terms are the same.
    await schema.execute(
        "CREATE UNIQUE INDEX subject_result_line_uq ON subject_result"
        " (tenant_id, gradebook_id, term_id, student_id) NULLS NOT DISTINCT"
    )
    await schema.create_table(
        "mark",
        {
            "assessment_id": "uuid NOT NULL",
            "student_id": "uuid NOT NULL",
            "subject_result_id": "uuid NOT NULL",
            "gradebook_id": "uuid NOT NULL",
            "number": "numeric(6,2)",
            "code": "varchar(20)",
            **_VERSION,
        },
        references={
            "assessment_id": "assessment",
            "student_id": "student",
            "subject_result_id": "subject_result",
            "gradebook_id": "gradebook",
        },
        unique=[("subject_result_id", "assessment_id")],
        indexes=[("student_id",)],
        checks={"mark_number_or_code": "num_nonnulls(number, code) <= 1"},
    )


async def _room_to_change(schema: Schema) -> None:
    """Leave room in the pages of rows that change often, so that a change stays in its page and out of the indexes."""
    for table, percent in (("gradebook", 50), ("subject_result", 80), ("mark", 80)):
        await schema.execute(f"ALTER TABLE {table} SET (fillfactor = {percent})")


async def _results(schema: Schema) -> None:
    of_student = {"school_class_id": "uuid NOT NULL", "student_id": "uuid NOT NULL", **_SPAN}
    to_student = {"school_class_id": "school_class", "student_id": "student", "term_id": "term"}
    await schema.create_table(
        "trait_mark",
        {
            **of_student,
            "trait": "varchar(40) NOT NULL",
            "level": "varchar(20) NOT NULL",
            "level_label": "varchar(120) NOT NULL",
            "source": "varchar(20) NOT NULL DEFAULT 'judged'",
            **_VERSION,
        },
        references=to_student,
        indexes=[("student_id",)],
        checks={
            "trait_mark_span": _SPAN_CHECK,
            "trait_mark_source": "source IN ('judged', 'rule', 'suggested')",
        },
    )
    await schema.execute(
        "CREATE UNIQUE INDEX trait_mark_line_uq ON trait_mark"
        " (tenant_id, school_class_id, term_id, student_id, trait) NULLS NOT DISTINCT"
    )
    await schema.create_table(
        "student_result",
        {
            **of_student,
            "absences": "smallint",
            "commended": "boolean NOT NULL DEFAULT false",
            "average": "numeric(6,2)",
            "level": "varchar(20)",
            "level_label": "varchar(120)",
            "unadjusted_level": "varchar(20)",
            "title": "varchar(40)",
            "title_label": "varchar(200)",
            "promotion": "varchar(20)",
            "promotion_label": "varchar(200)",
            "promotion_reason": "varchar(40)",
            "scheme_version": "varchar(200)",
            **_VERSION,
        },
        references=to_student,
        indexes=[("student_id",)],
        checks={"student_result_span": _SPAN_CHECK, "student_result_absences": "absences >= 0"},
    )
    await schema.execute(
        "CREATE UNIQUE INDEX student_result_line_uq ON student_result"
        " (tenant_id, school_class_id, term_id, student_id) NULLS NOT DISTINCT"
    )
    await schema.create_table(
        "scheme_choice",
        {"scheme": "varchar(60) NOT NULL", "name": "varchar(60) NOT NULL", "value": "varchar(60) NOT NULL", **_VERSION},
        unique=[("scheme", "name")],
    )
