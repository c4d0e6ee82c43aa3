"""Papers and lists over HTTP."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from homeroom.errors import Failure, Refusal
from homeroom.languages import ENGLISH, text_in, written
from homeroom.origins import FOR_LISTED_ORIGINS
from homeroom.sheets import write_csv, write_xlsx
from homeroom_documents.figures import read_figures
from homeroom_documents.lists import read_list
from homeroom_documents.pdf import PaperPress
from homeroom_documents.reading import Reader
from homeroom_documents.refusals import (
    FILTER_NOT_JSON,
    LIST_PARAMETERS,
    MISSING_PARAMETER,
    NO_SUCH_LIST,
    NO_SUCH_PAPER,
    UNKNOWN_PARAMETER,
)
from homeroom_documents.speech import asked_language, language_for, speech_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from litestar.types import ControllerRouterHandler

    from homeroom.callers import Caller
    from homeroom.documents import Document
    from homeroom.host import Host

__all__ = ["PaperOfMine", "routes"]

_SAFE: Final = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
#: Before each capital letter within a word: ``schoolClasses``.
_PASCAL: Final = re.compile("(?<!^)(?=[A-Z])")
_MEDIA_TYPES: Final = {
    "csv": "text/csv",  # the framework adds the charset
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class PaperOfMine(msgspec.Struct, frozen=True):
    """A paper that a school can print, and its parameters."""

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

    def papers_of(caller: Caller) -> Sequence[tuple[Document, Path | None]]:
        """The papers of the caller's school, each with the catalogues of the plugin that brings it."""
        variant = host.variant_of(caller.space)
        found: Sequence[tuple[Document, Path | None]] = variant.parts.get("documents") or ()
        if "documents" not in variant.parts:
            collected = host.hooks.collect_by_plugin("documents", only=variant.plugins)
            found = variant.parts["documents"] = [
                (each, variant.locales.get(plugin)) for plugin, given in collected for each in given
            ]
        return found

    @get("/documents", opt=FOR_LISTED_ORIGINS)
    async def papers(request: Request[Any, Any, Any]) -> Response[list[PaperOfMine]]:
        """The papers of the caller's school, named in the language of ``?language=``, or the caller's."""
        caller = await host.directory.authenticate(request.scope)
        language = await language_for(host, caller, request.query_params.get("language"))
        shown = [_paper_in(language, each, folder) for each, folder in papers_of(caller)]
        return Response(shown, headers={**_SAFE, "Content-Language": language})

    @get("/documents/{name:str}", opt=FOR_LISTED_ORIGINS)
    async def paper(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """A paper as PDF; its variables stand in the query, and beside them ``language``, if it is not the caller's."""
        caller = await host.directory.authenticate(request.scope)
        found = next((each for each in papers_of(caller) if each[0].name == name), None)
        if found is None:
            raise Failure(NO_SUCH_PAPER)
        document, folder = found
        given = dict(request.query_params)
        language = await language_for(host, caller, given.pop("language", None))
        for variable in given:
            if variable not in document.variables:
                raise Refusal(UNKNOWN_PARAMETER, variable)
        for variable in document.variables:
            if variable not in given:
                raise Refusal(MISSING_PARAMETER, variable)
        if document.asks_language:
            given["language"] = language
        answer = await reader.read(caller, document.query, given)
        if next(iter(answer.values()), None) is None:
            raise Failure(NO_SUCH_PAPER)
        now = host.clock()
        # Babel reads its locales when it first needs them, and nobody else should wait for that.
        speech = await asyncio.to_thread(speech_of, language, caller.space, folder, answer)
        school = await asyncio.to_thread(_school, caller, now, language)
        made = await press.set(document.template, answer, school, speech, now)
        headers = {
            **_SAFE,
            "Content-Disposition": f'inline; filename="{document.name.rpartition(".")[2]}.pdf"',
            "Content-Language": language,
        }
        return Response(made, media_type="application/pdf", headers=headers)

    @get("/lists/{file:str}", opt=FOR_LISTED_ORIGINS)
    async def whole_list(request: Request[Any, Any, Any], file: FromPath[str]) -> Response[bytes]:
        """Everything that the caller sees of a resource, as ``students.xlsx`` or ``students.csv``.

        Its columns are headed in English, by which programs know them, unless another ``language`` is asked for. With
        ``groupBy`` or ``measures`` it is the statistics of these rows.
        """
        caller = await host.directory.authenticate(request.scope)
        plural, _, ending = file.rpartition(".")
        resources = host.variant_of(caller.space).resources.values()
        resource = next((each for each in resources if each.plural == plural and not each.single), None)
        if resource is None or ending not in _MEDIA_TYPES:
            raise Failure(NO_SUCH_LIST)
        language = asked_language(request.query_params.get("language", ENGLISH))
        parameters = request.query_params
        given = _filter(parameters)
        if "groupBy" in parameters or "measures" in parameters:
            by, measures = (_names(parameters.get(each, "")) for each in ("groupBy", "measures"))
            columns, rows = await read_figures(
                host, reader, caller, resource, by, measures, given, form=ending, language=language
            )
        else:
            columns, rows = await read_list(host, reader, caller, resource, given, form=ending, language=language)
        titles = [column.title for column in columns]
        # A long list takes seconds to write, and nobody else should wait for that.
        if ending == "csv":
            content = await asyncio.to_thread(write_csv, titles, rows)
        else:
            content = await asyncio.to_thread(write_xlsx, plural, titles, rows)
        name = f"{caller.space.slug}-{_PASCAL.sub('-', plural).lower()}.{ending}"
        headers = {
            **_SAFE,
            "Content-Disposition": f'attachment; filename="{quote(name)}"',
            "Content-Language": language,
        }
        return Response(content, media_type=_MEDIA_TYPES[ending], headers=headers)

    return [papers, paper, whole_list]


def _paper_in(language: str, document: Document, folder: Path | None) -> PaperOfMine:
    wanted = {name: text_in(folder, language, what) for name, what in document.variables.items()}
    return PaperOfMine(document.name, text_in(folder, language, document.title), wanted)


def _school(caller: Caller, now: datetime, language: str) -> dict[str, str]:
    space = caller.space
    return {
        "name": space.name,
        "region": space.region,
        "locale": space.locale,
        "printed": f"{written(now.astimezone(space.time_zone), language)} · {caller.login}",
    }


def _names(text: str) -> list[str]:
    return [each for each in text.split(",") if each]


def _filter(parameters: Mapping[str, str]) -> dict[str, Any] | None:
    for name in parameters:
        if name not in ("filter", "groupBy", "measures", "language"):
            raise Refusal(LIST_PARAMETERS, name)
    text = parameters.get("filter")
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise Refusal(FILTER_NOT_JSON, "filter") from None
