"""How the rows of settings reach schools: when a plugin is switched on, and after an update that declares settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from homeroom.database.declarations import declared_tables
from homeroom.school_settings.tables import SettingsTable, defaults_of

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.plugins import Plugin, PluginRegistry

__all__ = ["add_to_all", "add_to_space"]

_ADD: Final = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table},
    $1::jsonb || jsonb_build_object('tenant_id', s.id, 'id', gen_random_uuid(), 'singleton', true, 'version', 1))).*
FROM homeroom.space s WHERE s.kind = 'school' AND ($2::text IS NULL OR $2 = ANY(s.plugins))
ON CONFLICT (tenant_id, singleton) DO NOTHING
"""


async def add_to_space(context: Context) -> None:
    """Add the rows that the school does not have."""
    for plugin in context.host.registry.in_order(context.variant.plugins):
        for table in _settings_of(plugin) if context.space.kind == "school" else ():
            if not await context.fetchval(f"SELECT EXISTS (SELECT FROM {table._meta.tablename})"):
                await context.rows(table).insert([defaults_of(table)])


async def add_to_all(schema: Schema, registry: PluginRegistry) -> None:
    """Add the rows that schools do not have to all of them.

    A table that no migration has made yet is left out: its author is about to write the migration.
    """
    for plugin in registry.in_order():
        for table in _settings_of(plugin):
            values = msgspec.json.encode(defaults_of(table)).decode()
            only = None if plugin.host_part else plugin.name
            if (await schema.fetch("SELECT to_regclass($1) IS NOT NULL AS made", table._meta.tablename))[0]["made"]:
                await schema.execute(_ADD.format(table=table._meta.tablename), values, only)


def _settings_of(plugin: Plugin) -> list[type[SettingsTable]]:
    if plugin.migrations is None:
        return []
    return [each for each in declared_tables(plugin) if issubclass(each, SettingsTable)]
