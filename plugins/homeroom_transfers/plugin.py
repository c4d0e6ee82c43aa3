"""The plugin ``transfers``: its name and what it requires. Hooks lie in ``on``, other parts beside."""

from __future__ import annotations

from homeroom.plugins import Plugin
from homeroom_transfers.global_tables import GLOBAL_TABLES


class TransfersPlugin(Plugin):
    """Students from one school of the installation to another."""

    name = "transfers"
    title = "Transfers between schools of the installation"
    requires = ("school", "photos")
    global_tables = GLOBAL_TABLES


plugin = TransfersPlugin()
