"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin


class PurchasesPlugin(Plugin):
    """Purchases that people ask for."""

    name = "purchases"
    title = "Purchases"
    requires = ("school", "approvals")
