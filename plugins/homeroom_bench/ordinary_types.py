"""The ordinary way, part two: the types and the queries, each field a resolver."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from strawberry.types import Info

from homeroom_bench.ordinary_loading import Loaders, Row
from homeroom_gradebook import tables as book_tables
from homeroom_school import tables as school_tables

__all__ = ["Mark", "Query", "uuid_of"]

OfRequest = Info[dict[str, Any], None]


def _loaders(info: OfRequest) -> Loaders:
    loaders: Loaders = info.context["loaders"]
    return loaders


def global_id(name: str, value: UUID) -> strawberry.ID:
    return strawberry.ID(f"{name}_{value}")


def uuid_of(value: str) -> UUID:
    return UUID(value.rpartition("_")[2])


def cursor_of(*values: Any) -> str:
    return base64.b64encode(json.dumps([str(value) for value in values]).encode()).decode()


@strawberry.input
class IDFilter:
    """A condition on an id."""

    eq: strawberry.ID | None = None


@strawberry.input
class TermFilter:
    """A condition on a term."""

    id: IDFilter | None = None


@strawberry.input
class ByTerm:
    """A condition on the term of a row."""

    term: TermFilter | None = None

    def wanted(self) -> UUID | None:
        """The term's id."""
        if self.term is None or self.term.id is None or self.term.id.eq is None:
            return None
        return uuid_of(self.term.id.eq)


@strawberry.type
class SchoolClass:
    """A class."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("SchoolClass", self.row["id"])

    @strawberry.field
    def name(self) -> str:
        return str(self.row["name"])


@strawberry.type
class Subject:
    """A subject."""

    row: strawberry.Private[Row]

    @strawberry.field
    def code(self) -> str:
        return str(self.row["code"])

    @strawberry.field
    def title(self) -> str:
        return str(self.row["title"])


@strawberry.type
class Assessment:
    """A column of a book."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Assessment", self.row["id"])

    @strawberry.field
    def kind(self) -> str:
        return str(self.row["kind"])

    @strawberry.field
    def ordinal(self) -> int:
        return int(self.row["ordinal"])

    @strawberry.field
    def title(self) -> str:
        return str(self.row["title"])

    @strawberry.field
    def coefficient(self) -> int:
        return int(self.row["coefficient"])


@strawberry.type
class Mark:
    """A mark."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Mark", self.row["id"])

    @strawberry.field
    def number(self) -> Decimal | None:
        return self.row["number"]  # type: ignore[no-any-return]

    @strawberry.field
    def version(self) -> int:
        return int(self.row["version"])

    @strawberry.field
    async def assessment(self, info: OfRequest) -> Assessment | None:
        row = await _loaders(info).columns.load(self.row["assessment_id"])
        return None if row is None else Assessment(row=row)

    @strawberry.field
    async def subject_result(self, info: OfRequest) -> SubjectResult | None:
        row = await _loaders(info).lines.load(self.row["subject_result_id"])
        return None if row is None else SubjectResult(row=row)


@strawberry.type
class MarkConnection:
    """Marks."""

    nodes: list[Mark]


@strawberry.type
class AssessmentConnection:
    """Columns."""

    nodes: list[Assessment]


@strawberry.type
class SubjectResult:
    """A line of a book."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("SubjectResult", self.row["id"])

    @strawberry.field
    def score(self) -> Decimal | None:
        return self.row["score"]  # type: ignore[no-any-return]

    @strawberry.field
    async def student(self, info: OfRequest) -> Student | None:
        row = await _loaders(info).students.load(self.row["student_id"])
        return None if row is None else Student(row=row)

    @strawberry.field
    async def gradebook(self, info: OfRequest) -> Gradebook | None:
        row = await _loaders(info).books.load(self.row["gradebook_id"])
        return None if row is None else Gradebook(row=row)

    @strawberry.field
    async def marks(self, info: OfRequest, first: int = 50) -> MarkConnection:
        rows = await _loaders(info).marks_of_line.load(self.row["id"])
        return MarkConnection(nodes=[Mark(row=row) for row in rows[:first]])


