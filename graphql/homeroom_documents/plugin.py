"""The plugin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from homeroom import Plugin, Rule, hookimpl
from homeroom_documents.rights import EXPORT

if TYPE_CHECKING:
    import click
    from litestar.types import ControllerRouterHandler

    from homeroom.acceptance import Point
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
    def rights(self) -> Mapping[str, str]:
        """What is no resource and no command."""
        return {EXPORT: "Takes whole lists out of the school as files."}

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Whoever sets a space up; a domain says which of its roles may."""
        return (Rule("admin", EXPORT, "run"),)

    @hookimpl
    def acceptance_points(self) -> Sequence[Point]:
        """What papers are checked for."""
        from homeroom_documents.acceptance import PAPERS

        return [PAPERS]

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom translations``."""
        from homeroom_documents.cli import translations

        return [translations]

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
