"""The plugin."""

from __future__ import annotations

from typing import ClassVar

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class ImportsPlugin(Plugin):
    """Imports of any noun, and what each of them did."""

    name = "imports"
    title = "Imports"
    requires = ("files", "jobs")
    unshown_tables: ClassVar = {
        "import_change": "what an import did to rows, for its undoing; the audit shows the same",
        "import_name": "shown by the report of its run",
    }
    import_records = frozenset({"import_link"})
    host_part = True


plugin = ImportsPlugin()
