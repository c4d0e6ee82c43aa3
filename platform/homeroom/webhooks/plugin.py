"""The plugin."""

from __future__ import annotations

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class WebhooksPlugin(Plugin):
    """Other systems that receive what is done in a school."""

    name = "webhooks"
    title = "Webhooks"
    requires = ("tenants", "audit", "jobs", "notices")
    host_part = True


plugin = WebhooksPlugin()
