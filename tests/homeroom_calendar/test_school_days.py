"""The calendar's commands: days laid out again, files read, bad rows named; and the periods of a day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from homeroom.errors import Forbidden, Refusal
from homeroom.host import Host
from homeroom.imports.commands import undo_import
from homeroom.messages import spelt
from homeroom.uploads import FileMade
from homeroom_calendar.commands.bells import (
    BellPeriodRow,
    BellUseRow,
    change_bell_schedule,
    create_bell_schedule,
    use_bell_schedules,
)
from homeroom_calendar.commands.entries import (
    CalendarEntryRow,
    add_calendar_entries,
    change_calendar_entry,
    import_calendar_entries,
    plan_calendar,
    remove_calendar_entries,
)
from homeroom_calendar.days import EntryKind, Weekday
from homeroom_school.commands.calendar import change_school_year

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEEK = list(Weekday)[:5]


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


@pytest_asyncio.fixture(loop_scope="session")
async def year(school: Any, make_school: Any) -> UUID:
    """The school's year with a calendar of five days; another school has the same."""
    other = await make_school()
    for each in (other, school):
        found = await each.one("SELECT id FROM school_year")
        await each.run(plan_calendar, school_year=found, weekdays=WEEK, cycle_length=6)
        await each.run(add_calendar_entries, school_year=found, rows=[CalendarEntryRow("Nghỉ lễ", date(2025, 9, 10))])
    made: UUID = found
    return made


async def day(school: Any, on: date) -> dict[str, Any]:
    (found,) = await school.sql("SELECT kind, runs_as, cycle_day, name FROM calendar_day WHERE date = $1", on)
    made: dict[str, Any] = found
    return made


async def test_the_days_of_a_year_follow_its_calendar(school: Any, year: UUID) -> None:
    # The year begins on Friday, 5 September 2025.
    assert {"kind": "school", "runs_as": "friday", "cycle_day": 1, "name": ""} == await day(school, date(2025, 9, 5))
    assert {"kind": "holiday", "runs_as": None, "cycle_day": None, "name": "Nghỉ lễ"} == await day(
        school, date(2025, 9, 10)
    )
    assert 4 == (await day(school, date(2025, 9, 11)))["cycle_day"]
    rows = [
        CalendarEntryRow("Học bù", date(2025, 9, 6), kind=EntryKind.MAKE_UP, runs_as=Weekday.WEDNESDAY),
        CalendarEntryRow("Hội thao", date(2025, 9, 8), date(2025, 9, 9), kind=EntryKind.SPECIAL),
    ]
    _, special = await school.run(add_calendar_entries, school_year=year, rows=rows)
    assert {"kind": "school", "runs_as": "wednesday", "cycle_day": 2, "name": "Học bù"} == await day(
        school, date(2025, 9, 6)
    )
    assert 3 == (await day(school, date(2025, 9, 11)))["cycle_day"]
    await school.run(change_calendar_entry, calendar_entry=special, ends_on=date(2025, 9, 8))
    assert "school" == (await day(school, date(2025, 9, 9)))["kind"]
    await school.run(remove_calendar_entries, calendar_entries=[special])
    assert "school" == (await day(school, date(2025, 9, 8)))["kind"]


async def test_days_follow_the_days_of_the_year(school: Any, year: UUID) -> None:
    await school.run(change_school_year, school_year=year, ends_on=date(2026, 6, 5))
    assert date(2026, 6, 5) == await school.one("SELECT max(date) FROM calendar_day")
    assert await school.one("SELECT ends_on - starts_on + 1 FROM school_year") == await school.one(
        "SELECT count(*) FROM calendar_day"
    )


async def test_days_are_asked_for_by_everybody_of_the_school_and_only_theirs(school: Any, year: UUID) -> None:
    answer = await school.ask(
        '{ calendarDays(filter: {date: {gte: "2025-09-08", lte: "2025-09-12"}}) { nodes { date kind cycleDay } } }',
        caller=school.caller("student"),
    )
    assert [("SCHOOL", 2), ("SCHOOL", 3), ("HOLIDAY", None), ("SCHOOL", 4), ("SCHOOL", 5)] == [
        (each["kind"], each["cycleDay"]) for each in answer["data"]["calendarDays"]["nodes"]
    ]


