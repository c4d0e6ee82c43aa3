"""Lessons from files: planned, changed and cancelled by them, refused line by line, whole or not at all."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from teaching_school import HOLIDAY, MONDAY, TUESDAY, Taught

from homeroom.cli import main
from homeroom.errors import Forbidden, Refusal
from homeroom.imports.commands import undo_import
from homeroom.uploads import FileMade
from homeroom_calendar.commands.lesson_import import import_lessons
from homeroom_calendar.commands.lessons import cancel_lessons, move_lesson, remove_lessons, substitute_teacher
from homeroom_school.commands.calendar import create_school_year
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.people import NameInput, create_staff
from homeroom_school.commands.structure import create_subject

COLUMNS = ("id", "date", "class", "subject", "title", "period", "starts_at", "ends_at", "room", "staff", "may_clash")
LAN, NGA = "Trần Lan", "Trần Nga"


def line(on: date = MONDAY, **cells: str) -> dict[str, str]:
    """A line of a file: 6A has mathematics with Lan in room 101, in the first period."""
    return {
        "id": "",
        "date": on.isoformat(),
        "class": "6A",
        "subject": "math",
        "period": "1",
        "room": "101",
        "staff": LAN,
        **cells,
    }


def csv_of(*lines: dict[str, str]) -> bytes:
    """A file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def given_as(data: bytes, **arguments: Any) -> dict[str, Any]:
    """The arguments of an import."""
    name = "week.xlsx" if data.startswith(b"PK") else "week.csv"
    return {"file": FileMade(name, "application/octet-stream", data), "system": "plan", **arguments}


async def bring(taught: Taught, *lines: dict[str, str], **arguments: Any) -> dict[str, Any]:
    """Import lines, and give what the report tells."""
    run = await taught.school.run(import_lessons, **given_as(csv_of(*lines), **arguments))
    (row,) = await taught.school.sql("SELECT report::text FROM import_run WHERE id = $1", run)
    found: dict[str, Any] = json.loads(row["report"])
    return {heading: counts["lesson"] for heading, counts in found.items() if counts}


async def lessons(taught: Taught) -> list[tuple[Any, ...]]:
    """Date, time, room, status, origin and staff of all lessons."""
    rows = await taught.school.sql(
        "SELECT l.date, l.starts_at, r.code, l.status, l.origin,"
        " array(SELECT s.given_name || CASE WHEN ls.present THEN '' ELSE ' (away)' END FROM lesson_staff ls"
        "  JOIN staff s ON s.id = ls.staff_id WHERE ls.lesson_id = l.id ORDER BY 1) AS staff"
        " FROM lesson l LEFT JOIN room r ON r.id = l.room_id ORDER BY l.date, l.starts_at, l.id"
    )
    return [tuple(row.values()) for row in rows]


async def only_lesson(taught: Taught) -> Any:
    """The id of the one lesson."""
    (row,) = await taught.school.sql("SELECT id FROM lesson")
    return row["id"]


async def faults(taught: Taught, *lines: dict[str, str], **arguments: Any) -> list[tuple[str, int | None]]:
    """The problems of an import that is refused whole."""
    before = await lessons(taught)
    with pytest.raises(Refusal) as refusal:
        await taught.school.run(import_lessons, **given_as(csv_of(*lines), **arguments))
    assert before == await lessons(taught)
    return [(each.code, each.row) for each in refusal.value.problems]


async def test_a_file_plans_lessons_by_the_names_of_the_school(taught: Taught) -> None:
    nameless = line(TUESDAY, subject="", title="Chào cờ", period="", starts_at="7:15", ends_at="07:45", staff=NGA)
    assert {"created": 2} == await bring(taught, line(), nameless)
    assert [
        (MONDAY, "07:00", "101", "planned", "import", ["Lan"]),
        (TUESDAY, "07:15", "101", "planned", "import", ["Nga"]),
    ] == await lessons(taught)


