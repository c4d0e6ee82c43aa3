"""School years and terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command, given_or
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.nouns import bounds
from homeroom.refusals import ENDS_BEFORE_START, MISSING_ENTRIES, Label
from homeroom.removal import remove
from homeroom_school.commands.checks import given, refuse_duplicate, required_text, year_period
from homeroom_school.commands.enrolment import enrolments_changed
from homeroom_school.refusals import (
    CURRENT_YEAR,
    LEAVES_OUT,
    NOT_LAST,
    TERM_LEFT_OUT,
    TERM_ORDER,
    TERM_OUTSIDE_YEAR,
    TERM_OVERLAPS,
    TERM_TOO_EARLY,
    YEAR_WITHIN,
)
from homeroom_school.tables import SchoolYear, Term, YearStatus


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term of a new school year; terms are numbered in the order of the list.

    Args:
        name: As people write it.
        starts_on: Its first day.
        ends_on: Its last day.
    """

    name: str
    starts_on: date
    ends_on: date


@command("school.year.create", returns="SchoolYear")
async def create_school_year(
    context: Context, *, name: str, starts_on: date, ends_on: date, terms: list[TermRow] | None = None
) -> UUID:
    """Plan a school year with its terms.

    Terms lie within the year, one after another. Years do not overlap, and have at most 731 days.
    """
    name = required_text(name, 40, "name")
    year_period(starts_on, ends_on)
    await _refuse_overlap(context, None, starts_on, ends_on)
    _check_terms(terms or [], starts_on, ends_on, None)
    with refuse_duplicate("name"):
        (year,) = await context.rows(SchoolYear).insert(
            [{"name": name, "starts_on": starts_on, "ends_on": ends_on, "status": YearStatus.PLANNING.value}]
        )
    await _insert_terms(context, year, terms or [], 1)
    return year


async def _tell(context: Context, hook: str, school_year: UUID) -> None:
    """Tell other plugins of a school year."""
    await context.host.hooks.each(hook, only=context.variant.plugins, context=context, school_year=school_year)


def _check_terms(terms: Sequence[TermRow], first: date, last: date, before: date | None) -> None:
    """Make sure that terms lie within a year, one after another, and after a day."""
    for number, term in enumerate(terms):
        if term.ends_on <= term.starts_on:
            raise Refusal(ENDS_BEFORE_START, "terms.ends_on", number)
        if term.starts_on < first or term.ends_on > last:
            raise Refusal(TERM_OUTSIDE_YEAR, "terms.starts_on", number)
        if before is not None and term.starts_on <= before:
            raise Refusal(TERM_TOO_EARLY, "terms.starts_on", number)
        before = term.ends_on


async def _insert_terms(context: Context, year: UUID, terms: Sequence[TermRow], first_number: int) -> list[UUID]:
    return await context.rows(Term).insert(
        [
            {
                "school_year_id": year,
                "number": number,
                "name": required_text(term.name, 60, "terms.name", number - first_number),
                "starts_on": term.starts_on,
                "ends_on": term.ends_on,
            }
            for number, term in enumerate(terms, start=first_number)
        ]
    )


