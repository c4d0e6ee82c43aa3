"""Lists and details of all nouns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, get
from litestar.params import FromPath

from homeroom_console.declared import Declared, declared_in
from homeroom_console.forms.choosing import choices, nouns_called
from homeroom_console.placing import actions_apart, actions_of_list, actions_of_rows
from homeroom_console.routes.home import widgets_at
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_console.showing.beside import papers_of, tabs_of
from homeroom_console.showing.details import children_of, detail_of, guarded_values
from homeroom_console.showing.history import history_of, may_see_history
from homeroom_console.showing.lists import MOST_CHOSEN, listing_of
from homeroom_documents.permissions import EXPORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader
    from homeroom_graphql.vocabulary.values import VocabularyNoun

__all__ = ["noun_routes"]


def noun_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    def known(reader: Reader, plural: str) -> tuple[VocabularyNoun, Declared]:
        noun = reader.words.lists.get(plural)
        if noun is None:
            raise Missing
        return noun, declared_in(serving.host, reader.variant)

    @get("/nouns", media_type=MediaType.HTML)
    async def everything(request: Request[Any, Any, Any]) -> Answer:
        """All lists, by plugin, and what can be done that is about no list."""

        async def work(reader: Reader) -> Answer:
            # What a school is made of comes first, what serves the installation last.
            parts = serving.host.registry.host_parts()
            by_plugin = [
                (plugin.label, [each for each in reader.vocabulary.nouns if each.plugin == plugin.name])
                for plugin in sorted(reader.vocabulary.plugins, key=lambda each: each.name in parts)
            ]
            shown = [(title, nouns) for title, nouns in by_plugin if nouns]
            return serving.page(request, reader, "console/everything.html", plugins=shown, apart=actions_apart(reader))

        return await serving.answer(request, work)

    @get("/nouns/{plural:str}", media_type=MediaType.HTML)
    async def rows(request: Request[Any, Any, Any], plural: FromPath[str]) -> Answer:
        """The list of a noun; of one that has a single row, its detail."""

        async def work(reader: Reader) -> Answer:
            noun, declared = known(reader, plural)
            look = declared.look(noun.name)
            if noun.list_field is None:
                return await detail(request, reader, noun, declared, "")
            listing = await listing_of(serving.asking, reader, noun, look, dict(request.query_params))
            values: dict[str, Any] = {
                "listing": listing,
                "actions": actions_of_list(reader, noun, look),
                "bulk": actions_of_rows(reader, noun, look),
                "exports": reader.may(EXPORT),
                "most_chosen": MOST_CHOSEN,
            }
            if request.headers.get("hx-target") == "rows":
                return serving.part(request, reader, "console/rows.html", **values)
            return serving.page(request, reader, "console/list.html", **values)

        return await serving.answer(request, work)

    async def detail(
        request: Request[Any, Any, Any], reader: Reader, noun: VocabularyNoun, declared: Declared, row: str
    ) -> Answer:
        plugin, look = declared.looks.get(noun.name, ("console", declared.look(noun.name)))
        found = await detail_of(serving.asking, reader, noun, look, plugin, row)
        if found is None:
            raise Missing
        widgets = await widgets_at(serving, reader, noun.name, {"id": found.row["id"]})
        beside: dict[str, Any] = {
            "papers": papers_of(reader, noun, found.row["id"]),
            "tabs": tabs_of(reader, noun, found.row["id"]),
            "history": may_see_history(reader, found.row["id"]),
        }
        return serving.page(request, reader, "console/detail.html", detail=found, widgets=widgets, **beside)

    @get("/nouns/{plural:str}/{row:str}", media_type=MediaType.HTML)
    async def one(request: Request[Any, Any, Any], plural: FromPath[str], row: FromPath[str]) -> Answer:
        """The detail of a row."""

        async def work(reader: Reader) -> Answer:
            noun, declared = known(reader, plural)
            return await detail(request, reader, noun, declared, row)

        return await serving.answer(request, work)

    @get("/nouns/{plural:str}/{row:str}/guarded", media_type=MediaType.HTML)
    async def guarded(request: Request[Any, Any, Any], plural: FromPath[str], row: FromPath[str]) -> Answer:
        """What of a row is shown on demand alone, because the audit keeps who looked."""

        async def work(reader: Reader) -> Answer:
            noun, _ = known(reader, plural)
            purpose = request.query_params.get("purpose", "")
            values = await guarded_values(serving.asking, reader, noun, row, purpose)
            if values is None:
                raise Missing
            return serving.part(request, reader, "console/guarded.html", values=values)

        return await serving.answer(request, work)

    @get("/nouns/{plural:str}/{row:str}/{relation:str}", media_type=MediaType.HTML)
    async def children(
        request: Request[Any, Any, Any], plural: FromPath[str], row: FromPath[str], relation: FromPath[str]
    ) -> Answer:
        """The rows that a relation of a row leads to."""

        async def work(reader: Reader) -> Answer:
            noun, declared = known(reader, plural)
            field = next((each for each in noun.fields if each.name == relation and each.many), None)
            if field is None or field.noun not in reader.words.nouns:
                raise Missing
            found = await children_of(serving.asking, reader, noun, declared.look(noun.name), row, field)
            if found is None:
                raise Missing
            return serving.part(request, reader, "console/children.html", children=found)

        return await serving.answer(request, work)

    @get("/history/{row:str}", media_type=MediaType.HTML)
    async def history(request: Request[Any, Any, Any], row: FromPath[str]) -> Answer:
        """What happened to a row, for those who may read the audit of it."""

        async def work(reader: Reader) -> Answer:
            if not may_see_history(reader, row):
                raise Missing
            found = await history_of(serving.asking, reader, row, request.query_params.get("after"))
            return serving.part(request, reader, "console/history.html", history=found, path=request.url.path)

        return await serving.answer(request, work)

    @get("/choices/{noun:str}", media_type=MediaType.HTML)
    async def chosen(request: Request[Any, Any, Any], noun: FromPath[str]) -> Answer:
        """Rows to choose from in a form."""

        async def work(reader: Reader) -> Answer:
            if not nouns_called(reader, noun):
                raise Missing
            # A filter sends what is typed under its own name, and gets names to choose from in place of ids.
            typed = request.query_params.get("names")
            words = request.query_params.get(typed or "q", "").strip()
            found = await choices(serving.asking, reader, noun, words)
            return serving.part(request, reader, "console/choices.html", options=found, names=typed is not None)

        return await serving.answer(request, work)

    return [everything, rows, one, guarded, children, history, chosen]
