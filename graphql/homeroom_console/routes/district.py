"""The page of a district with its schools and their figures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Request, get

from homeroom_console.around import directory_of
from homeroom_console.districts.figures import figure_titles, numbers_of_schools
from homeroom_console.districts.listing import SchoolLine, alarms_of, chart_of, ordered
from homeroom_console.routes.serving import Answer, Missing, Serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader

__all__ = ["district_routes"]

#: Schools that one page shows, and that are asked for their figures unless the figures decide which are shown.
_SHOWN: Final = 50
_SCHOOLS: Final = """query ConsoleDistrict($name: String, $after: String) {
  districtSchools(first: 200, after: $after, filter: {name: {contains: $name}}, orderBy: [{field: NAME}]) {
    pageInfo { hasNextPage endCursor }
    nodes { id slug name region }
  }
}"""
_SEEN: Final = "query ConsoleSeen { administratorsSeen { school seenAt } }"
_WAITING: Final = "query ConsoleWaiting { approvals(filter: {waitsForMe: {eq: true}}) { totalCount } }"


def district_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The route.

    Args:
        serving: Answers.
    """

    @get("/district", media_type=MediaType.HTML)
    async def district(request: Request[Any, Any, Any]) -> Answer:
        """The schools of the district."""

        async def work(reader: Reader) -> Answer:
            if "districtSchools" not in reader.words.lists:
                raise Missing
            return await _page(serving, request, reader)

        return await serving.answer(request, work)

    return [district]


async def _page(serving: Serving, request: Request[Any, Any, Any], reader: Reader) -> Answer:
    asking, given = serving.asking, request.query_params
    wanted = {name: given.get(name, "").strip() for name in ("name", "region", "order", "figure", "show")}
    rows = await _schools(asking, reader, wanted["name"])
    regions = sorted({each["region"] for each in rows.values()})
    every = await directory_of(serving.host).callers_in_schools(request.scope, reader.space.id)
    schools = [
        each for each in every if each[0].slug in rows and wanted["region"] in ("", rows[each[0].slug]["region"])
    ]
    figures = figure_titles(reader, schools)
    seen = await _seen(serving, reader)
    lines = [
        SchoolLine(
            rows[space.slug]["id"], space.slug, space.name, space.region, caller is not None, seen.get(space.slug)
        )
        for space, caller in schools
    ]

    async def with_numbers(lines: Sequence[SchoolLine]) -> list[SchoolLine]:
        slugs = {line.slug for line in lines}
        numbers = await numbers_of_schools(asking, reader, [each for each in schools if each[0].slug in slugs])
        return [replace(line, numbers=numbers[line.slug]) for line in lines]

    order = wanted["order"] or "name"
    drawn = wanted["figure"] if wanted["figure"] in figures else next(iter(figures), "")
    alarming = wanted["show"] == "alarms"
    by_figures = alarming or order.removeprefix("-") in figures
    if by_figures:
        lines = await with_numbers(lines)
    if alarming:
        lines = [line for line in lines if alarms_of(line, figures)]
    matching = len(lines)
    page = _page_wanted(given.get("page", ""), last=max(1, -(-matching // _SHOWN)))
    lines = ordered(lines, order)[(page - 1) * _SHOWN : page * _SHOWN]
    if not by_figures:
        lines = await with_numbers(lines)
    alarms = {line.slug: alarms_of(line, figures) for line in lines}
    return serving.page(
        request,
        reader,
        "console/district.html",
        lines=lines,
        total=len(rows),
        matching=matching,
        page_number=page,
        last_page=page * _SHOWN >= matching,
        figures=figures,
        alarms=alarms,
        wanted=wanted,
        regions=regions,
        order=order,
        drawn=drawn,
        chart=chart_of(lines, drawn) if drawn else [],
        seen_known="administratorsSeen" in reader.words.queries,
        waiting=await _waiting(serving, reader),
    )


def _page_wanted(text: str, last: int) -> int:
    """The page that an address names, from 1; the first for what is no number, the last for one beyond."""
    return max(1, min(int(text), last)) if re.fullmatch("[0-9]{1,6}", text) else 1


async def _schools(asking: Asking, reader: Reader, name: str) -> Mapping[str, Mapping[str, Any]]:
    """All schools of the district that have a text in their name, by their short names."""
    found: dict[str, Mapping[str, Any]] = {}
    after: str | None = None
    while True:
        listed = (await asking.ask(reader, _SCHOOLS, {"name": name, "after": after})).first
        if listed is None:
            raise Missing
        found |= {each["slug"]: each for each in listed["nodes"]}
        if not listed["pageInfo"]["hasNextPage"]:
            return found
        after = listed["pageInfo"]["endCursor"]


async def _seen(serving: Serving, reader: Reader) -> Mapping[str, datetime | None]:
    if "administratorsSeen" not in reader.words.queries:
        return {}
    found = (await serving.asking.ask(reader, _SEEN)).first or ()
    return {each["school"]: datetime.fromisoformat(each["seenAt"]) if each["seenAt"] else None for each in found}


async def _waiting(serving: Serving, reader: Reader) -> int:
    """How many requests wait for the reader's decision in the district itself."""
    if "approvals" not in reader.words.lists:
        return 0
    return int(((await serving.asking.ask(reader, _WAITING)).first or {}).get("totalCount", 0))