@command("school.year.add_terms", returns="Term", many=True)
async def add_terms(
    context: Context, *, school_year: Annotated[UUID, Ref("SchoolYear")], terms: list[TermRow]
) -> list[UUID]:
    """Add terms to a school year, such as to one that a roster brought without any.

    They lie within the year, one after another, after the terms that it has; their numbers go on from those.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    if not terms:
        raise Refusal(MISSING_ENTRIES, "terms")
    year = await context.fetchrow("SELECT starts_on, ends_on FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    assert year is not None
    last = await context.fetchrow(
        "SELECT max(number) AS number, max(ends_on) AS ends_on FROM term WHERE school_year_id = $1", school_year
    )
    assert last is not None
    _check_terms(terms, year["starts_on"], year["ends_on"], last["ends_on"])
    made = await _insert_terms(context, school_year, terms, (last["number"] or 0) + 1)
    await _tell(context, "school_year_changed", school_year)
    return made


@command("school.year.remove")
async def remove_school_year(context: Context, *, school_year: Annotated[UUID, Ref("SchoolYear")]) -> None:
    """Remove a school year that was entered by mistake, with its terms and its calendar.

    Raises Refusal, CURRENT_YEAR for the present year, and IN_USE where classes or anything else refer to it.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    status = await context.fetchval("SELECT status FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    if status == YearStatus.CURRENT:
        raise Refusal(CURRENT_YEAR, "school_year")
    await _tell(context, "school_year_removing", school_year)
    await remove(context, SchoolYear, [school_year], field="schoolYear", parts=(Term.school_year_id,))


@command("school.term.remove")
async def remove_term(context: Context, *, term: Annotated[UUID, Ref("Term")]) -> None:
    """Remove the last term of a school year, if nothing refers to it.

    Raises Refusal, NOT_LAST where a later term follows, and IN_USE where marks or anything else refer to it.
    """
    await context.permit("Term", [term], field="term")
    year = await context.fetchval("SELECT school_year_id FROM term WHERE id = $1", term)
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", year)
    if await context.fetchval(
        "SELECT true FROM term t JOIN term later ON later.school_year_id = t.school_year_id"
        " AND later.number > t.number WHERE t.id = $1 LIMIT 1",
        term,
    ):
        raise Refusal(NOT_LAST, "term")
    await remove(context, Term, [term], field="term")
    await _tell(context, "school_year_changed", year)


@command("school.year.change", returns="SchoolYear")
async def change_school_year(
    context: Context,
    *,
    school_year: Annotated[UUID, Ref("SchoolYear")],
    name: str | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset = UNSET,
    cut_periods: bool = False,
    expected_version: int | None = None,
) -> UUID:
    """Change the name or the days of a school year.

    Its terms must still lie within, and other years outside.

    Raises:
        Refusal: OUTSIDE_YEAR where enrolments, appointments, teaching assignments, lessons, entries of the calendar or
            surveys would lie outside the new days; the message counts them.

    Args:
        cut_periods: Whether enrolments, appointments and teaching assignments that reach beyond the new days are cut to
            them; those that lie wholly outside are refused all the same.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    changes = given({"name": name, "starts_on": starts_on, "ends_on": ends_on})
    if name is not UNSET:
        changes["name"] = required_text(name, 40, "name")
    row = await context.fetchrow("SELECT starts_on, ends_on FROM school_year WHERE id = $1 FOR UPDATE", school_year)
    assert row is not None
    old = row["starts_on"], row["ends_on"]
    # Nobody enrols meanwhile.
    await context.fetch("SELECT id FROM school_class WHERE school_year_id = $1 ORDER BY id FOR UPDATE", school_year)
    new = given_or(starts_on, old[0]), given_or(ends_on, old[1])
    if new != old:
        year_period(*new)
        await _refuse_overlap(context, school_year, *new)
    with refuse_duplicate("name"):
        await context.rows(SchoolYear).update(
            school_year, changes, expected_version=expected_version, field="schoolYear"
        )
    if new == old:
        return school_year
    for row in await context.fetch("SELECT starts_on, ends_on FROM term WHERE school_year_id = $1", school_year):
        if row["starts_on"] < new[0] or row["ends_on"] > new[1]:
            field = "startsOn" if row["starts_on"] < new[0] else "endsOn"
            raise Refusal(TERM_LEFT_OUT, field)
    if cut_periods:
        cut = await bounds.cut_periods(context, SchoolYear, school_year, new)
        if enrolments := cut["class_enrolment"]:
            await enrolments_changed(context, enrolments)
    left_out = await bounds.left_out_by(context, SchoolYear, school_year, old, new)
    problems = [
        Problem(LEAVES_OUT, field, uses={Label(noun): count for noun, count in sorted(counts.items())})
        for field, counts in (("startsOn", left_out.before), ("endsOn", left_out.after))
        if counts
    ]
    if problems:
        raise Refusal.of(problems)
    await _tell(context, "school_year_changed", school_year)
    return school_year


async def _refuse_overlap(context: Context, school_year: UUID | None, starts_on: date, ends_on: date) -> None:
    # The days of years are settled one office after the other; the database refuses overlaps in the end.
    await context.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"school.years {context.space.id}")
    other = await context.fetchval(
        "SELECT name FROM school_year WHERE id IS DISTINCT FROM $1::uuid AND starts_on <= $3 AND ends_on >= $2 LIMIT 1",
        school_year,
        starts_on,
        ends_on,
    )
    if other is not None:
        raise Refusal(YEAR_WITHIN, "starts_on", year=other)


@command("school.year.make_current", returns="SchoolYear")
async def make_school_year_current(context: Context, *, school_year: Annotated[UUID, Ref("SchoolYear")]) -> UUID:
    """Begin a school year; the one that was current becomes past."""
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    rows = context.rows(SchoolYear)
    # All years are locked, so that two offices begin one year after the other.
    years = await context.fetch("SELECT id, status FROM school_year ORDER BY id FOR UPDATE")
    for each in years:
        if each["status"] == YearStatus.CURRENT and each["id"] != school_year:
            await rows.update(each["id"], {"status": YearStatus.PAST.value})
    await rows.update(school_year, {"status": YearStatus.CURRENT.value}, field="schoolYear")
    return school_year


@command("school.term.change", returns="Term")
async def change_term(
    context: Context,
    *,
    term: Annotated[UUID, Ref("Term")],
    name: str | Unset = UNSET,
    starts_on: date | Unset = UNSET,
    ends_on: date | Unset = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change the name or the days of a term.

    It stays within its year, and the terms of a year follow each other in the order of their numbers.
    """
    await context.permit("Term", [term], field="term")
    changes = given({"name": name, "starts_on": starts_on, "ends_on": ends_on})
    if name is not UNSET:
        changes["name"] = required_text(name, 60, "name")
    year = await context.fetchval("SELECT school_year_id FROM term WHERE id = $1", term)
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", year)
    row = await context.fetchrow("SELECT starts_on, ends_on FROM term WHERE id = $1", term)
    assert row is not None
    if given_or(ends_on, row["ends_on"]) <= given_or(starts_on, row["starts_on"]):
        raise Refusal(ENDS_BEFORE_START, "ends_on")
    await context.rows(Term).update(term, changes, expected_version=expected_version, field="term")
    if await context.fetchval(
        "SELECT true FROM term t JOIN school_year y ON y.id = t.school_year_id WHERE t.id = $1"
        " AND (t.starts_on < y.starts_on OR t.ends_on > y.ends_on)",
        term,
    ):
        raise Refusal(TERM_OUTSIDE_YEAR, "starts_on")
    if await context.fetchval(
        "SELECT true FROM term t JOIN term o ON o.school_year_id = t.school_year_id AND o.id <> t.id"
        " WHERE t.id = $1 AND o.starts_on <= t.ends_on AND t.starts_on <= o.ends_on LIMIT 1",
        term,
    ):
        raise Refusal(TERM_OVERLAPS, "starts_on")
    if await context.fetchval(
        "SELECT true FROM term t JOIN term o ON o.school_year_id = t.school_year_id AND o.id <> t.id"
        " WHERE t.id = $1 AND (o.number < t.number) <> (o.starts_on < t.starts_on) LIMIT 1",
        term,
    ):
        raise Refusal(TERM_ORDER, "starts_on")
    await _tell(context, "school_year_changed", year)
    return term
