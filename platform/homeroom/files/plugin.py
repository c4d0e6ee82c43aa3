"""The plugin."""

from __future__ import annotations

from typing import ClassVar

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class FilesPlugin(Plugin):
    """Files of schools, fetched by those to whom a row shows them."""

    name = "files"
    title = "Files"
    requires = ("tenants", "jobs")
    system_only: ClassVar = {"files.content.drop": "contents are removed in the name of the installation"}
    host_part = True


plugin = FilesPlugin()
