"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class AuditPlugin(Plugin):
    """What a space can see of its audit, and its proof."""

    name = "audit"
    title = "Audit: who did what, and proof that nobody altered it"
    requires = ("tenants",)  # whose roles may see it
    host_part = True


plugin = AuditPlugin()