async def test_a_workbook_says_the_same_as_a_csv(taught: Taught) -> None:
    book = Workbook()
    book.active.append(["date", "class", "subject", "period", "starts_at", "ends_at", "staff", "Remarks"])
    book.active.append([])
    book.active.append([MONDAY, "6A", "math", 2, None, None, LAN, "passed over"])
    book.active.append([TUESDAY, "6A", "math", None, time(9, 5), time(9, 50), f"{LAN},{NGA}", None])
    content = io.BytesIO()
    book.save(content)
    await taught.school.run(import_lessons, **given_as(content.getvalue()))
    assert [
        (MONDAY, "07:50", None, "planned", "import", ["Lan"]),
        (TUESDAY, "09:05", None, "planned", "import", ["Lan", "Nga"]),
    ] == await lessons(taught)
    assert "xlsx" == await taught.school.one("SELECT format FROM import_run")


async def test_a_bad_line_of_a_workbook_is_named_as_the_sheet_counts(taught: Taught) -> None:
    book = Workbook()
    for row in (["date", "class", "title", "period"], [], [MONDAY, "6Z", "Lạ", 1], [MONDAY, "two\nlines", "Lạ", 1]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(Refusal) as refusal:
        await taught.school.run(import_lessons, **given_as(content.getvalue()))
    assert [("UNKNOWN_REFERENCE", line, "class") for line in (3, 4)] == [
        (each.code, each.row, each.column) for each in refusal.value.problems
    ]
    book.active.delete_rows(4)
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(Refusal) as refusal:
        await taught.school.run(import_lessons, **given_as(content.getvalue()))
    assert [(3, "There is no “6Z”, or you do not have access to it.")] == [
        (each.row, each.message) for each in refusal.value.problems
    ]


async def test_importing_again_changes_what_differs_and_nothing_else(taught: Taught) -> None:
    await bring(taught, line(id="a"), line(id="b", period="2"))
    assert {"unchanged": 2} == await bring(taught, line(id="a"), line(id="b", period="2"))
    moved = line(TUESDAY, id="b", room="102", staff=NGA)
    assert {"changed": 1, "unchanged": 1} == await bring(taught, line(id="a"), moved)
    assert [
        (MONDAY, "07:00", "101", "planned", "import", ["Lan"]),
        (TUESDAY, "08:00", "102", "planned", "import", ["Nga"]),
    ] == await lessons(taught)


async def test_without_an_id_a_lesson_is_reported_by_day_class_period_and_subject(taught: Taught) -> None:
    await bring(taught, line())
    assert {"changed": 1} == await bring(taught, line(room="102"))
    assert [(MONDAY, "07:00", "102", "planned", "import", ["Lan"])] == await lessons(taught)


async def test_what_was_changed_by_hand_stays_while_the_file_says_the_same(taught: Taught) -> None:
    await bring(taught, line(id="a"))
    lesson = await only_lesson(taught)
    await taught.school.run(substitute_teacher, lesson=lesson, absent=taught.staff[0], substitute=taught.staff[1])
    await taught.school.run(move_lesson, lesson=lesson, period=3)
    assert {"unchanged": 1} == await bring(taught, line(id="a"))
    assert [(MONDAY, "08:40", "101", "planned", "import", ["Lan (away)", "Nga"])] == await lessons(taught)
    await bring(taught, line(id="a", period="2"))
    assert [(MONDAY, "07:50", "101", "planned", "import", ["Lan"])] == await lessons(taught)


async def test_a_lesson_cancelled_by_hand_stays_so_and_one_that_left_the_file_comes_back_with_it(
    taught: Taught,
) -> None:
    span = {"starts_on": MONDAY, "ends_on": TUESDAY}
    await bring(taught, line(id="a"), line(id="b", period="2"), line(date(2025, 10, 22), id="c"))
    (first, *_) = await taught.school.sql("SELECT row_id AS id FROM import_link WHERE source_id = 'a'")
    await taught.school.run(cancel_lessons, lessons=[first["id"]])
    assert {"changed": 1, "ended": 1} == await bring(taught, line(id="a", room="102"), **span)
    assert ["cancelled", "cancelled", "planned"] == [each[3] for each in await lessons(taught)]
    # Its class, room and teacher are free.
    assert {"created": 1, "unchanged": 1} == await bring(
        taught, line(id="a", room="102"), line(id="d", period="2"), **span
    )
    back = {"period": "3", "id": "b"}
    assert {"changed": 1, "unchanged": 2} == await bring(
        taught, line(id="a", room="102"), line(id="d", period="2"), line(**back), **span
    )
    assert {("07:00", "cancelled"), ("07:50", "planned"), ("08:40", "planned")} == {
        (each[1], each[3]) for each in await lessons(taught) if each[0] == MONDAY
    }


async def test_an_empty_file_cancels_nothing_without_a_word(taught: Taught) -> None:
    await bring(taught, line(id="a"), line(id="b", period="2"))
    before = await lessons(taught)
    span = {"starts_on": MONDAY, "ends_on": TUESDAY}
    for rehearse in (True, False):
        with pytest.raises(Refusal) as refused:
            await taught.school.run(import_lessons, rehearse=rehearse, **given_as(csv_of(), **span))
        assert ["MANY_ENDINGS"] == [each.code for each in refused.value.problems]
        assert "2 of 2" in refused.value.problems[0].message
    assert before == await lessons(taught)
    assert {"ended": 2} == await bring(taught, allow_endings=True, **span)


async def test_an_import_of_lessons_is_undone_as_a_whole(taught: Taught) -> None:
    school = taught.school
    tables = ("lesson", "lesson_staff", "import_link")

    async def rows() -> list[Any]:
        return [
            row["row"]
            for table in tables
            for row in await school.sql(f"SELECT (to_jsonb(t) - 'version')::text AS row FROM {table} t ORDER BY id")
        ]

    states = [await rows()]
    span = {"starts_on": MONDAY, "ends_on": TUESDAY}
    runs = []
    for lines in ((line(id="a"), line(id="b", period="2")), (line(id="b", period="3", staff=NGA), line(id="c"))):
        runs.append(await school.run(import_lessons, **given_as(csv_of(*lines), **span)))
        states.append(await rows())
    for run in reversed(runs):
        states.pop()
        await school.run(undo_import, import_run=run)
        assert states[-1] == await rows()


async def test_without_a_span_nothing_is_cancelled(taught: Taught) -> None:
    await bring(taught, line())
    assert {"created": 1} == await bring(taught, line(TUESDAY))
    assert ["planned", "planned"] == [each[3] for each in await lessons(taught)]


async def test_clashes_are_refused_line_by_line(taught: Taught) -> None:
    await taught.plan(taught.lesson())
    other = {"class": "6B", "room": "102", "staff": NGA}
    assert [("CLASH_CLASS", 2)] == await faults(taught, line(room="102", staff=NGA))
    assert [("CLASH_ROOM", 2)] == await faults(taught, line(**{**other, "room": "101"}))
    assert [("CLASH_STAFF", 2)] == await faults(taught, line(**{**other, "staff": LAN}))
    assert [("CLASH_CLASS", 3)] == await faults(
        taught, line(**other), line(**{**other, "subject": "lang", "room": "", "staff": ""})
    )
    with pytest.raises(Refusal) as refusal:
        await taught.school.run(import_lessons, **given_as(csv_of(line(**{**other, "staff": LAN}))))
    assert [(2, "staff", "Trần Lan is with 6A on 20 October 2025 at 07:00.")] == [
        (each.row, each.column, each.message) for each in refusal.value.problems
    ]
    assert {"created": 1} == await bring(taught, line(may_clash="true"))


async def test_two_lessons_may_change_places(taught: Taught) -> None:
    await bring(taught, line(id="a"), line(id="b", period="2"))
    assert {"changed": 2} == await bring(taught, line(id="a", period="2"), line(id="b"))
    assert {"changed": 1, "unchanged": 1} == await bring(taught, line(id="a", period="3"), line(id="b"))
    # A new lesson in the place that a changed one leaves.
    assert {"changed": 1, "created": 1, "unchanged": 1} == await bring(
        taught, line(id="a", period="2"), line(id="b"), line(id="c", period="3")
    )


async def test_what_a_line_cannot_be_is_reported_by_line(taught: Taught) -> None:
    await taught.school.run(create_subject, code="lab", title="Lab")
    assert [
        ("UNKNOWN_REFERENCE", 2),
        ("UNKNOWN_REFERENCE", 3),
        ("UNKNOWN_REFERENCE", 4),
        *[("UNKNOWN_REFERENCE", 5)] * 2,
        ("NOT_TAUGHT", 6),
        ("NO_SCHOOL_DAY", 7),
        ("NO_SUCH_PERIOD", 8),
        ("OUTSIDE_YEAR", 9),
        ("ENDS_BEFORE_START", 10),
    ] == await faults(
        taught,
        line(**{"class": "9Z"}),
        line(id="2", subject="magic"),
        line(id="3", room="999"),
        line(id="4", staff=f"{LAN},Nobody,Noone"),
        line(**{"class": "6B", "subject": "lab"}),
        line(HOLIDAY),
        line(TUESDAY, period="2"),
        line(date(2026, 8, 1)),
        line(id="9", period="", starts_at="09:00", ends_at="08:00"),
    )
    assert [
        ("REQUIRED", 2),
        ("BAD_DATE", 3),
        ("OUT_OF_RANGE", 4),
        ("BAD_TIME", 5),
        ("INVALID", 6),
        ("INVALID", 7),
        ("BAD_BOOLEAN", 8),
        ("LISTED_TWICE", 10),
    ] == await faults(
        taught,
        line(**{"class": ""}),
        {**line(), "date": "20.10.2025"},
        line(period="0001999999999"),
        line(period="", starts_at="7h", ends_at="08:00"),
        line(period=""),
        line(subject=""),
        line(may_clash="perhaps"),
        line(),
        line(room="102"),
    )
    assert [("OUTSIDE_SPAN", 2)] == await faults(taught, line(), starts_on=TUESDAY, ends_on=TUESDAY)
    assert {"created": 1} == await bring(taught, line(HOLIDAY), allow_days_off=True)


async def test_the_day_tells_which_year_s_class_is_meant(taught: Taught) -> None:
    school = taught.school
    level = await school.one("SELECT id FROM grade_level WHERE code = '7'")
    later = await school.run(create_school_year, name="2026/27", starts_on=date(2026, 9, 7), ends_on=date(2027, 5, 28))
    twin = await school.run(create_school_class, school_year=later, name="6A", grade_level=level)
    times = {"subject": "", "title": "x", "period": "", "starts_at": "07:00", "ends_at": "07:45"}
    await bring(taught, line(**times), line(date(2026, 9, 8), **times))
    classes = await school.sql("SELECT school_class_id FROM lesson ORDER BY date")
    assert [taught.classes["6A"], twin] == [each["school_class_id"] for each in classes]
    assert [("OUTSIDE_YEAR", 2)] == await faults(taught, line(date(2026, 8, 1), **times))


async def test_a_name_that_two_teachers_have_needs_the_code(taught: Taught) -> None:
    await taught.school.run(create_staff, name=NameInput("Lan", "Trần"), code="T9")
    assert [("AMBIGUOUS_REFERENCE", 2)] == await faults(taught, line())
    assert {"created": 1} == await bring(taught, line(staff="t9"))


async def test_a_rehearsal_tells_the_same_and_keeps_nothing(taught: Taught) -> None:
    given = given_as(csv_of(line(), line(period="2")))
    report = await taught.school.reported(import_lessons, rehearse=True, **given)
    assert [] == await lessons(taught)
    assert ({"lesson": 2}, [f"{MONDAY} 6A math"] * 2) == (
        report["created"],
        [each["name"] for each in report["names"]["created"]],
    )
    assert 0 == await taught.school.one("SELECT count(*) FROM import_run")
    assert 0 == await taught.school.one("SELECT count(*) FROM import_link")


async def test_a_lesson_that_a_file_brought_can_be_removed_and_comes_again(taught: Taught) -> None:
    await bring(taught, line())
    await taught.school.run(remove_lessons, lessons=[await only_lesson(taught)])
    assert {"created": 1} == await bring(taught, line())


async def test_systems_do_not_touch_each_other_s_lessons(taught: Taught) -> None:
    span = {"starts_on": MONDAY, "ends_on": MONDAY}
    await bring(taught, line(id="a"), system="one")
    assert {"created": 1} == await bring(taught, line(id="a", period="2"), system="two", **span)
    assert ["planned", "planned"] == [each[3] for each in await lessons(taught)]


async def test_what_is_no_table_is_refused(taught: Taught) -> None:
    cases = [
        (b"", "EMPTY_FILE"),
        (b"date,class\n", None),
        (b"\xff\xfed", "BAD_ENCODING"),
        (b"PK\x03\x04", "BAD_WORKBOOK"),
    ]
    for data, code in cases:
        if code is None:
            run = await taught.school.run(import_lessons, **given_as(data))
            assert run is not None
            continue
        with pytest.raises(Refusal) as refusal:
            await taught.school.run(import_lessons, **given_as(data))
        assert [code] == [each.code for each in refusal.value.problems]


async def test_a_workbook_that_would_fill_the_memory_is_not_unpacked(taught: Taught) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(201 * 1024 * 1024))
    with pytest.raises(Refusal) as refusal:
        await taught.school.run(import_lessons, **given_as(content.getvalue()))
    assert ["FILE_TOO_LARGE"] == [each.code for each in refusal.value.problems]


