"""HTTP beside GraphQL: a roster as a file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from litestar import Request, Response, get

from homeroom.errors import Forbidden
from homeroom.origins import FOR_LISTED_ORIGINS
from homeroom_rosters.refusals import NO_SUCH_FILE_HERE

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host


def routes(host: Host) -> list[ControllerRouterHandler]:
    """The routes of rosters."""

    @get("/rosters/export.zip", name="rosters.roster.export", opt=FOR_LISTED_ORIGINS)
    async def export_roster_file(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The roster of the caller's school as a zip: of ``?system=``, or of the registry; in ``?format=``.

        With ``?own_fields=true`` it includes the fields that the school has added to its people.
        """
        from homeroom_rosters.commands import export_roster

        caller = await host.directory.authenticate(request.scope)
        if export_roster.name not in host.variant_of(caller.space).commands:
            raise Forbidden(NO_SUCH_FILE_HERE)
        content: str = await host.execute(
            caller,
            export_roster,
            system=request.query_params.get("system"),
            format=request.query_params.get("format"),
            own_fields=request.query_params.get("own_fields") == "true",
        )
        # The file is about children: no cache keeps it, and no browser guesses its type.
        headers = {
            "Content-Disposition": f'attachment; filename="{caller.space.slug}-roster.zip"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(base64.b64decode(content), media_type="application/zip", headers=headers)

    return [export_roster_file]
