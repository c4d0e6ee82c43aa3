"""Papers and lists over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from homeroom.errors import Failure, Invalid
from homeroom.sheets import write_csv, write_xlsx
from homeroom_documents.lists import read_list
from homeroom_documents.pdf import PaperPress
from homeroom_documents.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from litestar.types import ControllerRouterHandler

    from homeroom.callers import Caller
    from homeroom.documents import Document
    from homeroom.host import Host

__all__ = ["NoSuchPaper", "PaperOfMine", "routes"]

_SAFE: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
#: Before each capital letter within a word: ``schoolClasses``.
_PASCAL: Final = re.compile("(?<!^)(?=[A-Z])")
_MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class NoSuchPaper(Failure):
    """There is no such paper or list, or it is not the caller's to see: one answer for both."""

    code = "NOT_FOUND"
    status = 404


class PaperOfMine(msgspec.Struct, frozen=True):
    """A paper that a school can print, and what it wants to be told for it."""

    name: str
    title: str
    variables: dict[str, str]


def routes(host: Host, press: PaperPress) -> list[ControllerRouterHandler]:
    """The routes.

    Args:
        host: The host.
        press: Sets papers.
    """
    reader = Reader(host)

    def papers_of(caller: Caller) -> Sequence[Document]:
        variant = host.variant_of(caller.space)
        found: Sequence[Document] = variant.parts.get("documents") or ()
        if "documents" not in variant.parts:
            found = variant.parts["documents"] = host.hooks.collect("documents", only=variant.plugins)
        return found

    @get("/documents")
    async def papers(request: Request[Any, Any, Any]) -> Response[list[PaperOfMine]]:
        """The papers of the caller's school."""
        caller = await host.directory.authenticate(request.scope)
        shown = [PaperOfMine(each.name, each.title, dict(each.variables)) for each in papers_of(caller)]
        return Response(shown, headers=_SAFE)

    @get("/documents/{name:str}")
    async def paper(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """A paper as PDF; its variables stand in the query."""
        caller = await host.directory.authenticate(request.scope)
        document = next((each for each in papers_of(caller) if each.name == name), None)
        if document is None:
            raise NoSuchPaper("there is no such paper")
        given = dict(request.query_params)
        for variable in given:
            if variable not in document.variables:
                raise Invalid("this paper wants nothing of that name", field=variable)
        for variable in document.variables:
            if variable not in given:
                raise Invalid("this paper wants to be told", field=variable)
        answer = await reader.read(caller, document.query, given)
        if next(iter(answer.values()), None) is None:
            raise NoSuchPaper("there is no such paper")
        now = host.clock()
        made = await press.set(document.template, answer, _school(caller, now), now)
        headers = {**_SAFE, "Content-Disposition": f'inline; filename="{document.name.rpartition(".")[2]}.pdf"'}
        return Response(made, media_type="application/pdf", headers=headers)

    @get("/lists/{file:str}")
    async def whole_list(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[bytes]:
        """Everything that the caller sees of a resource, as ``students.xlsx`` or ``students.csv``."""
        caller = await host.directory.authenticate(request.scope)
        plural, _, ending = file.rpartition(".")
        resources = host.variant_of(caller.space).resources.values()
        resource = next((each for each in resources if each.plural == plural), None)
        if resource is None or ending not in _MEDIA_TYPES:
            raise NoSuchPaper("there is no such list")
        columns, rows = await read_list(host, reader, caller, resource, _filter(request.query_params), form=ending)
        titles = [column.title for column in columns]
        content = write_csv(titles, rows) if ending == "csv" else write_xlsx(plural, titles, rows)
        name = f"{caller.space.slug}-{_PASCAL.sub('-', plural).lower()}.{ending}"
        headers = {**_SAFE, "Content-Disposition": f'attachment; filename="{quote(name)}"'}
        return Response(content, media_type=_MEDIA_TYPES[ending], headers=headers)

    return [papers, paper, whole_list]


def _school(caller: Caller, now: datetime) -> dict[str, str]:
    space = caller.space
    here = now.astimezone(space.time_zone)
    return {
        "name": space.name,
        "region": space.region,
        "locale": space.locale,
        "printed": f"{here:%Y-%m-%d %H:%M} · {caller.login}",
    }


def _filter(parameters: Mapping[str, str]) -> dict[str, Any] | None:
    for name in parameters:
        if name != "filter":
            raise Invalid("a list takes a filter and nothing else", field=name)
    text = parameters.get("filter")
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise Invalid("the filter is no JSON object", field="filter") from None
