"""Parting a plugin: what was one becomes two, and schools keep what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeroom.database.migrations import Schema

__all__ = ["rename_commands", "switch_on_with"]


async def switch_on_with(schema: Schema, plugin: str, other: str) -> None:
    """Switch a plugin on in every space where another one is on, without its first rows: it has them already.

    For the first migration of a plugin that was a part of the other one before.

    Args:
        schema: The migration's.
        plugin: The new plugin's name.
        other: The name of the plugin that it was a part of.
    """
    for column in ("plugins", "prepared"):
        await schema.execute(
            f"UPDATE homeroom.space SET {column} = {column} || $1::text, version = version + 1"
            f" WHERE $2::text = ANY({column}) AND $1::text <> ALL({column})",
            plugin,
            other,
        )


async def rename_commands(schema: Schema, old: str, new: str) -> None:
    """Give rules of schools and districts the new names of commands; a rule for more than these holds for both then.

    Args:
        schema: The migration's.
        old: What the names began with, such as ``school.survey.``.
        new: What they begin with now, such as ``surveys.survey.``.
    """
    whole, part = (f"{each.partition('.')[0]}.*" for each in (old, new))
    for table, columns in (("space_rule", "space_id, district_id"), ("district_rule", "district_id, applied_at")):
        await schema.execute(
            f"UPDATE homeroom.{table} SET object = $2::text || substr(object, length($1::text) + 1)"
            " WHERE starts_with(object, $1)",
            old,
            new,
        )
        await schema.execute(
            f"INSERT INTO homeroom.{table} (role, object, action, scope, effect, {columns})"
            f" SELECT role, $2, action, scope, effect, {columns} FROM homeroom.{table} WHERE object = $1"
            " ON CONFLICT DO NOTHING",
            whole,
            part,
        )
        # A name that is cut short within the old plugin, such as "school.sur*".
        await schema.execute(
            f"INSERT INTO homeroom.{table} (role, object, action, scope, effect, {columns})"
            f" SELECT role, $3::text || '*', action, scope, effect, {columns} FROM homeroom.{table}"
            " WHERE right(object, 1) = '*' AND length(object) > length($1::text)"
            " AND starts_with($2::text, left(object, -1)) ON CONFLICT DO NOTHING",
            whole,
            old,
            new,
        )
