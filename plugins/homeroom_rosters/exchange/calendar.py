"""The sessions of a roster as school years and terms."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.imports.sync import Sync, SyncedRows, WantedRow
from homeroom.nouns.bounds import left_out_by
from homeroom.reading.faults import Fault, FileRefused
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

_YEAR: Final = SyncedRows("year", SchoolYear, {"name": "title"}, {"name": ()}, fill_matched=False)
_TERM: Final = SyncedRows("term", Term, {"name": "title"}, fill_matched=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which school year each section belongs to.

    Args:
        years: Section to school year.
        days: School year to its first and last day.
        before: School year to the days that it had before this import.
        sessions: School year to the session that it comes from.
        plans: School year to its days and those of its terms, as they were before this import.
    """

    years: Mapping[str, UUID]
    days: Mapping[UUID, tuple[date, date]]
    before: Mapping[UUID, tuple[date, date]]
    sessions: Mapping[UUID, Session]
    plans: Mapping[UUID, str]

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
    before, plans = await _days_of_years(sync), await _plans(sync)
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
    if problems:
        raise FileRefused(problems)
    if school_year is None:
        await _terms(sync, roster, sessions, rows)
    for position, each in enumerate(roster.sessions):
        sync.links.keep("calendar", each.source_id, each, position)
    # Two sessions may be one year; the first one names it in faults.
    origins = {row: sessions[source_id] for source_id, row in reversed(rows.items())}
    return Calendar(years, await _days_of_years(sync), before, origins, plans)


async def refuse_left_out(sync: Sync, calendar: Calendar) -> None:
    """Refuse new days of a school year that leave out what lies in it, after the whole roster is settled.

    Raises:
        FileRefused: With the line of each session.
    """
    problems = []
    for year, session in calendar.sessions.items():
        old, new = calendar.before.get(year), calendar.days[year]
        if old is None or old == new:
            continue
        left_out = await left_out_by(sync.context, SchoolYear, year, old, new)
        for attribute, counts in (("starts_on", left_out.before), ("ends_on", left_out.after)):
            if counts:
                uses = {Label(noun): number for noun, number in counts.items()}
                problems.append(sync.fault(session, attribute, YEAR_LEAVES_OUT, name=session.title, uses=uses))
    if problems:
        raise FileRefused(problems)


async def tell_of_changes(sync: Sync, calendar: Calendar) -> None:
    """Tell other plugins of the school years whose days or terms are others than before, as the registry does."""
    context = sync.context
    for year, plan in (await _plans(sync)).items():
        if calendar.plans.get(year, plan) != plan:
            await context.host.hooks.each(
                "school_year_changed", only=context.variant.plugins, context=context, school_year=year
            )


async def _plans(sync: Sync) -> dict[UUID, str]:
    """The days of each school year and of its terms."""
    rows = await sync.context.fetch(
        "SELECT y.id, concat_ws(' ', y.starts_on, y.ends_on, string_agg(t.starts_on || ' ' || t.ends_on, ' '"
        " ORDER BY t.number)) AS plan FROM school_year y LEFT JOIN term t ON t.school_year_id = y.id"
        " GROUP BY y.id, y.starts_on, y.ends_on"
    )
    return {row["id"]: row["plan"] for row in rows}


async def _days_of_years(sync: Sync) -> dict[UUID, tuple[date, date]]:
    rows = await sync.context.fetch("SELECT id, starts_on, ends_on FROM school_year")
    return {row["id"]: (row["starts_on"], row["ends_on"]) for row in rows}


def _middle(session: Session) -> date | None:
    if session.starts_on is None or session.ends_on is None:
        return None
    return session.starts_on + (session.ends_on - session.starts_on) / 2


def _refuse_backward(sync: Sync, sessions: Iterable[Session]) -> None:
    problems = [
        sync.fault(each, "ends_on", ONE_DAY, name=each.title)
        for each in sessions
        if each.starts_on is not None and each.ends_on is not None and each.ends_on <= each.starts_on
    ]
    if problems:
        raise FileRefused(problems)


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
        middle = _middle(session)
        if session.source_id not in named or middle is None or session.starts_on is None or session.ends_on is None:
            continue
        if (session.ends_on - session.starts_on).days >= LONGEST_YEAR:
            long = sync.fault(session, "ends_on", YEAR_TOO_LONG, name=session.title, most=LONGEST_YEAR)
            raise FileRefused([long])
        match = next((row["id"] for row in there if row["starts_on"] <= middle <= row["ends_on"]), None)
        link = sync.links.of("year").get((session.source_id, None))
        columns = {"name": session.title, "starts_on": session.starts_on, "ends_on": session.ends_on}
        if link is not None and link.row != match:
            # The id is used again: what it was belongs to another year and stays as it is.
            sync.links.forget("year", link)
            link = None
        if match is None and columns["name"] in taken and link is None:
            columns["name"] = f"{session.title[:20]} ({session.starts_on.year}-{session.ends_on.year})"
        if match is None:
            taken.add(columns["name"])
        status = YearStatus.PLANNING if session.starts_on > sync.context.today else YearStatus.PAST
        if match is None and session.starts_on <= sync.context.today <= session.ends_on and not has_current:
            status, has_current = YearStatus.CURRENT, True
        wanted.append(
            WantedRow(
                session.source_id,
                position,
                columns,
                session,
                session.title,
                record={},
                match=match,
                before=_before(sync, session, columns) if link is not None else None,
                first={"status": status.value},
            )
        )
    rows = await sync.rows(_YEAR, wanted)
    same = {(row["id"], row["starts_on"], row["ends_on"]) for row in there}
    of_row = {rows[each.source_id]: each for each in reversed(wanted)}
    problems = await _meeting(sync, "school_year", YEARS_MEET, of_row, same=same)
    if problems:
        raise FileRefused(problems)
    return rows


