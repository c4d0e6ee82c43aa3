"""All rows about one person, over the plugins that are installed, whether a space has switched them on or off."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from homeroom.database.tables import reference_of
from homeroom.errors import Refusal
from homeroom.personal_data import ACCOUNT, REFERRED, ROW, Act, PersonalData
from homeroom.refusals import ONE_OF

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.data_categories import DataCategory
    from homeroom.host import Host

__all__ = ["Found", "declared_by", "find_referred", "find_rows", "kinds_of", "subject_of"]


@dataclass(slots=True)
class Found:
    """The rows about a person.

    Args:
        subject: What the person is.
        person: The person.
        rows: Table name to ids.
        categories: Of which categories they are; none if they are all.
    """

    subject: PersonalData
    person: UUID
    rows: dict[str, list[UUID]] = field(default_factory=dict)
    categories: frozenset[DataCategory] | None = None

    def add(self, table: str, ids: Sequence[UUID]) -> None:
        """Note rows; what was found another way already is noted once."""
        if ids:
            self.rows[table] = list(dict.fromkeys([*self.rows.get(table, ()), *ids]))

    @property
    def ids(self) -> list[UUID]:
        """The ids of all rows; of all categories, the person's own among them."""
        own = [self.person] if self.categories is None else []
        return list(dict.fromkeys([*own, *(row for rows in self.rows.values() for row in rows)]))


def declared_by(host: Host) -> dict[str, PersonalData]:
    """What all installed plugins declare, by table."""
    return {each.name: each for each in host.hooks.collect("personal_data")}


def kinds_of(context: Context) -> dict[str, PersonalData]:
    """The kinds of persons that the space has: name of the resource to what it was declared as."""
    declared = declared_by(context.host)
    return {
        name: declared[each.table]
        for name, each in context.variant.resources.items()
        if each.table in declared and declared[each.table].is_subject
    }


def subject_of(context: Context, kind: str, field: str = "personKind") -> PersonalData:
    """What a kind of persons was declared as. Raises Refusal for one that is none.

    Args:
        context: The context.
        kind: The name of its resource, such as ``Student``.
        field: The input field that named it.
    """
    kinds = kinds_of(context)
    if kind not in kinds:
        raise Refusal(ONE_OF, field, options=sorted(kinds))
    return kinds[kind]


async def find_rows(context: Context, subject: PersonalData, person: UUID, *, only_own: bool = False) -> Found:
    """Find the rows.

    Args:
        context: The context.
        subject: What the person is.
        person: The id.
        only_own: Leave out what is others' as well: rows of an account that stands for several persons, and files to
            which rows refer that are not about this one.
    """
    declared = declared_by(context.host)
    found = Found(subject, person)
    for each in declared.values():
        for path in each.paths:
            if path[0] != "@" and (condition := _condition(each, path, subject, declared)) is not None:
                rows = await context.fetch(f"SELECT t.id FROM {each.name} t WHERE {condition} ORDER BY t.id", person)
                found.add(each.name, [row["id"] for row in rows])
    await _of_accounts(context, declared, found, only_own=only_own)
    for each in declared.values():
        for path in each.paths:
            if path.startswith(ROW):
                column = path.removeprefix(ROW)
                sql = f"SELECT t.id FROM {each.name} t WHERE t.{column} = ANY($1::uuid[]) ORDER BY t.id"
                found.add(each.name, [row["id"] for row in await context.fetch(sql, found.ids)])
    for each in declared.values():
        if REFERRED in each.paths:
            found.add(each.name, await find_referred(context, declared, found, each, only_own=only_own))
    return found


def _condition(
    declared: PersonalData, path: str, subject: PersonalData, by_name: dict[str, PersonalData]
) -> str | None:
    """The condition that a row belongs to the person ``$1``; none if the path leads to persons of another kind."""
    if path == "id":
        return "t.id = $1" if declared.name == subject.name else None
    steps = path.split(".")
    tables: list[str] = []
    here = declared
    for step in steps:
        column = next(each for each in here.table._meta.columns if each._meta.db_column_name == step)
        target = reference_of(column)
        assert target is not None, path
        tables.append(target)
        here = by_name[target]
    if here.name != subject.name:
        return None
    inner = f"{steps[-1]} = $1"
    for step, table in zip(reversed(steps[:-1]), reversed(tables[:-1]), strict=True):
        inner = f"{step} IN (SELECT x.id FROM {table} x WHERE x.{inner})"
    return f"t.{inner}"


async def _of_accounts(context: Context, declared: dict[str, PersonalData], found: Found, *, only_own: bool) -> None:
    members = await context.fetch(
        "SELECT (m->>'account')::uuid AS account, (m->>'person') IS NOT DISTINCT FROM $1::uuid::text AS own"
        " FROM jsonb_array_elements(homeroom.members()) m",
        found.person,
    )
    accounts = {row["account"] for row in members if row["own"]}
    if only_own:
        accounts -= {row["account"] for row in members if not row["own"]}
    if not accounts:
        return
    for each in declared.values():
        for path in each.paths:
            if path.startswith(ACCOUNT):
                sql = f"SELECT t.id FROM {each.name} t WHERE t.{path.removeprefix(ACCOUNT)} = ANY($1::uuid[])"
                found.add(each.name, [row["id"] for row in await context.fetch(sql, list(accounts))])


async def find_referred(
    context: Context, declared: dict[str, PersonalData], found: Found, target: PersonalData, *, only_own: bool
) -> list[UUID]:
    """Rows to which found ones refer.

    Args:
        context: The context.
        declared: What all plugins declare, by table.
        found: Rows.
        target: To what they refer.
        only_own: Leave out those to which others refer as well, or found ones that go on referring to them.
    """
    mine: list[UUID] = []
    others: set[UUID] = set()
    for each in declared.values():
        for column in each.table._meta.columns:
            if reference_of(column) != target.name:
                continue
            name = column._meta.db_column_name
            ids = found.rows.get(each.name, [])
            if only_own and not _lets_go(each, name, found.categories):
                ids = []
            sql = f"SELECT t.{name} AS id FROM {each.name} t WHERE t.{name} IS NOT NULL AND t.id"
            mine += [row["id"] for row in await context.fetch(f"{sql} = ANY($1::uuid[])", ids)]
            if only_own:
                others |= {row["id"] for row in await context.fetch(f"{sql} <> ALL($1::uuid[])", ids)}
    return [each for each in dict.fromkeys(mine) if each not in others]


def _lets_go(declared: PersonalData, column: str, categories: frozenset[DataCategory] | None) -> bool:
    """Whether the erasure removes the row, or the value of its column."""
    deleted = declared.erasure is not None and declared.erasure.act is Act.DELETE
    return deleted or column in declared.blank_in(categories)
