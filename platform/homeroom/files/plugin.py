"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    import click
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host
    from homeroom.jobs import Job
    from homeroom.personal_data import PersonalData

__all__ = ["plugin"]


class FilesPlugin(Plugin):
    """Files of schools, fetched by those to whom a row shows them."""

    name = "files"
    title = "Files"
    requires = ("tenants", "jobs")
    migrations = "homeroom.files.migrations"
    ungranted: ClassVar = {"files.content.drop": "contents are removed in the name of the installation"}
    host_part = True

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        """Removing contents."""
        from homeroom.files.forgetting import JOBS

        return JOBS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.files.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def routes(self, host: Host) -> Sequence[ControllerRouterHandler]:
        """``/files/{id}``."""
        from homeroom.files.routes import routes

        return routes(host)

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom files``."""
        from homeroom.files.cli import files

        return [files]


plugin = FilesPlugin()