async def _meeting(
    sync: Sync,
    table: str,
    code: Code,
    wanted: Mapping[UUID, WantedRow],
    *,
    by: str = "",
    same: Collection[tuple[UUID, date, date]] = (),
) -> list[Fault]:
    """What is wrong with rows that have a day in common with another, which the school's own commands refuse.

    Args:
        sync: The import.
        table: School years or terms.
        code: How it is refused.
        wanted: Row to what the roster wants of it.
        by: A further condition on two rows.
        same: Rows with their days before the import; two that overlapped already are left as they are.
    """
    problems = []
    for row in await sync.context.fetch(
        "SELECT a.id, a.name, a.starts_on, a.ends_on, b.id AS other, b.name AS other_name, b.starts_on AS other_first,"
        f" b.ends_on AS other_last FROM {table} a JOIN {table} b ON a.id <> b.id{by}"
        " AND a.starts_on <= b.ends_on AND b.starts_on <= a.ends_on AND (a.starts_on, a.id) > (b.starts_on, b.id)"
        " ORDER BY a.starts_on, a.id"
    ):
        found = wanted.get(row["id"]) or wanted.get(row["other"])
        before = (row["id"], row["starts_on"], row["ends_on"]), (row["other"], row["other_first"], row["other_last"])
        if found is not None and not all(each in same for each in before):
            names = {"one": row["other_name"], "other": row["name"]}
            problems.append(sync.fault(found.origin, "starts_on", code, **names))
    return problems


async def _terms(sync: Sync, roster: Roster, sessions: Mapping[str, Session], years: Mapping[str, UUID]) -> None:
    there = await sync.context.fetch("SELECT t.id, t.school_year_id, t.number, t.starts_on, t.ends_on FROM term t")
    days = await _days_of_years(sync)
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
        middle = _middle(session)
        if year is None or middle is None or session.starts_on is None or session.ends_on is None:
            sync.report["left_out"]["terms outside every school year"] += 1
            continue
        _refuse_backward(sync, [session])
        match = next(
            (
                row["id"]
                for row in there
                if row["school_year_id"] == year and row["starts_on"] <= middle <= row["ends_on"]
            ),
            None,
        )
        link = sync.links.of("term").get((session.source_id, None))
        if link is not None and link.row != match:
            sync.links.forget("term", link)
            link = None
        first, last = days[year]
        if match is None and (session.starts_on < first or session.ends_on > last):
            sync.report["left_out"]["terms that reach over their school year"] += 1
            continue
        columns = {"name": session.title, "starts_on": session.starts_on, "ends_on": session.ends_on}
        new: dict[str, Any] = {"school_year_id": year}
        if match is None:
            numbers[year] = new["number"] = numbers.get(year, 0) + 1
        wanted.append(
            WantedRow(
                session.source_id,
                position,
                columns,
                session,
                session.title,
                record={},
                match=match,
                before=_before(sync, session, columns) if link is not None else None,
                first=new,
            )
        )
    rows = await sync.rows(_TERM, wanted)
    of_row = {rows[each.source_id]: each for each in wanted}
    problems = await _meeting(sync, "term", TERMS_MEET, of_row, by=" AND a.school_year_id = b.school_year_id")
    for row in await sync.context.fetch(
        "SELECT t.id, t.name, y.name AS year, t.starts_on < y.starts_on AS early FROM term t"
        " JOIN school_year y ON y.id = t.school_year_id WHERE t.id = ANY($1::uuid[])"
        " AND (t.starts_on < y.starts_on OR t.ends_on > y.ends_on) ORDER BY t.starts_on",
        list(of_row),
    ):
        column, origin = "starts_on" if row["early"] else "ends_on", of_row[row["id"]].origin
        problems.append(sync.fault(origin, column, TERM_LEAVES_YEAR, name=row["name"], year=row["year"]))
    if problems:
        raise FileRefused(problems)
