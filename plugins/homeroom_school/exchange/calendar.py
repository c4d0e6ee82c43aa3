"""The sessions of a roster as school years and terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homeroom.context import Context
from homeroom_school.exchange.links import Links
from homeroom_school.exchange.places import year_session
from homeroom_school.exchange.report import Report
from homeroom_school.exchange.settle import Wanted, settle
from homeroom_school.roster import Problem, Roster, RosterRejected, Section, Session
from homeroom_school.rules.days import LONGEST_YEAR
from homeroom_school.tables import SchoolYear, Term, YearStatus

__all__ = ["Calendar", "settle_calendar"]


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
            problems.append(Problem("", 0, "", "no_school_year", reason))
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


async def _years(
    context: Context, links: Links, report: Report, named: Mapping[str, Session], roster: Roster
) -> dict[str, UUID]:
    standing = await context.fetch("SELECT id, name, starts_on, ends_on, status FROM school_year")
    has_current = any(row["status"] == "current" for row in standing)
    taken = {row["name"] for row in standing}
    wanted: list[Wanted] = []
    rows: dict[str, UUID] = {}
    for position, session in enumerate(roster.sessions):
        if session.source_id not in named:
            continue
        middle = _middle(session)
        if middle is None or session.starts_on is None or session.ends_on is None:
            continue
        if (session.ends_on - session.starts_on).days >= LONGEST_YEAR:
            reason = f"the school year {session.title!r} has more than {LONGEST_YEAR} days"
            raise RosterRejected([Problem("", 0, "", "year_too_long", reason)])
        match = next((row["id"] for row in standing if row["starts_on"] <= middle <= row["ends_on"]), None)
        name = session.title[:40]
        if match is None and name in taken and session.source_id not in links.of("year"):
            name = f"{session.title[:20]} ({session.source_id[:16]})"
        taken.add(name)
        status = YearStatus.PLANNING if session.starts_on > context.today else YearStatus.PAST
        if session.starts_on <= context.today <= session.ends_on and not has_current:
            status, has_current = YearStatus.CURRENT, True
        columns = {"name": name, "starts_on": session.starts_on, "ends_on": session.ends_on}
        if match is None:
            columns["status"] = status.value
        wanted.append(Wanted(session.source_id, position, {}, columns, match))
    # Rows of one call have the same columns: new years also have a status, which later imports leave alone.
    new = [each for each in wanted if "status" in each.columns and each.source_id not in links.of("year")]
    old = [
        Wanted(
            each.source_id,
            each.position,
            each.record,
            {name: value for name, value in each.columns.items() if name != "status"},
            each.match,
        )
        for each in wanted
        if each not in new
    ]
    for part in (new, old):
        rows |= await settle(context, links, report, "year", SchoolYear, part, change_matched=False)
    return rows


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
        match = next(
            (
                row["id"]
                for row in standing
                if row["school_year_id"] == year and row["starts_on"] <= middle <= row["ends_on"]
            ),
            None,
        )
        first, last = days[year]
        if match is None and (session.starts_on < first or session.ends_on > last):
            report.left_out["terms that reach over their school year"] += 1
            continue
        columns: dict[str, Any] = {
            "school_year_id": year,
            "number": None,
            "name": session.title[:60],
            "starts_on": session.starts_on,
            "ends_on": session.ends_on,
        }
        if match is None and session.source_id not in links.of("term"):
            numbers[year] = columns["number"] = numbers.get(year, 0) + 1
        wanted.append(Wanted(session.source_id, position, {}, columns, match))
    await settle(context, links, report, "term", Term, wanted, change_matched=False)
