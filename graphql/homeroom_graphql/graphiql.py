"""GraphiQL, served from the installation itself: it works without a network."""

from __future__ import annotations

import functools
import gzip
import mimetypes
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from homeroom_graphql.media_types import takes_gzip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

__all__ = ["graphiql_routes"]

#: What the page needs, by name: nothing else of the wheel is served.
_WHEEL = files("graphene_django_graphiql_static") / "static" / "graphene_django_graphiql_static"
_FILES = {
    name: _WHEEL / name
    for name in ("graphiql.min.css", "graphiql.min.js", "react.production.min.js", "react-dom.production.min.js")
}
_FILES["start.js"] = files(__package__) / "graphiql.js"

#: Scripts come from here alone; GraphiQL's editor sets styles of its own.
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


@get("/graphiql", media_type=MediaType.HTML, sync_to_thread=False)
def page() -> Response[str]:
    """The page."""
    text = (files(__package__) / "graphiql.html").read_text(encoding="utf-8")
    return Response(text, media_type=MediaType.HTML, headers={"content-security-policy": _POLICY})


@get("/graphiql/{name:str}", sync_to_thread=True)
def asset(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
    """One of the page's files; compressed once, for it is the same for everybody."""
    if name not in _FILES:
        raise NotFoundException
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"cache-control": "max-age=3600", "vary": "Accept-Encoding"}
    if takes_gzip(request.headers.get("accept-encoding", "").encode()):
        return Response(_compressed(name), media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return Response(_FILES[name].read_bytes(), media_type=kind, headers=headers)


@functools.cache
def _compressed(name: str) -> bytes:
    return gzip.compress(_FILES[name].read_bytes(), mtime=0)


def graphiql_routes() -> Sequence[ControllerRouterHandler]:
    """The page and its files."""
    return [page, asset]