async def test_every_bad_entry_is_named_and_none_is_made(school: Any, year: UUID) -> None:
    rows = [
        CalendarEntryRow("Outside", date(2024, 1, 1)),
        CalendarEntryRow("Backwards", date(2025, 10, 2), date(2025, 10, 1)),
        CalendarEntryRow("Over", date(2025, 9, 9), date(2025, 9, 11)),
        CalendarEntryRow("Runs", date(2025, 10, 8), runs_as=Weekday.MONDAY),
        CalendarEntryRow("Cycle", date(2025, 10, 11), kind=EntryKind.MAKE_UP, cycle_day=7),
        CalendarEntryRow("Good", date(2025, 11, 3), date(2025, 11, 4)),
        CalendarEntryRow("Over the good", date(2025, 11, 4)),
    ]
    assert [
        ("OUTSIDE_YEAR", "rows.startsOn", 0),
        ("ENDS_BEFORE_START", "rows.endsOn", 1),
        ("OVERLAP", "rows.startsOn", 2),
        ("INVALID", "rows.runsAs", 3),
        ("INVALID", "rows.cycleDay", 4),
        ("OVERLAP", "rows.startsOn", 6),
    ] == await refused(school, add_calendar_entries, school_year=year, rows=rows)
    assert 1 == await school.one("SELECT count(*) FROM calendar_entry")


def file_of(content: str) -> FileMade:
    return FileMade("calendar", "text/plain", content.encode())


