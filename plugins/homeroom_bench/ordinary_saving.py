"""The ordinary way, part three: saving marks with Piccolo, in as few statements as it knows how to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import strawberry
from piccolo.columns import JSONB, Text, Timestamptz
from piccolo.columns import UUID as UUIDColumn

from homeroom.database.ids import new_id, new_ids
from homeroom.database.tables import SchoolTable
from homeroom_bench.ordinary_loading import Row
from homeroom_bench.ordinary_types import Mark, uuid_of
from homeroom_gradebook import tables as book_tables

__all__ = ["Mutation"]


class AuditEntry(SchoolTable, tablename="audit_entry"):
    """The audit's entry, for Piccolo."""

    at = Timestamptz()
    login = Text()
    via = Text()
    command = Text()


class AuditLine(SchoolTable, tablename="audit_line"):
    """The audit's line, for Piccolo."""

    entry_id = UUIDColumn()
    noun = Text()
    row_id = UUIDColumn()
    old_values = JSONB(null=True, default=None)
    new_values = JSONB(null=True, default=None)


@strawberry.input
class MarkRowInput:
    """One mark to write."""

    student: strawberry.ID
    assessment: strawberry.ID
    value: str | None = None
    expected_version: int | None = None


@strawberry.input
class EnterMarksInput:
    """Marks to write."""

    gradebook: strawberry.ID
    rows: list[MarkRowInput]


@strawberry.type
class UserError:
    """Why nothing was done."""

    code: str
    message: str
    field: str | None
    row: int | None


@strawberry.type
class EnterMarksPayload:
    """The outcome."""

    marks: list[Mark]
    errors: list[UserError]


@strawberry.type
class Mutation:
    """What can be done."""

    @strawberry.mutation
    async def enter_marks(self, input: EnterMarksInput) -> EnterMarksPayload:
        return await _enter(uuid_of(input.gradebook), input.rows)


async def _enter(book: UUID, given: list[MarkRowInput]) -> EnterMarksPayload:
    marks, lines, columns = book_tables.Mark, book_tables.SubjectResult, book_tables.Assessment
    column_rows = {row["id"]: row for row in await columns.select().where(columns.gradebook_id == book)}
    line_rows = await lines.select().where(lines.gradebook_id == book)
    of_term = {(row["student_id"], row["term_id"]): row for row in line_rows}
    concerned = [of_term[uuid_of(each.student), column_rows[uuid_of(each.assessment)]["term_id"]] for each in given]
    old = await marks.select().where(marks.subject_result_id.is_in([row["id"] for row in concerned]))
    cells = {(row["subject_result_id"], row["assessment_id"]): row for row in old}
    errors, changed, before = [], [], []
    for place, (each, line) in enumerate(zip(given, concerned, strict=True)):
        cell = cells[line["id"], uuid_of(each.assessment)]
        if cell["version"] != each.expected_version:
            errors.append(UserError(code="CONFLICT", message="somebody changed this", field="rows", row=place))
        before.append(cell["number"])
        cell["number"] = Decimal(each.value or 0)
        cell["version"] += 1
        changed.append(cell)
    if errors:
        return EnterMarksPayload(marks=[], errors=errors)
    await marks.insert(*(marks(**row) for row in changed)).on_conflict(
        target=(marks.tenant_id, marks.id), action="DO UPDATE", values=[marks.number, marks.version]
    )
    touched = []
    for line in concerned:
        own = [cell for cell in cells.values() if cell["subject_result_id"] == line["id"]]
        weight = sum(column_rows[cell["assessment_id"]]["coefficient"] for cell in own)
        total = sum((column_rows[cell["assessment_id"]]["coefficient"] * cell["number"] for cell in own), Decimal(0))
        line["score"] = (total / weight).quantize(Decimal("0.1"), ROUND_HALF_UP)
        touched.append(line)
    await lines.insert(*(lines(**row) for row in touched)).on_conflict(
        target=(lines.tenant_id, lines.id), action="DO UPDATE", values=[lines.score, lines.scheme_version]
    )
    await book_tables.Gradebook.update({book_tables.Gradebook.version: book_tables.Gradebook.version + 1}).where(
        book_tables.Gradebook.id == book
    )
    await _tell(changed, before)
    return EnterMarksPayload(marks=[Mark(row=_shown(row)) for row in changed], errors=[])


async def _tell(changed: list[Row], before: list[Decimal | None]) -> None:
    space = changed[0]["tenant_id"]
    entry = new_id()
    await AuditEntry.insert(
        AuditEntry(
            tenant_id=space, id=entry, at=datetime.now(UTC), login="ordinary", via="session",
            command="gradebook.mark.enter",
        )
    )  # fmt: skip
    await AuditLine.insert(
        *(
            AuditLine(
                tenant_id=space, id=each, entry_id=entry, noun="mark", row_id=row["id"],
                old_values=json.dumps({"number": _number(was)}),
                new_values=json.dumps({"number": _number(row["number"])}),
            )
            for each, row, was in zip(new_ids(len(changed)), changed, before, strict=True)
        )
    )  # fmt: skip


def _number(value: Decimal | None) -> str | None:
    return None if value is None else str(value.quantize(Decimal("0.1")))


def _shown(row: Row) -> Row:
    return {**row, "number": row["number"].quantize(Decimal("0.01"))}
