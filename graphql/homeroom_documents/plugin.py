"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom import Plugin, hookimpl

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["plugin"]

_PRESS = "documents.press"


class DocumentsPlugin(Plugin):
    """Papers as PDF, lists as XLSX and CSV."""

    name = "documents"
    title = "Papers and lists"
    requires = ("graphql",)
    host_part = True

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """``/documents`` and ``/lists``."""
        from homeroom_documents.pdf import PaperPress
        from homeroom_documents.routes import routes

        press = host.services[_PRESS] = PaperPress()
        return routes(host, press)

    @hookimpl
    async def shutdown(self, host: Host) -> None:
        """Stop the press."""
        press = host.services.pop(_PRESS, None)
        if press is not None:
            press.close()


plugin = DocumentsPlugin()
