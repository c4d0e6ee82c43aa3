"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom import Plugin, hookimpl
from homeroom_console.settings import ConsoleSettings

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

__all__ = ["plugin"]


class ConsolePlugin(Plugin):
    """Lists, details and forms of everything, and the pages that plugins add."""

    name = "console"
    title = "Console: Homeroom in the browser"
    requires = ("graphql", "documents", "approvals")
    host_part = True
    settings = ConsoleSettings

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """The pages; without the console, the address of a school leads to GraphiQL."""
        from homeroom_console.routes import console_routes, without_console

        return console_routes(host) if host.settings_of(ConsoleSettings).enabled else without_console()


plugin = ConsolePlugin()
