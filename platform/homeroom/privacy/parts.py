"""The part of a person's rows that is removed with some categories, while the rest stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from homeroom.data_categories import CHOSEN, DataCategory
from homeroom.errors import Refusal
from homeroom.personal_data import REFERRED, ROW, Act, PersonalData
from homeroom.privacy.finding import Found, declared_by, find_referred
from homeroom.privacy.refusals import ERASED_WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["chosen_of", "part_of"]

_CHOSEN: Final = ", ".join(sorted(CHOSEN))


def chosen_of(categories: Collection[str] | None, field: str = "categories") -> frozenset[DataCategory] | None:
    """The categories that somebody named, or none for the whole person. Raises Refusal for what cannot go alone.

    Args:
        categories: As GraphQL or the database gave them; none or an empty list: the whole person.
        field: The input field that named them.
    """
    chosen = frozenset(DataCategory(each) for each in categories or ())
    if not chosen:
        return None
    if not chosen <= CHOSEN:
        raise Refusal(ERASED_WHOLE, field, parts=_CHOSEN)
    return chosen


async def part_of(context: Context, found: Found, categories: frozenset[DataCategory] | None) -> Found:
    """What of the rows of a person is erased with some categories.

    Rows that follow others (files, values of a school's own fields) are in it if what they belong to is removed; what
    the audit has, also if only a column of that is blanked, since its values cannot be separated by column.

    Args:
        context: The context.
        found: All rows of the person.
        categories: What is removed; none for everything.
    """
    if categories is None:
        return found
    declared = declared_by(context.host)
    part = Found(found.subject, found.person, categories=categories)
    for name, ids in found.rows.items():
        if declared[name].is_affected_by(categories):
            part.add(name, ids)
    whole = _whole_rows(declared, part, categories)
    deleted = _deleted_rows(declared, part)
    for each in declared.values():
        if each.follows and each.name in found.rows:
            touched = each.erasure is not None and each.erasure.act is Act.OTHERWISE
            mine = await _following(context, each, found, part.ids if touched else whole)
            if each.category_sql:
                own = await _own_categories(context, each, found)
                mine = {row for row in mine if row not in own} | {row for row in own if own[row] in categories}
                mine |= await _following(context, each, found, deleted)
            part.add(each.name, [row for row in found.rows[each.name] if row in mine])
    for each in declared.values():
        if REFERRED in each.paths:
            part.add(each.name, await find_referred(context, declared, part, each, only_own=True))
    return part


def _whole_rows(declared: Mapping[str, PersonalData], part: Found, categories: frozenset[DataCategory]) -> list[UUID]:
    """The rows of which nothing is left, and not just a column."""
    return [row for name, ids in part.rows.items() if declared[name].of_row & categories for row in ids]


def _deleted_rows(declared: Mapping[str, PersonalData], part: Found) -> list[UUID]:
    deleted = [name for name in part.rows if (e := declared[name].erasure) is not None and e.act is Act.DELETE]
    return [row for name in deleted for row in part.rows[name]]


async def _following(context: Context, declared: PersonalData, found: Found, rows: list[UUID]) -> set[UUID]:
    """Those of a table's found rows that belong to some rows."""
    mine: set[UUID] = set()
    for path in declared.paths:
        if path.startswith(ROW):
            condition = f"t.{path.removeprefix(ROW)} = ANY($1::uuid[]) AND t.id = ANY($2::uuid[])"
            sql = f"SELECT t.id FROM {declared.name} t WHERE {condition}"
            mine |= {row["id"] for row in await context.fetch(sql, rows, found.rows[declared.name])}
    return mine


async def _own_categories(context: Context, declared: PersonalData, found: Found) -> dict[UUID, str]:
    """The found rows of a table that have a category of their own, and which."""
    own = declared.category_sql.replace("{row}", "t")
    sql = f"SELECT t.id, {own} AS category FROM {declared.name} t WHERE t.id = ANY($1::uuid[])"
    found_rows = await context.fetch(sql, found.rows[declared.name])
    return {row["id"]: row["category"] for row in found_rows if row["category"] is not None}
