"""The sessions of a roster as school years and terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom.database.dated import periods_of
from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.nouns.bounds import left_out_by
from homeroom.reading.faults import Fault, refuse
from homeroom.refusals import Code, Label
from homeroom_rosters.exchange.places import year_session
from homeroom_rosters.refusals import (
    ONE_DAY,
    TERM_LEAVES_YEAR,
    TERMS_MEET,
    YEAR_LEAVES_OUT,
    YEAR_TOO_LONG,
    YEAR_UNKNOWN,
    YEARS_MEET,
)
from homeroom_rosters.roster.records import Roster, Section, Session
from homeroom_school.tables import LONGEST_YEAR, SchoolYear, Term, YearStatus

_YEAR: Final = SyncedRows("year", SchoolYear, {"name": "title"}, fill_matched=False)
_TERM: Final = SyncedRows("term", Term, {"name": "title"}, fill_matched=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which school year each section belongs to.

    Args:
        years: Section to school year.
        days: School year to its first and last day.
        before: School year to the days and the terms that it had before this import.
        sessions: School year to the session that it comes from.
    """

    years: Mapping[str, UUID]
    days: Mapping[UUID, tuple[date, date]]
    before: Mapping[UUID, tuple[tuple[date, date], list[str]]]
    sessions: Mapping[UUID, Session]

    def year_of(self, section: Section) -> UUID:
        """The school year of a section."""
        return self.years[section.source_id]

    def days_of(self, section: Section) -> tuple[date, date]:
        """First and last day of the section's school year."""
        return self.days[self.year_of(section)]


async def settle_calendar(sync: Sync, roster: Roster, school_year: UUID | None) -> Calendar:
    """Find or make the school years and terms of a roster.

    A year that the school has is the one that holds the middle of the roster's. Raises FileRefused for
    sections whose year is not known.
    """
    sessions = {session.source_id: session for session in roster.sessions}
    courses = {course.source_id: course.session for course in roster.courses}
    session_of = {
        section.source_id: year_session(
            sessions, [name for name in (*section.sessions, courses.get(section.course, "")) if name]
        )
        for section in roster.sections
    }
    named = {session.source_id: session for session in session_of.values() if session is not None}
    before = await _layout(sync.context)
    rows: dict[str, UUID] = {}
    if school_year is None:
        rows = await _years(sync, roster, named)
    current: UUID | None = school_year or await sync.context.fetchval(
        "SELECT id FROM school_year WHERE starts_on <= $1 AND ends_on >= $1 ORDER BY starts_on DESC LIMIT 1",
        sync.context.today,
    )
    years: dict[str, UUID] = {}
    problems: list[Fault] = []
    for section in roster.sections:
        session = session_of[section.source_id]
        year = current if session is None or school_year is not None else rows.get(session.source_id)
        if year is None:
            problems.append(sync.fault(section, "sessions", YEAR_UNKNOWN, name=section.title))
        else:
            years[section.source_id] = year
    refuse(problems)
    if school_year is None:
        await _terms(sync, roster, sessions, rows)
    for position, each in enumerate(roster.sessions):
        sync.links.keep("calendar", each.source_id, each, position)
    # Two sessions may be one year; the first one names it in faults.
    origins = {row: sessions[source_id] for source_id, row in reversed(rows.items())}
    days = {year: days for year, (days, _) in (await _layout(sync.context)).items()}
    return Calendar(years, days, before, origins)


async def refuse_left_out(sync: Sync, calendar: Calendar) -> None:
    """Refuse new days of a school year that leave out what lies in it, after the whole roster is settled.

    Raises:
        FileRefused: With the line of each session.
    """
    problems = []
    for year, session in calendar.sessions.items():
        old, new = calendar.before.get(year, (None, []))[0], calendar.days[year]
        if old is None or old == new:
            continue
        left_out = await left_out_by(sync.context, SchoolYear, year, old, new)
        for attribute, counts in (("starts_on", left_out.before), ("ends_on", left_out.after)):
            if counts:
                uses = {Label(noun): number for noun, number in counts.items()}
                problems.append(sync.fault(session, attribute, YEAR_LEAVES_OUT, name=session.title, uses=uses))
    refuse(problems)