@strawberry.type
class SubjectResultConnection:
    """Lines."""

    nodes: list[SubjectResult]


@strawberry.type
class Gradebook:
    """A book."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Gradebook", self.row["id"])

    @strawberry.field
    async def school_class(self, info: OfRequest) -> SchoolClass | None:
        row = await _loaders(info).classes.load(self.row["school_class_id"])
        return None if row is None else SchoolClass(row=row)

    @strawberry.field
    async def subject(self, info: OfRequest) -> Subject | None:
        row = await _loaders(info).subjects.load(self.row["subject_id"])
        return None if row is None else Subject(row=row)

    @strawberry.field
    async def assessments(self, first: int = 50, filter: ByTerm | None = None) -> AssessmentConnection:
        table = book_tables.Assessment
        query = table.select().where(table.gradebook_id == self.row["id"])
        if filter is not None and (term := filter.wanted()) is not None:
            query = query.where(table.term_id == term)
        rows = await query.order_by(table.position, table.id).limit(first)
        return AssessmentConnection(nodes=[Assessment(row=row) for row in rows])

    @strawberry.field
    async def subject_results(self, first: int = 50, filter: ByTerm | None = None) -> SubjectResultConnection:
        return await _lines("gradebook_id", self.row["id"], first, filter)


@strawberry.type
class Guardian:
    """A guardian."""

    row: strawberry.Private[Row]

    @strawberry.field
    def full_name(self) -> str:
        return str(self.row["full_name"])

    @strawberry.field
    def phone(self) -> str | None:
        return self.row["phone"]  # type: ignore[no-any-return]

    @strawberry.field
    def email(self) -> str | None:
        return self.row["email"]  # type: ignore[no-any-return]


@strawberry.type
class Guardianship:
    """Who stands for a student."""

    row: strawberry.Private[Row]

    @strawberry.field
    def relation(self) -> str:
        return str(self.row["relation"]).upper()

    @strawberry.field
    async def guardian(self, info: OfRequest) -> Guardian | None:
        row = await _loaders(info).guardians.load(self.row["guardian_id"])
        return None if row is None else Guardian(row=row)


@strawberry.type
class GuardianshipConnection:
    """Who stands for a student."""

    nodes: list[Guardianship]


@strawberry.type
class ClassEnrolment:
    """A place in a class."""

    row: strawberry.Private[Row]

    @strawberry.field
    def class_number(self) -> int | None:
        number: int | None = self.row["class_number"]
        return number

    @strawberry.field
    async def school_class(self, info: OfRequest) -> SchoolClass | None:
        row = await _loaders(info).classes.load(self.row["school_class_id"])
        return None if row is None else SchoolClass(row=row)


@strawberry.type
class Student:
    """A student."""

    row: strawberry.Private[Row]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return global_id("Student", self.row["id"])

    @strawberry.field
    def code(self) -> str | None:
        code: str | None = self.row["code"]
        return code

    @strawberry.field
    def full_name(self) -> str:
        return str(self.row["full_name"])

    @strawberry.field
    def sex(self) -> str | None:
        return None if self.row["sex"] is None else str(self.row["sex"]).upper()

    @strawberry.field
    def birth_date(self) -> date | None:
        born: date | None = self.row["birth_date"]
        return born

    @strawberry.field
    async def current_enrolment(self, info: OfRequest) -> ClassEnrolment | None:
        rows = await _loaders(info).enrolments.load(self.row["id"])
        today = datetime.now(UTC).date()
        for row in reversed(rows):
            if row["starts_on"] <= today and (row["ends_on"] is None or row["ends_on"] >= today):
                found = await _loaders(info).classes.load(row["school_class_id"])
                if found is not None and found["kind"] == "homeroom":
                    return ClassEnrolment(row=row)
        return None

    @strawberry.field
    async def guardianships(self, info: OfRequest, first: int = 50) -> GuardianshipConnection:
        rows = await _loaders(info).guardianships.load(self.row["id"])
        return GuardianshipConnection(nodes=[Guardianship(row=row) for row in rows[:first]])

    @strawberry.field
    async def subject_results(self, first: int = 50, filter: ByTerm | None = None) -> SubjectResultConnection:
        return await _lines("student_id", self.row["id"], first, filter)


async def _lines(column: str, value: UUID, first: int, filter: ByTerm | None) -> SubjectResultConnection:
    table = book_tables.SubjectResult
    query = table.select().where(getattr(table, column) == value)
    if filter is not None and (term := filter.wanted()) is not None:
        query = query.where(table.term_id == term)
    rows = await query.order_by(table.id).limit(first)
    return SubjectResultConnection(nodes=[SubjectResult(row=row) for row in rows])


@strawberry.type
class PageInfo:
    """The place of a page."""

    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class StudentConnection:
    """A page of students."""

    nodes: list[Student]
    page_info: PageInfo

    @strawberry.field
    async def total_count(self) -> int:
        return int(await school_tables.Student.count())


@strawberry.enum
class MarkGroupByField(Enum):
    """What marks can be grouped by."""

    SCHOOL_CLASS = "school_class"


@strawberry.input
class MarkGroupBy:
    """How marks are grouped."""

    field: MarkGroupByField


@strawberry.type
class MarkAggregateKey:
    """What the marks of a group have in common."""

    row: strawberry.Private[Row]

    @strawberry.field
    async def school_class(self, info: OfRequest) -> SchoolClass | None:
        row = await _loaders(info).classes.load(self.row["school_class_id"])
        return None if row is None else SchoolClass(row=row)


@strawberry.type
class MarkAggregateNumbers:
    """Numbers made of marks."""

    number: Decimal | None


@strawberry.type
class MarkAggregateGroup:
    """A group of marks."""

    key: MarkAggregateKey
    count: int
    average: MarkAggregateNumbers


@strawberry.type
class MarkAggregate:
    """Statistics of marks."""

    total_count: int
    groups: list[MarkAggregateGroup]


_BY_CLASS = """
SELECT g.school_class_id, count(*), trim_scale(round(avg(m.number), 6)) AS average
FROM mark m JOIN gradebook g ON g.id = m.gradebook_id GROUP BY 1
"""


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field
    async def gradebook(self, id: strawberry.ID) -> Gradebook | None:
        row = await book_tables.Gradebook.select().where(book_tables.Gradebook.id == uuid_of(id)).first()
        return None if row is None else Gradebook(row=row)

    @strawberry.field
    async def student(self, id: strawberry.ID) -> Student | None:
        row = await school_tables.Student.select().where(school_tables.Student.id == uuid_of(id)).first()
        return None if row is None else Student(row=row)

    @strawberry.field
    async def marks_aggregate(self, info: OfRequest, group_by: list[MarkGroupBy]) -> MarkAggregate:
        assert [MarkGroupByField.SCHOOL_CLASS] == [each.field for each in group_by]
        rows = await book_tables.Mark.raw(_BY_CLASS)
        classes = await _loaders(info).classes.load_many([row["school_class_id"] for row in rows])
        names = {each["id"]: each["name"] for each in classes if each is not None}
        rows.sort(key=lambda row: (names[row["school_class_id"]], row["school_class_id"]))
        groups = [
            MarkAggregateGroup(
                key=MarkAggregateKey(row=row), count=row["count"], average=MarkAggregateNumbers(number=row["average"])
            )
            for row in rows
        ]
        return MarkAggregate(total_count=len(groups), groups=groups)

    @strawberry.field
    async def students(self, first: int = 50, after: str | None = None) -> StudentConnection:
        table = school_tables.Student
        rows = await table.select().order_by(table.sort_key, table.id).limit(first + 1)
        page = rows[:first]
        cursor = cursor_of(page[-1]["sort_key"], page[-1]["id"]) if page else None
        return StudentConnection(
            nodes=[Student(row=row) for row in page],
            page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=cursor),
        )
