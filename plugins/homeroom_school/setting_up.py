"""What a region's preset tells the registry, and how it becomes the first rows of a school.

A region plugin gives these options under the plugin name ``school`` (all are optional)::

    {
        "name_script": "vietnamese",                 # homeroom.names.Script
        "name_order": "vietnamese",                  # homeroom.names.Order; by default the script's
        "year": {                                    # month-day; a day before the first belongs to the next year
            "starts_on": "09-05", "ends_on": "05-31",
            "terms": [{"name": "Học kì I", "starts_on": "09-05", "ends_on": "01-15"}, ...],
        },
        "grade_levels": [{"number": 6, "code": "6", "title": "Lớp 6", "stage": "lower_secondary"}, ...],
        "subjects": [{"code": "toan", "title": "Toán", "periods": {"6": 140, "7": None}}, ...],
    }

``periods`` names the grade levels (by code) in whose plan the subject is, with its periods a year where the
region prescribes them. The current school year is made from ``year`` with its terms.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.errors import ConfigurationError
from homeroom.names import Order, Script, order_for
from homeroom_school.tables import GradeLevel, GradeSubject, RegistrySettings, SchoolYear, Subject, Term, YearStatus


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A school year of a plan, laid into the calendar.

    Args:
        name: Such as 2025-2026.
        starts_on: The first day.
        ends_on: The last day.
        terms: Name, first and last day of each term.
    """

    name: str
    starts_on: date
    ends_on: date
    terms: tuple[tuple[str, date, date], ...] = ()


def _day(text: str, first: str, year: int) -> date:
    """The date of a month-day in the school year that begins in ``year``."""
    try:
        month, day = (int(part) for part in text.split("-"))
        return date(year + (text < first), month, day)
    except ValueError:
        raise ConfigurationError(f"the preset's year: {text!r} is not a month-day such as 09-05") from None


def year_plan(plan: Mapping[str, Any], today: date) -> YearPlan:
    """The school year of ``plan`` that ``today`` lies in, or the last one that began.

    Raises ConfigurationError where the plan's days are no days, or contradict each other: a term that ends before it
    begins or lies outside the year, or two terms that overlap.
    """
    first = str(plan["starts_on"])
    year = today.year if _day(first, first, today.year) <= today else today.year - 1
    starts_on, ends_on = _day(first, first, year), _day(str(plan["ends_on"]), first, year)
    name = str(year) if ends_on.year == year else f"{year}-{ends_on.year}"
    terms = tuple(
        (
            str(term["name"]),
            _day(str(term["starts_on"]), first, year),
            _day(str(term["ends_on"]), first, year),
        )
        for term in plan.get("terms", ())
    )
    _check_terms(starts_on, ends_on, terms)
    return YearPlan(name, starts_on, ends_on, terms)


def _check_terms(starts_on: date, ends_on: date, terms: Sequence[tuple[str, date, date]]) -> None:
    for name, first, last in terms:
        if last < first:
            raise ConfigurationError(f"the preset's term {name!r} ends on {last}, before it begins on {first}")
        if first < starts_on or ends_on < last:
            raise ConfigurationError(
                f"the preset's term {name!r} ({first} to {last}) lies outside the year ({starts_on} to {ends_on})"
            )
    in_order = sorted(terms, key=lambda term: term[1])
    for (name, _, last), (next_name, first, _) in itertools.pairwise(in_order):
        if first <= last:
            raise ConfigurationError(
                f"the preset's terms {name!r} and {next_name!r} overlap: {next_name!r} begins on {first},"
                f" {name!r} ends on {last}"
            )


async def set_up(context: Context, options: Mapping[str, Any]) -> None:
    """Make the first rows of a school: settings, grade levels, subjects with plans, the current year.

    Args:
        options: As the module says. Raises ConfigurationError where they contradict themselves.
    """
    script = Script(options.get("name_script", Script.LATIN))
    order = Order(options.get("name_order", order_for(script)))
    plan: Mapping[str, Any] = options.get("year") or {}
    await context.rows(RegistrySettings).update(
        await context.fetchval("SELECT id FROM registry_settings"),
        {
            "name_script": script.value,
            "name_order": order.value,
            "year_plan": msgspec.json.encode(plan).decode(),
        },
    )
    grades = await _grade_levels(context, options.get("grade_levels", ()))
    await _subjects(context, options.get("subjects", ()), grades)
    if plan:
        await _make_year(context, year_plan(plan, context.today))


async def _grade_levels(context: Context, levels: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    rows = [
        {
            "number": int(each["number"]),
            "code": str(each["code"]),
            "title": str(each["title"]),
            "stage": str(each.get("stage", "")),
        }
        for each in levels
    ]
    ids = await context.rows(GradeLevel).insert(rows)
    return {cast("str", row["code"]): each for row, each in zip(rows, ids, strict=True)}


async def _subjects(context: Context, subjects: Sequence[Mapping[str, Any]], grades: Mapping[str, UUID]) -> None:
    ids = await context.rows(Subject).insert(
        [
            {"code": str(each["code"]), "title": str(each["title"]), "position": place, "active": True}
            for place, each in enumerate(subjects, start=1)
        ]
    )
    plan = []
    for subject, each in zip(ids, subjects, strict=True):
        for grade, periods in dict(each.get("periods") or {}).items():
            if str(grade) not in grades:
                raise ConfigurationError(f"the preset's subject {each['code']} names the unknown grade {grade}")
            plan.append({"grade_level_id": grades[str(grade)], "subject_id": subject, "periods_per_year": periods})
    await context.rows(GradeSubject).insert(plan)


async def _make_year(context: Context, plan: YearPlan) -> None:
    (year,) = await context.rows(SchoolYear).insert(
        [
            {
                "name": plan.name,
                "starts_on": plan.starts_on,
                "ends_on": plan.ends_on,
                "status": YearStatus.CURRENT.value,
            }
        ]
    )
    await context.rows(Term).insert(
        [
            {"school_year_id": year, "number": number, "name": name, "starts_on": first, "ends_on": last}
            for number, (name, first, last) in enumerate(plan.terms, start=1)
        ]
    )
