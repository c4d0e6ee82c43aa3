"""Style sheets, scripts and pictures of the console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File

from homeroom.files.keeping import storage_of
from homeroom_console.around import place_of
from homeroom_console.brands import CRESTS, crest_digest
from homeroom_graphql.media_types import takes_gzip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host
    from homeroom_console.assets import Assets

__all__ = ["file_routes"]

_CREST: Final = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


def file_routes(host: Host, assets: Assets) -> Sequence[ControllerRouterHandler]:
    """The route of all files.

    Args:
        host: The host.
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

    @get(CRESTS + "/{name:str}")
    async def crest(request: Request[Any, Any, Any], name: FromPath[str]) -> File:
        """The crest of the school of the host name, for everybody: pages show it before somebody signs in."""
        space = (await place_of(host, request)).space
        digest = None if space is None else await crest_digest(host, space)
        if space is None or digest is None or name != f"{digest[:16]}.jpg":
            raise NotFoundException
        path = storage_of(host).path(space.id, digest)
        if not path.is_file():
            raise NotFoundException
        return File(path, media_type="image/jpeg", content_disposition_type="inline", headers=_CREST)

    return [file, crest]
