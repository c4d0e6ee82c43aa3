"""Entering marks: who may, what is refused, what follows, and what happens to two at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from homeroom.database.engine import Transaction
from homeroom_gradebook.commands.marks import MarkRow, enter_marks

if TYPE_CHECKING:
    from homeroom.testing import Client

    Room = Any
    MakeRoom = Any

ENTER = """
mutation Enter($gradebook: ID!, $rows: [MarkRowInput!]!) {
  enterMarks(input: {gradebook: $gradebook, rows: $rows}) {
    marks { id number code version student { id } assessment { id } }
    errors { code message field row }
  }
}
"""
LINES = """
query Lines($gradebook: ID!) {
  subjectResults(first: 100, filter: {gradebook: {id: {eq: $gradebook}}}) {
    totalCount nodes { span score code student { id } term { number } marks(first: 20) { nodes { number code } } }
  }
}
"""


def gid(kind: str, row: UUID) -> str:
    return f"{kind}_{row}"


def mark(room: Room, student: int, column: UUID, value: str | None, version: int | None = None) -> dict[str, Any]:
    return {
        "student": gid("Student", room.students[student]),
        "assessment": gid("Assessment", column),
        "value": value,
        "expectedVersion": version,
    }


async def enter(client: Client, room: Room, subject: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    data = await client.gql(ENTER, gradebook=gid("Gradebook", room.books[subject]), rows=rows)
    answer: dict[str, Any] = data["enterMarks"]
    return answer


KEEP = """
mutation Keep($gradebook: ID!, $rows: [MarkRowInput!]!, $key: String) {
  enterMarks(input: {gradebook: $gradebook, rows: $rows, keepGood: true, idempotencyKey: $key}) {
    marks { number student { id } } errors { code field row } } }