async def follow_changes(context: Context, calendar: Calendar) -> None:
    """Let other plugins follow school years whose days or terms have changed, such as the calendar of school days."""
    for year, now in (await _layout(context)).items():
        if calendar.before.get(year, now) != now:
            await context.call_hook("school_year_changed", school_year=year)


async def _layout(context: Context) -> dict[UUID, tuple[tuple[date, date], list[str]]]:
    """The days of the school's years, and the terms of each."""
    rows = await context.fetch(
        "SELECT y.id, y.starts_on, y.ends_on, ARRAY(SELECT (t.number, t.starts_on, t.ends_on)::text FROM term t"
        " WHERE t.school_year_id = y.id ORDER BY t.number) AS terms FROM school_year y"
    )
    return {row["id"]: ((row["starts_on"], row["ends_on"]), row["terms"]) for row in rows}


def _days(session: Session) -> tuple[date, date] | None:
    """The first and the last day of a session that has both."""
    return None if session.starts_on is None or session.ends_on is None else (session.starts_on, session.ends_on)


def _holding(rows: Iterable[Any], days: tuple[date, date]) -> UUID | None:
    """The row that holds the middle of some days."""
    middle = days[0] + (days[1] - days[0]) / 2
    return next((row["id"] for row in rows if row["starts_on"] <= middle <= row["ends_on"]), None)


def _linked(sync: Sync, noun: SyncedRows, session: Session, match: UUID | None) -> bool:
    """Whether earlier imports know a session as that row.

    If its id is used again, what it was belongs to another year and stays as it is.
    """
    link = sync.links.of(noun.name).get((session.source_id, None))
    if link is not None and link.row != match:
        sync.links.forget(noun.name, link)
        return False
    return link is not None


def _wanted(
    sync: Sync, position: int, session: Session, name: str, match: UUID | None, linked: bool, first: Mapping[str, Any]
) -> WantedRow:
    columns = {"name": name, "starts_on": session.starts_on, "ends_on": session.ends_on}
    before = _before(sync, session, columns) if linked else None
    return WantedRow(
        session.source_id, position, columns, session, session.title, record={}, match=match, before=before, first=first
    )


def _refuse_backward(sync: Sync, sessions: Iterable[Session]) -> None:
    problems = [
        sync.fault(each, "ends_on", ONE_DAY, name=each.title)
        for each in sessions
        if each.starts_on is not None and each.ends_on is not None and each.ends_on <= each.starts_on
    ]
    refuse(problems)


