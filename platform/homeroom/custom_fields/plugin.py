"""The plugin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from homeroom.hookspecs import hookimpl
from homeroom.permissions import EVERYBODY, Rule
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Resource

__all__ = ["plugin"]


class CustomFieldsPlugin(Plugin):
    """A school's own fields on whatever it keeps."""

    name = "custom_fields"
    title = "Fields of a school's own"
    requires = ("tenants",)
    migrations = "homeroom.custom_fields.migrations"
    locale = Path(__file__).parent / "locale"
    unshown_tables: ClassVar = {"custom_value": "a value is a field of the row that has it"}
    host_part = True

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        """The definitions."""
        from homeroom.custom_fields.resources import CUSTOM_FIELD

        return [CUSTOM_FIELD]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        """Defining fields, writing values."""
        from homeroom.custom_fields.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom.custom_fields.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        """Everybody sees what fields there are, and whoever looks after a space defines them."""
        return [
            Rule(EVERYBODY, "CustomField"),
            *(Rule(role, "custom_fields.*", "run") for role in ("admin", "district_admin")),
        ]


plugin = CustomFieldsPlugin()
