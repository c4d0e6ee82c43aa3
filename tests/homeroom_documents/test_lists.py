"""Lists: every row and column that the reader may see, as a spreadsheet takes it, and a line in the audit."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.host import Host
from homeroom.sheets import write_csv, write_xlsx
from homeroom.testing import Client, People


async def _csv(client: Client, name: str, **params: str) -> list[dict[str, str]]:
    answer = await client.http.get(f"/lists/{name}.csv", params=params)
    assert 200 == answer.status_code, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_a_list_has_every_row_of_the_school_and_no_other(vietnamese: Any, chinese: Any, as_role: People) -> None:
    for school in (vietnamese, chinese):
        registrar = await as_role.as_role(school.space, "registrar")
        total = (await registrar.gql("{ students { totalCount } }"))["students"]["totalCount"]
        rows = await _csv(registrar, "students")
        assert total == len(rows)
        assert all(row["Full name"] for row in rows)
        assert {"Code", "Birth date", "Sex"} <= set(rows[0])
        assert not {"Sort key", "Version", "Search"} & set(rows[0]), "these serve programs alone"


async def test_a_row_is_reported_with_the_names_of_what_it_refers_to(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    rows = await _csv(registrar, "classEnrolments")
    assert all(row["Student: full name"] and row["School class: name"] for row in rows)


async def test_a_list_longer_than_a_page_is_whole(vietnamese: Any, host: Host, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    total = (await registrar.gql("{ subjectResults { totalCount } }"))["subjectResults"]["totalCount"]
    assert total > host.settings.graphql_max_page, "the school is too small to prove anything"
    assert total == len(await _csv(registrar, "subjectResults"))


async def test_a_filter_is_the_one_of_graphql(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    rows = await _csv(registrar, "students", filter='{"sex": {"eq": "FEMALE"}}')
    assert rows
    assert {"FEMALE"} == {row["Sex"] for row in rows}
    for wrong in ('{"no": 1}', "[1]", "{", "x" * 10):
        answer = await registrar.http.get("/lists/students.csv", params={"filter": wrong})
        assert 422 == answer.status_code
        assert "filter" == answer.json()["errors"][0]["field"]


async def test_statistics_are_a_table_too(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    students = await _csv(registrar, "students", filter='{"sex": {"eq": "FEMALE"}}')
    rows = await _csv(
        registrar, "students", filter='{"sex": {"eq": "FEMALE"}}', groupBy="SCHOOL_CLASS,SEX,BIRTH_DATE:YEAR"
    )
    assert {"School class: name", "Sex", "Birth date", "Number of rows"} <= set(rows[0])
    assert {"FEMALE"} == {row["Sex"] for row in rows}
    assert all(row["Birth date"].endswith("-01-01") for row in rows if row["Birth date"])
    assert len(students) == sum(int(row["Number of rows"]) for row in rows)
    (whole,) = await _csv(registrar, "marks", measures="AVERAGE_NUMBER,MAX_NUMBER")
    assert {"Number of rows", "Average: Number", "Greatest: Number"} == set(whole)
    assert Decimal(whole["Average: Number"]) <= Decimal(whole["Greatest: Number"])
    groupings, measures = ("FULL_NAME", "SEX:CENTURY"), ("SUM_NOTHING", "SUM_BIRTH_DATE")
    for name, wrong in [*(("groupBy", each) for each in groupings), *(("measures", each) for each in measures)]:
        answer = await registrar.http.get("/lists/students.csv", params={name: wrong})
        assert (422, name) == (answer.status_code, answer.json()["errors"][0]["field"])
    teacher = await as_role.as_role(vietnamese.space, "teacher", person=vietnamese.filled.teacher)
    assert 404 == (await teacher.http.get("/lists/students.csv", params={"groupBy": "SEX"})).status_code


@pytest.mark.parametrize("role", ["teacher", "student", "guardian"])
async def test_who_has_no_right_takes_no_list(role: str, vietnamese: Any, as_role: People) -> None:
    person = {"teacher": vietnamese.filled.teacher, "student": vietnamese.filled.student}.get(
        role, vietnamese.filled.guardian
    )
    client = await as_role.as_role(vietnamese.space, role, person=person)
    refused = await client.http.get("/lists/students.csv")
    absent = await client.http.get("/lists/nothing.csv")
    assert (404, absent.json()) == (refused.status_code, refused.json())


async def test_with_the_right_one_takes_what_one_sees_and_no_more(vietnamese: Any, host: Host, as_role: People) -> None:
    student = await as_role.as_role(vietnamese.space, "student", person=vietnamese.filled.student)
    admin = await as_role.as_role(vietnamese.space, "admin")
    rule = 'role: "student", object: "documents.export", action: RUN'
    allow = f"mutation {{ setRule(input: {{{rule}, effect: ALLOW}}) {{ errors {{ message }} }} }}"
    remove = f"mutation {{ removeRule(input: {{{rule}}}) {{ errors {{ message }} }} }}"
    assert [] == (await admin.gql(allow))["setRule"]["errors"]
    try:
        seen = (await student.gql("{ marks(first: 500) { nodes { number } } }"))["marks"]["nodes"]
        rows = await _csv(student, "marks")
        assert rows
        assert sorted(str(each["number"] or "") for each in seen) == sorted(row["Number"] for row in rows)
        everything = await _csv(await as_role.as_role(vietnamese.space, "registrar"), "marks")
        assert len(rows) < len(everything)
        assert 404 == (await student.http.get("/lists/webhookEndpoints.csv")).status_code
    finally:
        await admin.gql(remove)


async def test_the_audit_keeps_who_took_what(vietnamese: Any, host: Host, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    count = len(await _csv(registrar, "guardians"))
    async with host.database.transaction(vietnamese.space.id) as transaction:
        entry = await transaction.fetchrow(
            "SELECT login, arguments::text FROM audit_entry WHERE command = 'documents.export' ORDER BY at DESC LIMIT 1"
        )
    assert registrar.login == entry["login"]
    assert f'"rows": {count}' in entry["arguments"]
    assert '"resource": "Guardian"' in entry["arguments"]


@pytest.mark.parametrize("name", ["nothing.csv", "students.pdf", "students", "student.csv"])
async def test_other_lists_are_not_there(name: str, chinese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    assert 404 == (await registrar.http.get(f"/lists/{name}")).status_code


async def test_a_workbook_has_real_dates_and_numbers(vietnamese: Any, as_role: People) -> None:
    registrar = await as_role.as_role(vietnamese.space, "registrar")
    answer = await registrar.http.get("/lists/students.xlsx")
    assert f'filename="{vietnamese.space.slug}-students.xlsx"' in answer.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    born = [row[head.index("Birth date")] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert all(isinstance(each, datetime) for each in born)
    marks = openpyxl.load_workbook(io.BytesIO((await registrar.http.get("/lists/marks.xlsx")).content)).active
    assert marks is not None
    numbers = [row[[c.value for c in marks[1]].index("Number")] for row in marks.iter_rows(min_row=2, values_only=True)]
    assert any(isinstance(each, int | float) for each in numbers)


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
#: What a column holds: values of one kind, texts and nothing.
_COLUMNS = st.sampled_from(
    [
        st.booleans(),
        st.integers(-(2**31), 2**31),
        st.decimals(-1000, 1000, places=2),
        st.dates(date(1900, 3, 1), date(2100, 1, 1)),
        _TEXTS,
    ]
).map(lambda kind: st.one_of(st.none(), _TEXTS, kind))
_ROWS = st.tuples(_COLUMNS, _COLUMNS, _COLUMNS).flatmap(lambda kinds: st.lists(st.tuples(*kinds), max_size=8))


@given(rows=_ROWS)
def test_a_workbook_gives_back_what_was_written(rows: list[tuple[Any, ...]]) -> None:
    made = write_xlsx("a/b", ["one", "two", "three"], rows)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    read = [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    for row, back in zip(rows, read, strict=False):
        for value, found in zip(row, back, strict=True):
            if isinstance(value, date):
                assert value == found.date()  # type: ignore[union-attr]
            elif isinstance(value, Decimal):
                assert float(value) == found
            else:
                assert (value or None) == (found or None)


def test_columns_of_one_title_and_texts_too_long_for_a_cell_are_kept() -> None:
    made = write_xlsx("a", ["Note", "Note", "Mark"], [["x" * 40_000, "=1+1", 7]])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    head, (long, formula, mark) = sheet.iter_rows(values_only=True)
    assert ("Note", "Note (2)", "Mark") == head
    assert ("x" * 32_766 + "…", "=1+1", 7) == (long, formula, mark)
    assert "s" == sheet["B2"].data_type
    empty = openpyxl.load_workbook(io.BytesIO(write_xlsx("a", ["Note", "Mark"], []))).active
    assert empty is not None
    assert [("Note", "Mark")] == list(empty.iter_rows(values_only=True))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(data=st.data())
def test_no_cell_is_a_formula_whatever_separates_cells(separator: str, data: st.DataObject) -> None:
    texts = st.text(st.sampled_from("=+-@;,\t\r\n\"'| a1"), max_size=8)
    rows = [[*data.draw(st.sampled_from(([], ["a"]))), text] for text in data.draw(st.lists(texts, max_size=2))]
    made = write_csv(["a", "x;=1"], rows).decode("utf-8-sig")
    # By a reader of CSV with this separator, and by one that splits without heed of quotes.
    cells = [cell for row in csv.reader(io.StringIO(made, newline=""), delimiter=separator) for cell in row]
    if separator != ",":
        cells += [cell for line in re.split("[\r\n]", made) for cell in line.split(separator)]
    for cell in cells:
        start = cell.lstrip(' "\t')
        assert not start.startswith(("=", "@")), (cell, made)
        assert not re.match("[+-].*[a-z=@]", start), (cell, made)


@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(1899, 12, 31), date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]
)
def test_days_that_spreadsheets_cannot_count_are_texts(day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 6, 18, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx("a", ["day", "moment"], [[day, moment]]))).active
    assert sheet is not None
    found = [cell.value for cell in sheet[2]]
    if day < date(1900, 3, 1):
        assert [day.isoformat(), f"{day.isoformat()} 06:18"] == found
    else:
        assert ["1900-03-01T00:00:00", "1900-03-01T06:18:00"] == [each.isoformat() for each in found]


async def test_moments_are_those_of_the_schools_clocks(chinese: Any, host: Host, as_role: People) -> None:
    registrar = await as_role.as_role(chinese.space, "registrar")
    async with host.database.transaction(chinese.space.id) as transaction:
        await transaction.execute(
            "INSERT INTO import_run (id, kind, command, system, format, at, report) VALUES"
            " (gen_random_uuid(), 'import', 'school.import', 'clocks', 'csv', '2026-11-29T22:18:00Z', '{}'::jsonb)"
        )
    filtered = '{"system": {"eq": "clocks"}}'
    (row,) = await _csv(registrar, "importRuns", filter=filtered)
    assert "2026-11-30T06:18:00+08:00" == row["At"]
    answer = await registrar.http.get("/lists/importRuns.xlsx", params={"filter": filtered})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head, values = sheet.iter_rows(values_only=True)
    assert "2026-11-30T06:18:00" == values[head.index("At")].isoformat()
    listed = await registrar.http.get("/lists/importRuns.csv")
    assert "text/csv; charset=utf-8" == listed.headers["content-type"]


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=20))
def test_no_text_becomes_a_formula(text: str) -> None:
    made = write_csv(["x"], [[text]]).decode("utf-8-sig")
    cell = next(iter(csv.reader(io.StringIO(made, newline=""))))
    (_, (cell,)) = list(csv.reader(io.StringIO(made, newline=""))) if text else ("", ("",))
    assert text == cell or len(cell) > len(text), "nothing is taken away"
    assert not cell.lstrip().startswith(("=", "@"))
    if cell.startswith(("+", "-")):
        assert not any(sign.isalpha() for sign in cell)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("+84 912 345 678", "+84 912 345 678"),
        ("-3.5", "-3.5"),
        ("=1+1", "'=1+1"),
        ("+cmd|x", "'+cmd|x"),
        ("x;=cmd|x", "x;'=cmd|x"),
        ("x; =cmd;-3;+a", "x;' =cmd;-3;'+a"),
        ('x;"=cmd', "x;'\"=cmd"),
        ("Đặng", "Đặng"),
    ],
)
def test_numbers_with_a_sign_stay_as_they_are(text: str, kept: str) -> None:
    assert kept == next(csv.reader(io.StringIO(write_csv([], [[text]]).decode("utf-8-sig").partition("\r\n")[2])))[0]
