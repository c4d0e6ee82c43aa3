"""The page of a district with its schools and their figures."""

from __future__ import annotations

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

    from homeroom_console.reader import Reader

__all__ = ["district_routes"]

_SCHOOLS: Final = """query ConsoleDistrict($name: String) {
  districtSchools(first: 200, filter: {name: {contains: $name}}, orderBy: [{field: NAME}]) {
    totalCount
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
    listed = (await asking.ask(reader, _SCHOOLS, {"name": wanted["name"]})).first
    if listed is None:
        raise Missing
    rows: Mapping[str, Any] = {each["slug"]: each for each in listed["nodes"]}
    regions = sorted({each["region"] for each in rows.values()})
    every = await directory_of(serving.host).callers_in_schools(request.scope, reader.space.id)
    schools = [
        each for each in every if each[0].slug in rows and wanted["region"] in ("", rows[each[0].slug]["region"])
    ]
    figures = figure_titles(reader, schools)
    numbers = await numbers_of_schools(asking, reader, schools)
    seen = await _seen(serving, reader)
    lines = [
        SchoolLine(
            rows[space.slug]["id"],
            space.slug,
            space.name,
            space.region,
            caller is not None,
            seen.get(space.slug),
            numbers[space.slug],
        )
        for space, caller in schools
    ]
    alarms = {line.slug: alarms_of(line, figures) for line in lines}
    if wanted["show"] == "alarms":
        lines = [line for line in lines if alarms[line.slug]]
    order = wanted["order"] or "name"
    drawn = wanted["figure"] if wanted["figure"] in figures else next(iter(figures), "")
    lines = ordered(lines, order)
    return serving.page(
        request,
        reader,
        "console/district.html",
        lines=lines,
        total=listed["totalCount"],
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
