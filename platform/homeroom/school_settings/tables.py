"""The base of tables of settings."""

from __future__ import annotations

import enum
from typing import Any, ClassVar

from piccolo.columns import Boolean

from homeroom.columns import kind_of
from homeroom.database.tables import SchoolTable
from homeroom.errors import ConfigurationError

__all__ = ["SettingsTable", "defaults_of"]


class SettingsTable(SchoolTable):
    """One row per school, each of whose columns has a default or can be empty.

    Its migration has the column ``"singleton": "boolean NOT NULL DEFAULT true CHECK (singleton)"`` with
    ``unique=[("singleton",)]``; ``homeroom migrations new`` writes both.
    """

    abstract: ClassVar[bool] = True
    unique: ClassVar = (("singleton",),)

    singleton = Boolean(default=True)

    def __init_subclass__(cls, tablename: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(tablename=tablename, **kwargs)
        name = cls._meta.tablename
        if not name.endswith("_settings"):
            raise ConfigurationError(f"a table of settings has a name that ends in _settings: {name}")
        for column, default in defaults_of(cls).items():
            if default is None and not getattr(cls, column)._meta.null:
                raise ConfigurationError(f"{name}.{column}: a setting has a default, or can be empty")


def defaults_of(table: type[SettingsTable]) -> dict[str, Any]:
    """Column to default of what people set."""
    found = {}
    for column in table._meta.columns:
        if kind_of(column) is not None and column._meta.name != "version":
            default = column._meta.params.get("default")
            found[column._meta.db_column_name] = default.value if isinstance(default, enum.Enum) else default
    return found
