"""The plugin ``transfers``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from typing import ClassVar

from homeroom.plugins import Plugin


class TransfersPlugin(Plugin):
    """Students from one school of the installation to another."""

    name = "transfers"
    title = "Transfers between schools of the installation"
    requires = ("school", "photos")
    global_tables: ClassVar = {
        "school_parcel": "on its way from one school to another, and gone once both know the answer",
        "school_parcel_file": "a part of the parcel",
    }


plugin = TransfersPlugin()
