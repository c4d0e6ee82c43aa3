"""The first page, made of the widgets that a reader may see."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, get
from markupsafe import Markup

from homeroom.errors import ConfigurationError
from homeroom.pages import Widget
from homeroom_console.asking import variables_of
from homeroom_console.brands import Accent
from homeroom_console.declared import declared_in, may_open
from homeroom_console.icons import ICONS
from homeroom_console.routes.serving import Answer, Serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.declared import Given
    from homeroom_console.reader import Reader

__all__ = ["Shown", "home_routes", "widgets_at"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A widget with its content.

    Args:
        name: Of the widget.
        title: In the reader's language.
        content: Its HTML.
        modules: The addresses of its scripts.
        order: Of the widget.
    """

    name: str
    title: str
    content: Markup
    modules: Sequence[str]
    order: int


def home_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    @get("/", media_type=MediaType.HTML)
    async def home(request: Request[Any, Any, Any]) -> Answer:
        """The first page."""

        async def work(reader: Reader) -> Answer:
            widgets = await widgets_at(serving, reader, "home", {})
            return serving.page(request, reader, "console/home.html", widgets=widgets)

        return await serving.answer(request, work)

    @get("/console/style", media_type=MediaType.HTML)
    async def style(request: Request[Any, Any, Any]) -> Answer:
        """What pages are made of, for their authors."""

        async def work(reader: Reader) -> Answer:
            return serving.page(request, reader, "console/style.html", accents=[*Accent], icons=sorted(ICONS))

        return await serving.answer(request, work)

    return [home, style]


async def widgets_at(serving: Serving, reader: Reader, place: str, variables: Mapping[str, Any]) -> list[Shown]:
    """The widgets of a place that have something to show, in their order.

    Args:
        serving: Renders and asks.
        reader: Who reads.
        place: ``home``, a noun, or the name of a page.
        variables: Of the page; their queries get those that they declare.
    """
    declared = declared_in(serving.host, reader.variant)
    wanted = [
        each
        for each in declared.widgets
        if isinstance(each.what, Widget) and each.what.place == place and may_open(reader, declared, each)
    ]
    found = await asyncio.gather(*(_shown(serving, reader, each, variables) for each in wanted))
    return [each for each in found if each is not None]


async def _shown(serving: Serving, reader: Reader, given: Given, variables: Mapping[str, Any]) -> Shown | None:
    widget = given.what
    assert isinstance(widget, Widget)
    known: dict[str, Any] = {**variables, "today": reader.today, "language": reader.language}
    title = reader.text(widget.title, given.plugin)
    try:
        if widget.person:
            mine = (await _persons(serving, reader)).get(widget.person, [])
            if not mine:
                return None
            known["me"] = mine
        answer = await serving.asking.ask(reader, widget.document, variables_of(widget.document, known))
        if answer.broken:
            raise ConfigurationError(answer.broken)
        if answer.first is None:
            return None
        template = serving.renderer.template_of(given.plugin, widget.template)
        content = serving.renderer.page(template, reader, given.plugin, data=answer.data, variables=known)
    except Exception:
        logger.exception("widget %s failed", widget.name)
        content = serving.renderer.page("console/broken.html", reader, name=widget.name, plugin_name=given.plugin)
    if not content.strip():
        return None
    modules = [serving.renderer.assets.of_plugin(given.plugin, each) for each in widget.modules]
    return Shown(widget.name, title, Markup(content), modules, widget.order)  # noqa: S704 - rendered with autoescape


async def _persons(serving: Serving, reader: Reader) -> Mapping[str, list[str]]:
    """The rows that the reader is in this school: noun to ids; asked once a page."""
    found: asyncio.Task[Mapping[str, list[str]]] | None = reader.kept.get("persons")
    if found is None:
        found = reader.kept["persons"] = asyncio.ensure_future(_asked_persons(serving, reader))
    return await found


async def _asked_persons(serving: Serving, reader: Reader) -> Mapping[str, list[str]]:
    answer = await serving.asking.ask(reader, "{ viewer { persons { __typename id } } }")
    persons: dict[str, list[str]] = {}
    for each in (answer.first or {}).get("persons") or ():
        persons.setdefault(each["__typename"], []).append(each["id"])
    return persons
