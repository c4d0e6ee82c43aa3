"""The sessions of a roster as school years and terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from homeroom.context import Context
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.places import year_session
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.settle import Noun, Wanted, settle
from homeroom_school.roster import Problem, Roster, RosterRejected, Section, Session, problem_at
from homeroom_school.rules.days import LONGEST_YEAR
from homeroom_school.tables import SchoolYear, Term, YearStatus

__all__ = ["Calendar", "settle_calendar"]

_PERIOD: Final = {"name": "title", "starts_on": "starts_on", "ends_on": "ends_on"}
_YEAR: Final = Noun("year", SchoolYear, _PERIOD, {"name": ()}, fill_matched=False)
_TERM: Final = Noun("term", Term, _PERIOD, fill_matched=False)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which school year each section belongs to."""

    years: Mapping[str, UUID]
    days: Mapping[UUID, tuple[date, date]]

    def year_of(self, section: Section) -> UUID:
        """The school year of a section."""
        return self.years[section.source_id]

    def days_of(self, section: Section) -> tuple[date, date]:
        """First and last day of the section's school year."""
        return self.days[self.year_of(section)]


async def settle_calendar(
    context: Context, links: Links, report: Report, roster: Roster, school_year: UUID | None
) -> Calendar:
    """Find or make the school years and terms that a roster speaks of.

    A year that the school has is the one that holds the middle of the roster's. Raises RosterRejected for
    sections of which nobody can tell the year.
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
    rows: dict[str, UUID] = {}
    if school_year is None:
        rows = await _years(context, links, report, named, roster)
    current: UUID | None = school_year or await context.fetchval(
        "SELECT id FROM school_year WHERE starts_on <= $1 AND ends_on >= $1 ORDER BY starts_on DESC LIMIT 1",
        context.today,
    )
    years: dict[str, UUID] = {}
    problems: list[Problem] = []
    for section in roster.sections:
        session = session_of[section.source_id]
        year = current if session is None or school_year is not None else rows.get(session.source_id)
        if year is None:
            reason = f"of the class {section.title!r} nobody can tell the school year; name one"
            problems.append(problem_at(roster, section, "sessions", "no_school_year", reason))
        else:
            years[section.source_id] = year
    if problems:
        raise RosterRejected(problems)
    if school_year is None:
        await _terms(context, links, report, roster, sessions, rows)
    for position, each in enumerate(roster.sessions):
        links.keep("calendar", each.source_id, each, position)
    days = {
        row["id"]: (row["starts_on"], row["ends_on"])
        for row in await context.fetch("SELECT id, starts_on, ends_on FROM school_year")
    }
    return Calendar(years, days)


def _middle(session: Session) -> date | None:
    if session.starts_on is None or session.ends_on is None:
        return None
    return session.starts_on + (session.ends_on - session.starts_on) / 2


def _refuse_backward(roster: Roster, sessions: Iterable[Session]) -> None:
    problems = [
        problem_at(roster, each, "ends_on", "ends_before_start", f"{each.title!r} has no more than one day")
        for each in sessions
        if each.starts_on is not None and each.ends_on is not None and each.ends_on <= each.starts_on
    ]
    if problems:
        raise RosterRejected(problems)


def _before(links: Links, session: Session, columns: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the last import's record of a session said of the columns."""
    link = links.of("calendar").get((session.source_id, None))
    said = link.said() if link is not None else None
    if said is None:
        return None
    days = {name: date.fromisoformat(said[name]) if said.get(name) else None for name in ("starts_on", "ends_on")}
    return {**columns, "name": said.get("title", ""), **days}


