"""How declared codes reach schools: those that switch a plugin on, and those that have it when it is updated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.code_tables.tables import CodeLayer, CodeValue
from homeroom.languages import ENGLISH

if TYPE_CHECKING:
    from homeroom.code_tables.declare import CodeTable, Titles
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.hooks import Hooks

__all__ = ["add_to_all", "add_to_space", "codes_for"]

_COLUMNS: Final = ("code_table", "code", "title", "titles", "layer", "position", "active")
# Schools that have the same plugins, region and language get the same codes.
_ALIKE: Final = """
SELECT region, locale, plugins, array_agg(id) AS spaces FROM homeroom.space WHERE kind = 'school'
GROUP BY region, locale, plugins
"""
_ADD: Final = f"""
INSERT INTO code_value (tenant_id, id, {", ".join(_COLUMNS)})
SELECT s.space, gen_random_uuid(), {", ".join(f"n.{each}" for each in _COLUMNS)}
FROM unnest($1::uuid[]) AS s (space)
CROSS JOIN unnest($2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::smallint[], $8::boolean[])
    AS n ({", ".join(_COLUMNS)})
ON CONFLICT (tenant_id, code_table, code) DO NOTHING
"""


def codes_for(tables: Sequence[CodeTable], region: str, language: str) -> list[dict[str, Any]]:
    """The rows of :class:`CodeValue` that a school starts with.

    Args:
        tables: What the school's plugins declare.
        region: Of the school.
        language: Of the school, as a BCP 47 tag.
    """
    applicable = [each for each in tables if each.region in ("", region)]
    unused = {(each.name, code) for each in applicable for code in each.unused}
    rows = []
    for table in sorted(applicable, key=lambda each: each.region):
        layer = CodeLayer.REGION if table.region else CodeLayer.STANDARD
        for position, (code, texts) in enumerate(table.codes.items(), start=1):
            rows.append(
                {
                    "code_table": table.name,
                    "code": code,
                    "title": title_in(language, texts),
                    "titles": msgspec.json.encode(dict(texts)).decode(),
                    "layer": layer.value,
                    "position": position,
                    "active": (table.name, code) not in unused,
                }
            )
    return rows


async def add_to_space(context: Context) -> None:
    """Add the declared codes that a school does not have; those that it has stay as they are."""
    if context.space.kind != "school":
        return
    known = {(row["code_table"], row["code"]) for row in await context.fetch("SELECT code_table, code FROM code_value")}
    declared = context.host.hooks.collect_by_plugin("code_tables")
    rows = codes_for(_tables_of(declared, context.variant.plugins), context.space.region, context.space.locale)
    await context.rows(CodeValue).insert([each for each in rows if (each["code_table"], each["code"]) not in known])


async def add_to_all(schema: Schema, hooks: Hooks) -> None:
    """Add the declared codes that schools do not have to all of them."""
    declared = hooks.collect_by_plugin("code_tables")
    for alike in await schema.fetch(_ALIKE):
        tables = _tables_of(declared, hooks.host_parts | set(alike["plugins"]))
        rows = codes_for(tables, alike["region"], alike["locale"])
        if rows:
            await schema.execute(_ADD, alike["spaces"], *([row[each] for row in rows] for each in _COLUMNS))


def _tables_of(declared: Sequence[tuple[str, Sequence[CodeTable]]], on: Collection[str]) -> list[CodeTable]:
    """The tables of plugins that are on, with what any region adds to them: as a preset, that needs no plugin on."""
    names = {table.name for plugin, found in declared if plugin in on for table in found if not table.region}
    return [
        table for plugin, found in declared for table in found if table.name in names and (plugin in on or table.region)
    ]


def title_in(language: str, texts: Titles) -> str:
    """The text in a language: zh-Hant-HK, else zh-Hant, else zh, else English, else the first."""
    tag = language
    while tag:
        if tag in texts:
            return texts[tag]
        tag = tag.rpartition("-")[0]
    return texts.get(ENGLISH) or next(iter(texts.values()))