"""


async def test_good_rows_are_kept_beside_bad_ones_where_that_is_asked(
    make_room: MakeRoom, school_a: Any, school_b: Any, rounds: None
) -> None:
    room, foreign = await make_room(school_a, "kept"), await make_room(school_b, "kept")
    teacher = await room.as_("teacher", room.teacher)
    (first, _), (second, _) = room.columns["toan", 1][:2]
    rows = [
        mark(room, 0, first, "8"),
        mark(room, 1, first, "99"),
        mark(room, 2, first, "7"),
        mark(room, 2, first, "6"),
        mark(foreign, 0, first, "5"),
        mark(room, 0, foreign.columns["toan", 1][0][0], "5"),
        mark(room, 0, second, "9", 3),
        mark(room, 1, second, "10"),
    ]
    variables = {"gradebook": gid("Gradebook", room.books["toan"]), "rows": rows, "key": "kept"}
    for _ in range(2):  # repeated, the call has the same answer and writes nothing
        answer = (await teacher.gql(KEEP, **variables))["enterMarks"]
        assert [("INVALID", "rows.value", 1), ("LISTED_TWICE", "rows", 3), ("NOT_FOUND", "rows.student", 4),
                ("NOT_FOUND", "rows.assessment", 5), ("CONFLICT", "rows.expectedVersion", 6)] == [
            (each["code"], each["field"], each["row"]) for each in answer["errors"]
        ]  # fmt: skip
        kept = [(each["student"]["id"], float(each["number"])) for each in answer["marks"]]
        assert [(rows[index]["student"], value) for index, value in ((0, 8), (2, 7), (7, 10))] == kept
    book = gid("Gradebook", room.books["toan"])
    lines = (await teacher.gql(LINES, gradebook=book))["subjectResults"]["nodes"]
    assert 3 == sum(len(line["marks"]["nodes"]) for line in lines if line["term"] == {"number": 1})
    # Lists show marks in the order in which they were made, not in that of their codes.
    sport, made = room.columns["giao-duc-the-chat", 1], ("Đ", "CĐ")
    rows = [mark(room, 0, column, code) for (column, _), code in zip(sport, made, strict=False)]
    codes = [each["code"] for each in (await enter(teacher, room, "giao-duc-the-chat", rows))["marks"]]
    book_of_sport = gid("Gradebook", room.books["giao-duc-the-chat"])
    lines = (await teacher.gql(LINES, gradebook=book_of_sport))["subjectResults"]["nodes"]
    assert [codes] == [[each["code"] for each in line["marks"]["nodes"]] for line in lines if line["marks"]["nodes"]]
    # Without it a single bad row leaves everything as it was.
    refused = await enter(teacher, room, "toan", [mark(room, 1, first, "8"), mark(room, 2, second, "x")])
    assert (None, [1]) == (refused["marks"], [each["row"] for each in refused["errors"]])


@pytest.mark.parametrize(
    ("language", "scored", "commented"),
    [
        (
            "vi",
            [
                "“mười” không phải là một số.",
                "Thang điểm từ 0 đến 10; 10,5 nằm ngoài thang điểm.",
                "7,25 lẻ hơn bước điểm 0,1.",
            ],
            "“x” không thuộc các mức Đ, CĐ.",
        ),
        (
            "zh-Hant",
            [
                "「mười」不是確切的數字。",
                "評分範圍為 0 至 10，10.5 超出範圍。",
                "7.25 比評分間距 0.1 更細。",
            ],
            "「x」不是下列任何一項：Đ、CĐ。",
        ),
        (
            "zh-Hans",
            [
                "“mười”不是确切的数字。",
                "评分范围为 0 至 10，10.5 超出范围。",
                "7.25 比评分间距 0.1 更细。",
            ],
            "“x”不是下列任何一项：Đ、CĐ。",
        ),
    ],
)
async def test_bad_marks_are_named_in_the_language_of_the_reader(
    room: Room, language: str, scored: list[str], commented: str
) -> None:
    teacher = await room.as_("teacher", room.teacher)

    async def refused(subject: str, values: list[str]) -> list[dict[str, Any]]:
        column = room.column(subject, "regular", 2)
        rows = [mark(room, student, column, value) for student, value in enumerate(values)]
        asked = {"query": ENTER, "variables": {"gradebook": gid("Gradebook", room.books[subject]), "rows": rows}}
        answer = await teacher.http.post("/graphql", json=asked, headers={"Accept-Language": language})
        errors: list[dict[str, Any]] = answer.json()["data"]["enterMarks"]["errors"]
        return errors

    for subject, values, texts in (
        ("toan", ["mười", "10,5", "7.25"], scored),
        ("giao-duc-the-chat", ["x"], [commented]),
    ):
        assert [
            {"code": "INVALID", "message": text, "field": "rows.value", "row": row} for row, text in enumerate(texts)
        ] == await refused(subject, values)


async def test_a_term_of_a_class_is_entered_in_one_call_and_averaged(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "entered")
    teacher = await room.as_("teacher", room.teacher)
    columns = room.columns["toan", 1]
    assert ["regular"] * 4 + ["midterm", "final"] == [kind for _, kind in columns]
    values = ["8", "7.5", "9", "8", "7,5", "8"]
    rows = [
        mark(room, student, column, value)
        for student in range(len(room.students))
        for (column, _), value in zip(columns, values, strict=True)
    ]
    answer = await enter(teacher, room, "toan", rows)
    assert [] == answer["errors"]
    assert [row["student"] for row in rows] == [each["student"]["id"] for each in answer["marks"]]
    assert {1} == {each["version"] for each in answer["marks"]}
    lines = (await teacher.gql(LINES, gradebook=gid("Gradebook", room.books["toan"])))["subjectResults"]
    # A line for each term and one for the year, of every student.
    assert 3 * len(room.students) == lines["totalCount"]
    first = [line for line in lines["nodes"] if line["term"] == {"number": 1}]
    assert [("7.9", 6)] * len(room.students) == [
        (str(float(line["score"])), len(line["marks"]["nodes"])) for line in first
    ]
    assert all(line["score"] is None for line in lines["nodes"] if line["term"] != {"number": 1})
    stored = await room.fetch(
        "SELECT DISTINCT scheme_version FROM subject_result WHERE score IS NOT NULL AND gradebook_id = $1",
        room.books["toan"],
    )
    assert [{"scheme_version": "TT22/2021"}] == stored


async def test_the_year_follows_from_both_terms_and_corrections_flow_on(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "year", size=1)
    teacher = await room.as_("teacher", room.teacher)
    for term, value in ((1, "6.4"), (2, "8")):
        rows = [mark(room, 0, column, value) for column, _ in room.columns["toan", term]]
        assert [] == (await enter(teacher, room, "toan", rows))["errors"]

    async def year() -> Any:
        (line,) = await room.fetch(
            "SELECT score FROM subject_result WHERE gradebook_id = $1 AND span = 'year'", room.books["toan"]
        )
        return None if line["score"] is None else float(line["score"])

    assert 7.5 == await year()
    final = room.column("toan", "final", term=2)
    assert [] == (await enter(teacher, room, "toan", [mark(room, 0, final, "5", 1)]))["errors"]
    assert 6.8 == await year()  # (4 x 8 + 2 x 8 + 3 x 5) / 9 = 7.0; (6.4 + 14) / 3
    assert [] == (await enter(teacher, room, "toan", [mark(room, 0, final, None, 2)]))["errors"]
    assert await year() is None


async def test_comments_are_entered_as_codes(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "comments", size=1)
    teacher = await room.as_("teacher", room.teacher)
    columns = [column for column, _ in room.columns["giao-duc-the-chat", 1]]
    rows = [mark(room, 0, column, "đ") for column in columns[:-1]] + [mark(room, 0, columns[-1], "CĐ")]
    answer = await enter(teacher, room, "giao-duc-the-chat", rows)
    assert ["Đ"] * (len(columns) - 1) + ["CĐ"] == [each["code"] for each in answer["marks"]]
    (line,) = await room.fetch(
        "SELECT code FROM subject_result WHERE gradebook_id = $1 AND code IS NOT NULL",
        room.books["giao-duc-the-chat"],
    )
    assert {"code": "CĐ"} == line


async def test_every_bad_row_is_named_and_nothing_is_written(room: Room, foreign_room: Room) -> None:
    teacher = await room.as_("teacher", room.teacher)
    good, other = room.column("toan", "regular", 1), room.column("ngu-van", "regular", 1)
    rows = [
        mark(room, 0, good, "8"),
        mark(room, 1, good, "10.5"),
        mark(room, 2, good, "eight"),
        mark(room, 3, good, "7.25"),
        mark(room, 4, good, "Đ"),
        mark(room, 0, other, "8"),
        {**mark(room, 0, good, "8"), "student": gid("Student", foreign_room.students[0])},
        {**mark(room, 1, good, "8"), "assessment": gid("Assessment", foreign_room.column("toan", "regular", 1))},
        mark(room, 0, good, "9"),
        mark(room, 2, room.column("toan", "midterm"), "8", 3),
    ]
    answer = await enter(teacher, room, "toan", rows)
    assert [
        ("INVALID", "rows.value", 1),
        ("INVALID", "rows.value", 2),
        ("INVALID", "rows.value", 3),
        ("INVALID", "rows.value", 4),
        ("NOT_FOUND", "rows.assessment", 5),
        ("NOT_FOUND", "rows.student", 6),
        ("NOT_FOUND", "rows.assessment", 7),
        ("LISTED_TWICE", "rows", 8),
        ("CONFLICT", "rows.expectedVersion", 9),
    ] == [(error["code"], error["field"], error["row"]) for error in answer["errors"]]
    assert [] == await room.fetch("SELECT id FROM mark WHERE gradebook_id = $1", room.books["toan"])


async def test_of_two_at_the_same_cell_one_wins_and_the_other_is_informed(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "race", size=1)
    teacher = await room.as_("teacher", room.teacher)
    cell = room.column("toan", "regular", 1)
    for version in (None, 1):
        rows = [[mark(room, 0, cell, value, version)] for value in (("4", "5") if version is None else ("6", "7"))]
        answers = await asyncio.gather(*(enter(teacher, room, "toan", each) for each in rows))
        codes = sorted(",".join(error["code"] for error in answer["errors"]) for answer in answers)
        assert ["", "CONFLICT"] == codes
        winner = next(answer for answer in answers if not answer["errors"])["marks"][0]
        (kept,) = await room.fetch("SELECT number, version FROM mark WHERE assessment_id = $1", cell)
        assert (float(winner["number"]), winner["version"]) == (float(kept["number"]), kept["version"])


async def test_writers_of_different_cells_both_come_through_and_the_average_knows_both(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "together", size=2)
    teacher = await room.as_("teacher", room.teacher)
    columns = [column for column, _ in room.columns["toan", 1]]
    answers = await asyncio.gather(
        *(enter(teacher, room, "toan", [mark(room, pupil, each, "8") for pupil in (0, 1)]) for each in columns)
    )
    assert [[]] * 6 == [answer["errors"] for answer in answers]
    lines = await room.fetch(
        "SELECT score FROM subject_result WHERE gradebook_id = $1 AND term_id = $2",
        room.books["toan"],
        room.terms[1],
    )
    assert [8.0, 8.0] == [float(line["score"]) for line in lines]


async def test_saving_what_is_there_changes_nothing(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "same", size=1)
    teacher = await room.as_("teacher", room.teacher)
    cell = room.column("toan", "regular", 1)
    await enter(teacher, room, "toan", [mark(room, 0, cell, "8")])
    again = await enter(teacher, room, "toan", [mark(room, 0, cell, "8.0", 1)])
    assert (1, []) == (again["marks"][0]["version"], again["errors"])


async def test_each_changed_mark_has_its_line_in_the_audit(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "audited", size=1)
    teacher = await room.as_("teacher", room.teacher)
    cell = room.column("toan", "regular", 1)
    first = await enter(teacher, room, "toan", [mark(room, 0, cell, "8")])
    await enter(teacher, room, "toan", [mark(room, 0, cell, "6.5", 1)])
    lines = await room.fetch(
        "SELECT e.command, e.login, l.old_values::text AS old, l.new_values::text AS new FROM audit_line l"
        " JOIN audit_entry e ON e.id = l.entry_id WHERE l.noun = 'mark' AND l.row_id = $1 ORDER BY e.at",
        UUID(first["marks"][0]["id"].removeprefix("Mark_")),
    )
    assert ["gradebook.mark.enter"] * 2 == [line["command"] for line in lines]
    assert {teacher.login} == {line["login"] for line in lines}
    assert [None, '{"number": "8.0"}'] == [line["old"] for line in lines]
    assert '{"number": "6.5"}' == lines[1]["new"]


async def test_entry_needs_two_statements_however_many_marks(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "counted", size=5)
    seen: list[str] = []
    original = Transaction.fetchrow, Transaction.fetchval, Transaction.fetch

    def counted(method: Any) -> Any:
        async def call(self: Any, sql: str, *args: Any) -> Any:
            seen.append(sql)
            return await method(self, sql, *args)

        return call

    rows = [MarkRow(student, column, "7") for student in room.students for column, _ in room.columns["toan", 1]]
    with pytest.MonkeyPatch.context() as patch:
        for name, method in zip(("fetchrow", "fetchval", "fetch"), original, strict=True):
            patch.setattr(Transaction, name, counted(method))
        await room.run(enter_marks, gradebook=room.books["toan"], rows=rows)
    assert 2 == len([sql for sql in seen if "subject_result" in sql])
