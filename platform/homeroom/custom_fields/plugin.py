"""The plugin."""

from __future__ import annotations

from typing import ClassVar

from homeroom.plugins import Plugin

__all__ = ["plugin"]


class CustomFieldsPlugin(Plugin):
    """A school's own fields on whatever it keeps."""

    name = "custom_fields"
    title = "Fields of a school's own"
    requires = ("tenants",)
    unshown_tables: ClassVar = {"custom_value": "a value is a field of the row that has it"}
    host_part = True


plugin = CustomFieldsPlugin()
