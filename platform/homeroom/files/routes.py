"""Fetching files over HTTP."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import File

from homeroom.errors import Failure, Unavailable
from homeroom.files.addresses import PATH, find_file
from homeroom.files.keeping import storage_of
from homeroom.files.kinds import INLINE
from homeroom.files.refusals import CONTENT_LOST, NO_SUCH_FILE
from homeroom.origins import FOR_LISTED_ORIGINS

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["routes"]

#: What somebody gave a school is shown or saved, and never runs as a page of ours.
_SAFE: Final = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def routes(host: Host) -> list[ControllerRouterHandler]:
    """The routes."""

    @get(PATH + "/{file_id:uuid}", opt=FOR_LISTED_ORIGINS)
    async def fetch(request: Request[Any, Any, Any], file_id: FromPath[UUID]) -> File:
        """A file that some row shows to the caller."""
        caller = await host.directory.authenticate(request.scope)
        found = await find_file(host, caller, file_id)
        if found is None:
            raise Failure(NO_SUCH_FILE)
        name, media_type, digest = found
        path = storage_of(host).path(caller.space.id, digest)
        if not path.is_file():
            raise Unavailable(CONTENT_LOST)
        shown = "inline" if media_type in INLINE else "attachment"
        # RFC 6266, 4.3: a plain name for old clients, and the real one in UTF-8.
        plain = "".join(sign if sign.isascii() and sign not in '"\\' else "_" for sign in PurePath(name).name)
        disposition = f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        return File(path, media_type=media_type, headers={**_SAFE, "Content-Disposition": disposition})

    return [fetch]