async def test_only_who_may_plan_may_import(taught: Taught) -> None:
    with pytest.raises(Forbidden):
        await taught.school.run(import_lessons, caller=taught.school.caller("teacher"), **given_as(csv_of(line())))


_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(rows=st.lists(st.dictionaries(st.sampled_from(COLUMNS), _TEXT), max_size=5))
async def test_any_file_is_read_or_refused_by_its_lines(taught: Taught, rows: list[dict[str, str]]) -> None:
    good = [line(TUESDAY), *({"class": "6A", "title": "x", **each} for each in rows)]
    problems: list[Any] = []
    try:
        await taught.school.run(import_lessons, rehearse=True, **given_as(csv_of(*good)))
    except Refusal as refused:
        problems = list(refused.problems)
    assert bool(problems) is bool(rows)
    assert all(3 <= each.row <= len(rows) + 2 for each in problems)


async def test_the_command_line_rehearses_and_imports(taught: Taught, database_settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "week.csv"
    file.write_bytes(csv_of(line(), line(period="2")))
    environment = {**database_settings.environment(), "HOMEROOM_DATA_DIR": str(tmp_path)}

    async def answered(*options: str) -> Any:
        arguments = ["import-rows", "calendar.lesson", str(file), "--school", taught.school.space.slug]
        arguments += ["--set", "system=plan", *options]
        return await asyncio.to_thread(CliRunner().invoke, main, arguments, env=environment)

    # The command line starts whatever is installed, so all of it has its tables.
    migrated = await asyncio.to_thread(CliRunner().invoke, main, ["migrate"], env=environment)
    assert 0 == migrated.exit_code, migrated.output
    rehearsed = await answered("--dry-run")
    named = "    created lesson: 2025-10-20 6A math\n" * 2
    assert (0, f"rehearsed, nothing was kept\n  created: 2 lesson\n{named}") == (rehearsed.exit_code, rehearsed.output)
    assert [] == await lessons(taught)
    assert f"imported\n  created: 2 lesson\n{named}" == (await answered()).output
    assert "the import calendar.lesson has no rooms" in (await answered("--set", "rooms=101")).output
    span = ("--set", "starts_on=2025-10-20", "--set", "ends_on=2025-10-21")
    file.write_bytes(csv_of(line(**{"class": "9Z"})))
    refusal = await answered(*span)
    assert 1 == refusal.exit_code
    assert "row 2: column class: field file: There is no “9Z”, or you do not have access to it." in refusal.output
    file.write_bytes(csv_of(line()))
    ended = await answered(*span)
    gone = "    ended lesson: 2025-10-20 6A math\n"
    assert f"imported\n  unchanged: 1 lesson\n  ended: 1 lesson\n{gone}" == ended.output

    async def undone(*options: str) -> Any:
        arguments = ["undo-import", "--school", taught.school.space.slug, *options]
        return await asyncio.to_thread(CliRunner().invoke, main, arguments, env=environment)

    assert (await undone("--dry-run")).output.startswith("rehearsed, nothing was kept\n  restored: 1 lesson\n")
    assert (await undone()).output.startswith("undone\n  restored: 1 lesson\n")
    assert ["planned", "planned"] == [each[3] for each in await lessons(taught)]
    assert (await undone()).output.startswith("undone\n  removed: 2 lesson\n")
    nothing = await undone()
    assert 1 == nothing.exit_code
    assert "There is no import left to undo" in nothing.output