async def _years(
    context: Context, links: Links, report: Report, named: Mapping[str, Session], roster: Roster
) -> dict[str, UUID]:
    """Find or make the school years.  A session's id may be another year's than the last time: its days decide."""
    standing = await context.fetch("SELECT id, name, starts_on, ends_on, status FROM school_year")
    has_current = any(row["status"] == "current" for row in standing)
    taken = {row["name"] for row in standing}
    _refuse_backward(roster, named.values())
    wanted: list[Wanted] = []
    for position, session in enumerate(roster.sessions):
        middle = _middle(session)
        if session.source_id not in named or middle is None or session.starts_on is None or session.ends_on is None:
            continue
        if (session.ends_on - session.starts_on).days >= LONGEST_YEAR:
            reason = f"the school year {session.title!r} has more than {LONGEST_YEAR} days"
            raise RosterRejected([problem_at(roster, session, "ends_on", "year_too_long", reason)])
        there = next((row["id"] for row in standing if row["starts_on"] <= middle <= row["ends_on"]), None)
        link = links.of("year").get((session.source_id, None))
        columns = {"name": session.title, "starts_on": session.starts_on, "ends_on": session.ends_on}
        if link is not None and link.row != there:
            # The id is used again: what it was belongs to another year and stays as it is.
            links.forget("year", link)
            link = None
        if there is None and columns["name"] in taken and link is None:
            columns["name"] = f"{session.title[:20]} ({session.starts_on.year}-{session.ends_on.year})"
        if there is None:
            taken.add(columns["name"])
        status = YearStatus.PLANNING if session.starts_on > context.today else YearStatus.PAST
        if there is None and session.starts_on <= context.today <= session.ends_on and not has_current:
            status, has_current = YearStatus.CURRENT, True
        wanted.append(
            Wanted(
                session.source_id,
                position,
                {},
                columns,
                session,
                session.title,
                there,
                before=_before(links, session, columns) if link is not None else None,
                first={"status": status.value},
            )
        )
    return await settle(context, links, report, roster, _YEAR, wanted)


async def _terms(
    context: Context,
    links: Links,
    report: Report,
    roster: Roster,
    sessions: Mapping[str, Session],
    years: Mapping[str, UUID],
) -> None:
    standing = await context.fetch("SELECT t.id, t.school_year_id, t.number, t.starts_on, t.ends_on FROM term t")
    days = {
        row["id"]: (row["starts_on"], row["ends_on"])
        for row in await context.fetch("SELECT id, starts_on, ends_on FROM school_year")
    }
    numbers: dict[UUID, int] = {}
    for row in standing:
        numbers[row["school_year_id"]] = max(numbers.get(row["school_year_id"], 0), row["number"])
    wanted: list[Wanted] = []
    order = sorted(enumerate(roster.sessions), key=lambda each: each[1].starts_on or date.min)
    for position, session in order:
        if session.kind.casefold() not in ("term", "semester") or session.source_id in years:
            continue
        year_of = year_session(sessions, [session.source_id])
        year = years.get(year_of.source_id) if year_of is not None else None
        middle = _middle(session)
        if year is None or middle is None or session.starts_on is None or session.ends_on is None:
            report.left_out["terms outside every school year"] += 1
            continue
        _refuse_backward(roster, [session])
        match = next(
            (
                row["id"]
                for row in standing
                if row["school_year_id"] == year and row["starts_on"] <= middle <= row["ends_on"]
            ),
            None,
        )
        link = links.of("term").get((session.source_id, None))
        if link is not None and link.row != match:
            links.forget("term", link)
            link = None
        first, last = days[year]
        if match is None and (session.starts_on < first or session.ends_on > last):
            report.left_out["terms that reach over their school year"] += 1
            continue
        columns = {"name": session.title, "starts_on": session.starts_on, "ends_on": session.ends_on}
        new: dict[str, Any] = {"school_year_id": year}
        if match is None:
            numbers[year] = new["number"] = numbers.get(year, 0) + 1
        wanted.append(
            Wanted(
                session.source_id,
                position,
                {},
                columns,
                session,
                session.title,
                match,
                before=_before(links, session, columns) if link is not None else None,
                first=new,
            )
        )
    rows = await settle(context, links, report, roster, _TERM, wanted)
    await _refuse_overlaps(context, roster, {rows[each.source_id]: each for each in wanted})


async def _refuse_overlaps(context: Context, roster: Roster, wanted: Mapping[UUID, Wanted]) -> None:
    """Refuse terms that have a day in common or leave their school year, as the school's own commands do."""
    problems = []
    before: Mapping[str, Any] | None = None
    for row in await context.fetch(
        "SELECT t.id, t.school_year_id, t.name, t.starts_on, t.ends_on, y.starts_on AS first, y.ends_on AS last"
        " FROM term t JOIN school_year y ON y.id = t.school_year_id ORDER BY t.school_year_id, t.starts_on, t.number"
    ):
        meets = before is not None and before["school_year_id"] == row["school_year_id"]
        if before is not None and meets and row["starts_on"] <= before["ends_on"]:
            origin = wanted.get(row["id"]) or wanted.get(before["id"])
            if origin is not None:
                reason = f"the terms {before['name']!r} and {row['name']!r} have days in common"
                problems.append(problem_at(roster, origin.origin, "starts_on", "overlap", reason))
        before = row
    if problems:
        raise RosterRejected(problems)
