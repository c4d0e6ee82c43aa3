"""School years and terms."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from homeroom.commands import UNSET, Ref, Unset, command, given
from homeroom.context import Context
from homeroom.errors import Problem, Refusal, refuse_all
from homeroom.nouns import Draft, Noun, bounds
from homeroom.nouns.dating import lock_owners_of
from homeroom.refusals import MISSING_ENTRIES, Label
from homeroom_school.commands.enrolment import enrolments_changed
from homeroom_school.refusals import CURRENT_YEAR, LEAVES_OUT, NOT_LAST, TERM_ORDER, TERM_OVERLAPS
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


async def _changed(context: Context, years: Iterable[UUID]) -> None:
    """Let other plugins follow school years whose days or terms have changed."""
    for year in dict.fromkeys(years):
        await context.call_hook("school_year_changed", school_year=year)


async def _refuse_current(context: Context, years: Sequence[UUID], field: str, /, *, listed: bool) -> None:
    found = await context.fetch("SELECT status FROM school_year WHERE id = ANY($1::uuid[]) FOR UPDATE", list(years))
    if YearStatus.CURRENT in [each["status"] for each in found]:
        raise Refusal(CURRENT_YEAR, field)


async def _in_order(context: Context, terms: Draft) -> None:
    """Refuse terms that do not follow each other in the order of their numbers."""
    found = await context.fetch("SELECT * FROM term WHERE school_year_id = ANY($1::uuid[])", terms["school_year_id"])
    changing = [each["id"] for each in terms.stored]
    others: list[Mapping[str, Any]] = [each for each in found if each["id"] not in changing]
    for place, term in terms.rows():
        for other in others:
            first, second = sorted((term, other), key=lambda each: int(each["number"]))
            if first["school_year_id"] == second["school_year_id"] and second["starts_on"] <= first["ends_on"]:
                overlap = first["starts_on"] <= second["ends_on"]
                terms.problem(place, TERM_OVERLAPS if overlap else TERM_ORDER, "starts_on")
                break
        others.append(term)


async def _terms_written(context: Context, terms: Sequence[UUID]) -> None:
    found = await context.fetch("SELECT school_year_id FROM term WHERE id = ANY($1::uuid[])", list(terms))
    await _terms_removed(context, found)


async def _terms_removed(context: Context, terms: Sequence[Mapping[str, Any]]) -> None:
    await _changed(context, [each["school_year_id"] for each in terms])


async def _refuse_earlier(context: Context, terms: Sequence[UUID], field: str, /, *, listed: bool) -> None:
    if await context.fetchval(
        "SELECT true FROM term t JOIN term later ON later.school_year_id = t.school_year_id"
        " AND later.number > t.number WHERE t.id = ANY($1::uuid[]) LIMIT 1",
        list(terms),
    ):
        raise Refusal(NOT_LAST, field)


YEAR = Noun(SchoolYear, "school.year", removing=_refuse_current)
TERM = Noun(
    Term, "school.term", check=_in_order, removing=_refuse_earlier, written=_terms_written, removed=_terms_removed
)

remove_school_year = YEAR.remove(
    "Remove a school year that was entered by mistake, with its terms and its calendar. CURRENT_YEAR: it is the present"
    " year; IN_USE names what refers to it."
)
change_term = TERM.change(
    "Change the name or the days of a term. It stays within its year, and the terms of a year follow each other in the"
    " order of their numbers.",
    fixed=("school_year", "number"),
)
remove_term = TERM.remove(
    "Remove the last term of a school year. NOT_LAST: a later term follows; IN_USE names what refers to it, such as"
    " marks."
)


@command("school.year.create", returns="SchoolYear")
async def create_school_year(
    context: Context, *, name: str, starts_on: date, ends_on: date, terms: list[TermRow] | None = None
) -> UUID:
    """Plan a school year with its terms.

    Terms lie within the year, one after another. Years do not overlap, and have at most 731 days.
    """
    days = {"starts_on": starts_on, "ends_on": ends_on}
    (year,) = await YEAR.insert(context, await YEAR.checked(context, [{"name": name, **days}]))
    await _add(context, year, terms or [])
    return year


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
    return await _add(context, school_year, terms)


async def _add(context: Context, year: UUID, terms: Sequence[TermRow]) -> list[UUID]:
    await context.fetch("SELECT id FROM school_year WHERE id = $1 FOR UPDATE", year)
    last = await context.fetchval("SELECT coalesce(max(number), 0) FROM term WHERE school_year_id = $1", year)
    given = [
        {"school_year": year, "number": number, **dataclasses.asdict(term)}
        for number, term in enumerate(terms, start=last + 1)
    ]
    return await TERM.add(context, given, rows="terms", common=("school_year",))


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
    """Change the name or the days of a school year. Other years stay outside.

    Raises:
        Refusal: OUTSIDE_YEAR where terms, enrolments, appointments, teaching assignments, lessons, entries of the
            calendar or surveys would lie outside the new days; the message counts them.

    Args:
        cut_periods: Whether terms, enrolments, appointments and teaching assignments that reach beyond the new days are
            cut to them; those that lie wholly outside are refused all the same.
    """
    await context.permit("SchoolYear", [school_year], field="schoolYear")
    # As the verbs of the noun do: the years of the school first, then this one.
    await lock_owners_of(context, SchoolYear, [school_year])
    row = await context.rows(SchoolYear).locked(school_year)
    # Nobody enrols meanwhile.
    await context.fetch("SELECT id FROM school_class WHERE school_year_id = $1 ORDER BY id FOR UPDATE", school_year)
    values = given(name=name, starts_on=starts_on, ends_on=ends_on)
    (changes,) = await YEAR.checked(context, [values], row=school_year)
    await YEAR.update(context, school_year, changes, expected_version=expected_version)
    old = row["starts_on"], row["ends_on"]
    new = changes.get("starts_on", old[0]), changes.get("ends_on", old[1])
    if new == old:
        return school_year
    if cut_periods:
        cut = await bounds.cut_periods(context, SchoolYear, school_year, new)
        if enrolments := cut["class_enrolment"]:
            await enrolments_changed(context, enrolments)
    left_out = await bounds.left_out_by(context, SchoolYear, school_year, old, new)
    refuse_all(
        [
            Problem(LEAVES_OUT, field, uses={Label(noun): count for noun, count in sorted(counts.items())})
            for field, counts in (("startsOn", left_out.before), ("endsOn", left_out.after))
            if counts
        ]
    )
    await _changed(context, [school_year])
    return school_year


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
