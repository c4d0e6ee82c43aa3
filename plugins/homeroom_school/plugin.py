"""The plugin of the registry: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom_school import hookspecs
from homeroom_school.global_tables import GLOBAL_TABLES

if TYPE_CHECKING:
    import click
    from litestar.types import ControllerRouterHandler

    from homeroom.background import Background
    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.documents import Document
    from homeroom.host import Host
    from homeroom.permissions import Rule
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource

__all__ = ["SchoolPlugin", "plugin"]


class SchoolPlugin(Plugin):
    """The registry of a school."""

    name = "school"
    title = "Registry: years, classes, subjects and people"
    requires = ("files",)
    migrations = "homeroom_school.migrations"
    locale = Path(__file__).parent / "locale"
    hookspecs = (hookspecs,)
    global_tables = GLOBAL_TABLES
    unshown_tables: ClassVar[Mapping[str, str]] = {
        "lesson_source": "what a file said of a lesson, for the next file to be compared with",
        "roster_change": "what an import did to rows, for its undoing; the audit shows the same",
        "roster_name": "shown by the report of its run",
    }

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        from homeroom_school.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def commands(self) -> Sequence[Command]:
        from homeroom_school.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def documents(self) -> Sequence[Document]:
        from homeroom_school.documents import DOCUMENTS

        return DOCUMENTS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom_school.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        from homeroom_school.permissions import RULES

        return RULES

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        from homeroom_school.permissions import ROLE_TITLES

        return ROLE_TITLES

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        from homeroom_school.cli import COMMANDS

        return COMMANDS

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        from homeroom_school.names import load_readings
        from homeroom_school.routes import routes

        load_readings()
        return routes(host)

    @hookimpl
    def background(self, host: Host) -> Sequence[Background]:
        from homeroom.background import Background
        from homeroom_school.transfers.rounds import SECONDS, TransferRounds

        return [Background("transfers between schools", SECONDS, TransferRounds(host).run)]

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        from homeroom_school.presets import set_up

        if context.space.kind == "school":
            await set_up(context, options)


plugin = SchoolPlugin()
