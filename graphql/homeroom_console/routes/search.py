"""The search over everything, as a page and as a list under the box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import MediaType, Request, get

from homeroom_console.routes.serving import Answer, Serving
from homeroom_console.showing.search import found_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader

__all__ = ["search_routes"]

#: Longer than any name.
_LONGEST: Final = 100


def search_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The routes.

    Args:
        serving: Answers.
    """

    @get("/find", media_type=MediaType.HTML)
    async def find(request: Request[Any, Any, Any]) -> Answer:
        """What somebody finds by the words of ``?q=``."""

        async def work(reader: Reader) -> Answer:
            words = request.query_params.get("q", "").strip()[:_LONGEST]
            found = await found_for(serving.asking, reader, words) if words else []
            if request.headers.get("hx-target") == "found":
                return serving.part(request, reader, "console/found.html", found=found, sought=words)
            return serving.page(request, reader, "console/find.html", found=found, sought=words)

        return await serving.answer(request, work)

    return [find]
