"""Pages that plugins declare, and the operations that their scripts run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.params import FromPath

from homeroom.database.connection import AWAY
from homeroom.errors import ConfigurationError, Failure
from homeroom.pages import Page
from homeroom_console.answers import SAFE
from homeroom_console.asking import variables_of
from homeroom_console.declared import Given, declared_in, may_open
from homeroom_console.own_pages import known_of, values_of
from homeroom_console.routes.home import widgets_at
from homeroom_console.routes.serving import Answer, Missing, Serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader

__all__ = ["page_routes"]

logger = logging.getLogger(__name__)


def page_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    @get("/pages/{path:path}", media_type=MediaType.HTML)
    async def page(request: Request[Any, Any, Any], path: FromPath[str]) -> Answer:
        """A page of a plugin."""

        async def work(reader: Reader) -> Answer:
            declared = declared_in(serving.host, reader.variant)
            found = declared.at(path.strip("/"))
            if found is None or not may_open(reader, declared, found[0]):
                raise Missing
            given, variables = found
            return await _page(serving, request, reader, given, variables)

        return await serving.answer(request, work)

    @post("/run/{name:str}/{operation:str}", status_code=200)
    async def run(request: Request[Any, Any, Any], name: FromPath[str], operation: FromPath[str]) -> Answer:
        """Run an operation of a page with variables as JSON; answers as GraphQL does."""

        async def work(reader: Reader) -> Answer:
            declared = declared_in(serving.host, reader.variant)
            given = declared.pages.get(name)
            document = given.what.operation(operation) if given is not None and isinstance(given.what, Page) else None
            if given is None or document is None or not may_open(reader, declared, given):
                raise Missing
            try:
                variables = msgspec.json.decode(await request.body(), type=dict[str, Any])
            except (msgspec.MsgspecError, RecursionError):
                raise Missing from None
            answer = await serving.asking.ask(reader, document, variables)
            content = msgspec.json.encode({"data": answer.data or None, "errors": answer.errors})
            return Response(content, media_type=MediaType.JSON, headers=dict(SAFE))

        return await serving.answer(request, work)

    return [page, run]


async def _page(
    serving: Serving, request: Request[Any, Any, Any], reader: Reader, given: Given, variables: Mapping[str, str]
) -> Answer:
    try:
        return await _shown(serving, request, reader, given, variables)
    except (Missing, Failure, *AWAY):
        raise
    except Exception:
        logger.exception("page %s of plugin %s failed", given.what.name, given.plugin)
        return serving.page(
            request, reader, "console/broken_page.html", status=500, name=given.what.name, plugin_name=given.plugin
        )


async def _shown(
    serving: Serving, request: Request[Any, Any, Any], reader: Reader, given: Given, variables: Mapping[str, str]
) -> Answer:
    page = given.what
    assert isinstance(page, Page)
    known = known_of(reader, page, {**request.query_params, **variables})
    asked = variables_of(page.document, known)
    purpose = request.query_params.get("purpose")  # kept by the audit, where the page shows what is sensitive
    ask = serving.asking.ask
    answer = await ask(reader, page.document, asked, purpose=purpose) if page.document else None
    if answer is not None and answer.broken:
        raise ConfigurationError(answer.broken)
    if answer is not None and answer.first is None:
        raise Missing
    data, errors = (answer.data, answer.errors) if answer else ({}, ())
    template = serving.renderer.template_of(given.plugin, page.template)
    values = values_of(serving.renderer, reader, given.plugin, page, known, data, errors)
    values["beside"] = await widgets_at(serving, reader, page.name, known)
    values["modules"] += [each for widget in values["beside"] for each in widget.modules]
    return serving.page(request, reader, template, plugin=given.plugin, **values)
