"""Style sheets, scripts and pictures of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from homeroom_graphql.media_types import takes_gzip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.assets import Assets

__all__ = ["file_routes"]


def file_routes(assets: Assets) -> Sequence[ControllerRouterHandler]:
    """The route of all files.

    Args:
        assets: The files.
    """

    @get("/console/assets/{name:path}", sync_to_thread=False)
    def file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
        """A file. Its address changes with its content, so browsers keep it for ever."""
        found = assets.at(request.url.path)
        if found is None:
            raise NotFoundException
        headers = {
            "cache-control": "public, max-age=31536000, immutable",
            "vary": "Accept-Encoding",
            "x-content-type-options": "nosniff",
        }
        content = found.content
        if takes_gzip(request.headers.get("accept-encoding", "").encode()):
            content, headers["content-encoding"] = found.compressed, "gzip"
        return Response(content, media_type=found.media_type, headers=headers)

    return [file]