def _before(sync: Sync, session: Session, columns: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the last import's record of a session said about the columns."""
    said = sync.links.said("calendar", session.source_id)
    if said is None:
        return None
    days = {name: date.fromisoformat(said[name]) if said.get(name) else None for name in ("starts_on", "ends_on")}
    return {**columns, "name": said.get("title", ""), **days}


async def _years(sync: Sync, roster: Roster, named: Mapping[str, Session]) -> dict[str, UUID]:
    """Find or make the school years.  A session's id may be another year's than the last time: its days decide."""
    there = await sync.context.fetch("SELECT id, name, starts_on, ends_on, status FROM school_year")
    has_current = any(row["status"] == "current" for row in there)
    taken = {row["name"] for row in there}
    _refuse_backward(sync, named.values())
    wanted: list[WantedRow] = []
    for position, session in enumerate(roster.sessions):
        days = _days(session)
        if session.source_id not in named or days is None:
            continue
        first, last = days
        if (last - first).days >= LONGEST_YEAR:
            refuse([sync.fault(session, "ends_on", YEAR_TOO_LONG, name=session.title, most=LONGEST_YEAR)])
        match, name = _holding(there, days), session.title
        linked = _linked(sync, _YEAR, session, match)
        if match is None and name in taken and not linked:
            name = f"{name[:20]} ({first.year}-{last.year})"
        status = YearStatus.PLANNING if first > sync.context.today else YearStatus.PAST
        if match is None:
            taken.add(name)
            if first <= sync.context.today <= last and not has_current:
                status, has_current = YearStatus.CURRENT, True
        wanted.append(_wanted(sync, position, session, name, match, linked, {"status": status.value}))
    rows = await sync.rows(_YEAR, wanted)
    of_row = {rows[each.source_id]: each for each in reversed(wanted)}
    refuse(await _meeting(sync, _YEAR, YEARS_MEET, of_row, {row["id"]: row for row in there}))
    return rows


async def _meeting(
    sync: Sync, noun: SyncedRows, code: Code, wanted: Mapping[UUID, WantedRow], before: Mapping[UUID, Any] = {}
) -> list[Fault]:
    """What is wrong with rows that have a day in common with another, which the school's own commands refuse.

    Args:
        wanted: Row to what the roster wants of it.
        before: Rows before the import, by their ids; two that overlapped already are left as they are.
    """
    table, (rule,) = noun.table._meta.tablename, periods_of(noun.table)
    problems = []
    for row in await sync.context.fetch(
        f"SELECT a.name, b.name AS other_name, ARRAY[a.id, b.id] AS ids, ARRAY[a.starts_on, b.starts_on] AS firsts,"
        f" ARRAY[a.ends_on, b.ends_on] AS lasts FROM {table} a JOIN {table} b ON {rule.overlap()}"
        " AND (a.starts_on, a.id) > (b.starts_on, b.id) ORDER BY a.starts_on, a.id"
    ):
        found = next((wanted[each] for each in row["ids"] if each in wanted), None)
        days = zip(row["ids"], row["firsts"], row["lasts"], strict=True)
        as_before = all(
            each in before and (before[each]["starts_on"], before[each]["ends_on"]) == (first, last)
            for each, first, last in days
        )
        if found is not None and not as_before:
            problems.append(sync.fault(found.origin, "starts_on", code, one=row["other_name"], other=row["name"]))
    return problems


async def _terms(sync: Sync, roster: Roster, sessions: Mapping[str, Session], years: Mapping[str, UUID]) -> None:
    there = await sync.context.fetch("SELECT id, school_year_id, number, starts_on, ends_on FROM term")
    layout = await _layout(sync.context)
    numbers: dict[UUID, int] = {}
    for row in there:
        numbers[row["school_year_id"]] = max(numbers.get(row["school_year_id"], 0), row["number"])
    wanted: list[WantedRow] = []
    order = sorted(enumerate(roster.sessions), key=lambda each: each[1].starts_on or date.min)
    for position, session in order:
        if session.kind.casefold() not in ("term", "semester") or session.source_id in years:
            continue
        year_of = year_session(sessions, [session.source_id])
        year = years.get(year_of.source_id) if year_of is not None else None
        days = _days(session)
        if year is None or days is None:
            sync.report["left_out"]["terms outside every school year"] += 1
            continue
        _refuse_backward(sync, [session])
        match = _holding((row for row in there if row["school_year_id"] == year), days)
        linked = _linked(sync, _TERM, session, match)
        (first, last), _ = layout[year]
        if match is None and (days[0] < first or days[1] > last):
            sync.report["left_out"]["terms that reach over their school year"] += 1
            continue
        new: dict[str, Any] = {"school_year_id": year}
        if match is None:
            numbers[year] = new["number"] = numbers.get(year, 0) + 1
        wanted.append(_wanted(sync, position, session, session.title, match, linked, new))
    rows = await sync.rows(_TERM, wanted)
    of_row = {rows[each.source_id]: each for each in wanted}
    problems = await _meeting(sync, _TERM, TERMS_MEET, of_row)
    for row in await sync.context.fetch(
        "SELECT t.id, t.name, y.name AS year, t.starts_on < y.starts_on AS early FROM term t"
        " JOIN school_year y ON y.id = t.school_year_id WHERE t.id = ANY($1::uuid[])"
        " AND (t.starts_on < y.starts_on OR t.ends_on > y.ends_on) ORDER BY t.starts_on",
        list(of_row),
    ):
        column, origin = "starts_on" if row["early"] else "ends_on", of_row[row["id"]].origin
        problems.append(sync.fault(origin, column, TERM_LEAVES_YEAR, name=row["name"], year=row["year"]))
    refuse(problems)