CSV = """\ufeffname,starts_on,ends_on,kind,runs_as
Tết Dương lịch,2026-01-01,,,
Học bù,2026-01-03,,make_up,thursday
Tết,2026-02-14,2026-02-22,holiday,
Năm khác,2030-01-01,,,
"""
ICALENDAR = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Offices//Holidays//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTART;VALUE=DATE:20251225\r
DTEND;VALUE=DATE:20251227\r
SUMMARY:聖誕節\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:2\r
DTSTART;VALUE=DATE:20260101\r
SUMMARY:一月一日\r
END:VEVENT\r
END:VCALENDAR\r
"""


async def test_holidays_come_from_files_and_come_once(school: Any, year: UUID) -> None:
    for count in (3, 0):
        report = await school.reported(import_calendar_entries, school_year=year, file=file_of(CSV))
        assert count == report.get("created", {}).get("calendar entries", 0)
        assert {"entries outside the school year": 1} == report["left_out"]
    assert "thursday" == (await day(school, date(2026, 1, 3)))["runs_as"]
    assert "Tết" == (await day(school, date(2026, 2, 18)))["name"]
    entries = await school.sql("SELECT id FROM calendar_entry WHERE name = 'Tết Dương lịch'")
    await school.run(remove_calendar_entries, calendar_entries=[each["id"] for each in entries])
    run = await school.run(import_calendar_entries, school_year=year, file=file_of(ICALENDAR))
    undone = await school.reported(undo_import, rehearse=True, import_run=run)
    assert {"calendar_entry": 2} == undone["removed"]
    assert undone["restored"]["calendar_day"]
    assert ["聖誕節", "聖誕節", ""] == [(await day(school, date(2025, 12, each)))["name"] for each in (25, 26, 27)]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        ("date\n2025-10-01\n", [("MISSING_COLUMN", "file", 1)] * 2),
        ("name,starts_on\n", [("EMPTY_FILE", "file", None)]),
        ("name,starts_on,kind\nA,2025-13-01,\n\n,2025-10-01,\nC,2025-10-02,party\nD,2025-10-03\nE,3/10/2025,\n",
            [
                ("BAD_DATE", "file", 2),
                ("REQUIRED", "file", 4),
                ("BAD_WORD", "file", 5),
                ("BAD_WIDTH", "file", 6),
                ("BAD_DATE", "file", 7),
            ],
        ),
        ("name,starts_on\nOther year,2020-01-01\nNghỉ khác,2025-09-10\n",
            [("OVERLAP", "file", 3)],
        ),
        ("nonsense", [("MISSING_COLUMN", "file", 1)] * 2),
        ("BEGIN:VCALENDAR\nnonsense\n", [("BAD_CALENDAR", "file", None)]),
        (ICALENDAR.replace("SUMMARY:一月一日", "SUMMARY:x\r\nRRULE:FREQ=HOURLY"),
            [("REPEATED_EVENT", "file", 10)],
        ),
        (ICALENDAR.replace("SUMMARY:一月一日", "SUMMARY:x\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"),
            [("REPEATED_EVENT", "file", 10)],
        ),
        (ICALENDAR.replace("SUMMARY:一月一日", "SUMMARY:x\r\nRRULE:FREQ=DAILY;INTERVAL=x"),
            [("BAD_VALUE", "file", 10)],
        ),
        ("name,starts_on\n" + "x,2025-09-10\n" * 102,
            [("OVERLAP", "file", 2), *(("LISTED_TWICE", "file", line) for line in range(3, 102)),
             ("MORE_PROBLEMS", "file", None)],
        ),
        (ICALENDAR.replace("VALUE=DATE:20260101", "X=Y:20260101T080000"),
         [("NOT_WHOLE_DAYS", "file", 10)]),
        (ICALENDAR.replace("20260101", "20261301"), [("BAD_VALUE", "file", 10)]),
        *(
            (ICALENDAR.replace("SUMMARY:一月一日", f"SUMMARY:x\r\n{name};VALUE=DATE:x"), [("BAD_VALUE", "file", 10)])
            for name in ("RDATE", "EXDATE")
        ),
        *(
            (ICALENDAR.replace("SUMMARY:一月一日", f"SUMMARY:x\r\nRRULE:FREQ={rule}"),
             [("BAD_VALUE", "file", 10)])
            for rule in ("DAILY;INTERVAL=0", "DAILY;INTERVAL=-1", "DAILY;COUNT=0", "DAILY;COUNT=99999999",
                         "YEARLY;BYMONTH=13", "YEARLY;BYWEEKNO=54", "MONTHLY;BYMONTHDAY=0", "YEARLY;BYYEARDAY=-367")
        ),
        (ICALENDAR.replace("DTSTART;VALUE=DATE:20260101", f"DTSTART;TZID={'x' * 9000}:20260101T000000"),
         [("BAD_CALENDAR", "file", None)]),
        (ICALENDAR.replace("一月一日", "x\u202e"), [("BAD_CHARACTER", "file", 10)]),
    ],
)  # fmt: skip
async def test_bad_files_are_refused_whole(school: Any, year: UUID, content: str, problems: list[Any]) -> None:
    assert problems == await refused(school, import_calendar_entries, school_year=year, file=file_of(content))
    assert 1 == await school.one("SELECT count(*) FROM calendar_entry")


@pytest.mark.parametrize(
    "content",
    ["\ufeff" + ICALENDAR, ICALENDAR.replace("\r\n", "\r"), ICALENDAR + ICALENDAR.replace("VEVENT", "VTODO")],
)
async def test_calendars_with_a_mark_other_line_ends_or_a_second_calendar_are_read(
    school: Any, year: UUID, content: str
) -> None:
    written = await school.run(import_calendar_entries, school_year=year, file=file_of(content))
    assert written


async def test_no_message_names_a_folder_of_the_machine(school: Any, year: UUID) -> None:
    content = ICALENDAR.replace("DTSTART;VALUE=DATE:20260101", f"DTSTART;TZID={'x' * 9000}:20260101T000000")
    with pytest.raises(Refusal) as refusal:
        await school.run(import_calendar_entries, school_year=year, file=file_of(content))
    assert ["calendar [TZID]: A time has a time zone that is not known."] == [
        each.message for each in refusal.value.problems
    ]


async def test_events_that_are_cancelled_repeated_or_named_in_several_languages(school: Any, year: UUID) -> None:
    def event(number: int, *lines: str) -> str:
        return "\r\n".join(["BEGIN:VEVENT", f"UID:{number}", *lines, "END:VEVENT", ""])

    content = "".join(
        [
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n",
            event(1, "SUMMARY:Off", "DTSTART;VALUE=DATE:20251010", "STATUS:CANCELLED"),
            event(2, "SUMMARY;LANGUAGE=en:Founding day", "SUMMARY;LANGUAGE=vi:Ngày thành lập trường",
                  "DTSTART;VALUE=DATE:20101020", "RRULE:FREQ=YEARLY"),
            event(3, "SUMMARY:Staff day", "DTSTART;VALUE=DATE:20251106", "DTEND;VALUE=DATE:20251107",
                  "RRULE:FREQ=MONTHLY;BYDAY=1TH;COUNT=4", "EXDATE;VALUE=DATE:20251204"),
            event(3, "SUMMARY:Staff day", "DTSTART;VALUE=DATE:20260108", "RECURRENCE-ID;VALUE=DATE:20260101"),
            event(4, "SUMMARY:Midnight", "DTSTART;TZID=Asia/Ho_Chi_Minh:20251117T000000",
                  "DTEND;TZID=Asia/Ho_Chi_Minh:20251119T000000"),
            event(6, "SUMMARY:Third Monday", "DTSTART;VALUE=DATE:19000101",
                  "RRULE:FREQ=WEEKLY;INTERVAL=3;UNTIL=20251001"),
            event(5, "SUMMARY:Long ago", "DTSTART;VALUE=DATE:20110101"),
            event(7, "SUMMARY:Listed", "DTSTART;VALUE=DATE:20260303", "RDATE;VALUE=DATE:20260310,20260317",
                  "RDATE;VALUE=PERIOD:20260324T000000/P1D", "EXDATE;VALUE=DATE:20260317"),
            "END:VCALENDAR\r\n",
        ]
    )  # fmt: skip
    await school.run(import_calendar_entries, school_year=year, file=file_of(content))
    rows = await school.sql(
        "SELECT name, starts_on, ends_on FROM calendar_entry WHERE name <> 'Nghỉ lễ' ORDER BY starts_on"
    )
    assert [
        ("Third Monday", "2025-09-08", "2025-09-08"),
        ("Third Monday", "2025-09-29", "2025-09-29"),
        ("Ngày thành lập trường", "2025-10-20", "2025-10-20"),
        ("Staff day", "2025-11-06", "2025-11-06"),
        ("Midnight", "2025-11-17", "2025-11-18"),
        ("Staff day", "2026-01-08", "2026-01-08"),
        ("Staff day", "2026-02-05", "2026-02-05"),
        *(("Listed", day, day) for day in ("2026-03-03", "2026-03-10", "2026-03-24")),
    ] == [(each["name"], str(each["starts_on"]), str(each["ends_on"])) for each in rows]
    report = await school.one("SELECT report::jsonb -> 'left_out' FROM import_run WHERE format = 'icalendar'")
    assert {"cancelled events": 1, "entries outside the school year": 1} == msgspec.json.decode(report)


async def test_the_periods_of_a_day(school: Any) -> None:
    periods = [
        BellPeriodRow("Tiết 1", "7:00", "07:45"),
        BellPeriodRow("Tiết 2", "07:50", "08:35"),
    ]
    made = await school.run(create_bell_schedule, code="AM", name="Buổi sáng", periods=periods)
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    await school.run(use_bell_schedules, rows=[BellUseRow(made), BellUseRow(made, Weekday.MONDAY, grade_level=level)])
    await school.run(use_bell_schedules, rows=[BellUseRow(made)])
    await school.run(change_bell_schedule, bell_schedule=made, periods=[BellPeriodRow("Một", "07:05", "07:50")])
    answer = await school.ask(
        "{ bellSchedules { nodes { code periods { nodes { name startsAt endsAt } } uses { totalCount } } } }",
        caller=school.caller("guardian"),
    )
    assert [
        {
            "code": "AM",
            "periods": {"nodes": [{"name": "Một", "startsAt": "07:05", "endsAt": "07:50"}]},
            "uses": {"totalCount": 1},
        }
    ] == answer["data"]["bellSchedules"]["nodes"]


@pytest.mark.parametrize(
    ("periods", "problems"),
    [
        ([BellPeriodRow("1", "25:00", "26:00")],
         [("BAD_TIME", "periods.startsAt", 0), ("BAD_TIME", "periods.endsAt", 0)]),
        ([BellPeriodRow("1", "08:00", "08:00")], [("ENDS_BEFORE_START", "periods.endsAt", 0)]),
        ([BellPeriodRow("1", "08:00", "08:40"), BellPeriodRow("2", "08:39", "09:00")],
         [("INVALID", "periods.startsAt", 1)]),
        ([BellPeriodRow("", "08:00", "08:40")], [("REQUIRED", "periods.name", 0)]),
    ],
)  # fmt: skip
async def test_periods_that_cannot_be_are_refused_by_name(school: Any, periods: Any, problems: Any) -> None:
    assert problems == await refused(school, create_bell_schedule, code="X", name="X", periods=periods)
    assert 0 == await school.one("SELECT count(*) FROM bell_schedule")


async def test_the_calendar_is_the_offices_to_change(school: Any, year: UUID) -> None:
    rows = [CalendarEntryRow("Free", date(2025, 10, 20))]
    for role in ("teacher", "student", "guardian", "admin"):
        with pytest.raises(Forbidden):
            await school.run(add_calendar_entries, caller=school.caller(role), school_year=year, rows=rows)
    await school.run(add_calendar_entries, caller=school.caller("registrar"), school_year=year, rows=rows)


async def test_days_outside_the_year_are_not_compared_with_one_another(school: Any, year: UUID) -> None:
    compared = 0

    class Day(date):
        def __le__(self, other: date) -> bool:
            nonlocal compared
            compared += 1
            return super().__le__(other)

    first = date(1850, 1, 1).toordinal()
    rows = [CalendarEntryRow("n", Day.fromordinal(first + each)) for each in range(300)]
    problems = await refused(school, add_calendar_entries, school_year=year, rows=rows)
    assert 101 == len(problems)
    assert ("MORE_PROBLEMS", "rows", None) == problems[-1]
    assert compared < 10 * len(rows)


@pytest.mark.parametrize("hook", ["school_year_changed", "staff_leaving"])
async def test_the_calendar_follows_the_registry(host: Host, hook: str) -> None:
    assert hasattr(host.registry.plugins["calendar"], hook)
