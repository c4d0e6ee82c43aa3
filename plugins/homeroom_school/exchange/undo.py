"""Undoing an import as a whole, while nothing rests on what it made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import msgspec

from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.errors import Problem, Refusal
from homeroom.imports.refusals import LOGINS_REST, RESTS_ON_IMPORT
from homeroom.personal_data import ROW
from homeroom.refusals import Label
from homeroom.removal import references_to
from homeroom_school.exchange.exchanging import write_exchanging
from homeroom_school.exchange.report import MOST_NAMES, Named

__all__ = ["Undone", "undo_run"]

#: Tables that only say what imports did.
_OWN: Final = frozenset({"roster_change", "roster_name", "roster_run", "roster_link", "lesson_source", "audit_line"})
_LINK: Final = "roster_link"
#: Columns that count changes and mean nothing by themselves.
_COUNTERS: Final = frozenset({"version"})
#: Columns of which rows may have exchanged unique values.
_EXCHANGED: Final = frozenset({"name", "code"})

_RESTORE_LINKS: Final = """
UPDATE roster_link l
SET row_id = (n.was ->> 'row_id')::uuid, position = (n.was ->> 'position')::int, made = (n.was ->> 'made')::boolean,
    present = (n.was ->> 'present')::boolean, ended_on = (n.was ->> 'ended_on')::date, record = n.was -> 'record'
FROM (SELECT u.id, u.was::jsonb AS was FROM unnest($1::uuid[], $2::text[]) AS u (id, was)) n WHERE l.id = n.id
"""


@dataclass(slots=True)
class Undone:
    """What undoing a run did.

    Args:
        removed: Rows that the run had made, by table.
        restored: Rows that the run had changed, by table.
        returned: Rows that the run had removed, by table.
        kept: Rows of which somebody changed values since; these stay.
        named: The rows by name.
    """

    removed: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    named: list[Named] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The counts."""
        return {
            name: {table: number for table, number in sorted(getattr(self, name).items()) if number}
            for name in ("removed", "restored", "returned", "kept")
        }


async def undo_run(context: Context, run: UUID) -> Undone:
    """Take back everything that a run did.

    Rows that it made are removed; values that it changed are set back where they still are what the run wrote; rows
    that it removed come back. The links of its system are again as before it, so that the next import is compared with
    the one before this.

    Args:
        context: A command's.
        run: The run.

    Raises:
        Refusal: Something rests on what the run made, with its name.
    """
    changes = await context.fetch(
        "SELECT table_name, row_id, old_values::text AS old, new_values::text AS new FROM roster_change"
        " WHERE run_id = $1",
        run,
    )
    made: dict[str, list[UUID]] = {}
    changed: dict[str, dict[UUID, tuple[dict[str, Any], dict[str, Any]]]] = {}
    removed: dict[str, list[dict[str, Any]]] = {}
    for row in changes:
        table = row["table_name"]
        if row["old"] is None:
            made.setdefault(table, []).append(row["row_id"])
        elif row["new"] is None:
            removed.setdefault(table, []).append({"id": row["row_id"], **msgspec.json.decode(row["old"])})
        else:
            old, new = msgspec.json.decode(row["old"]), msgspec.json.decode(row["new"])
            changed.setdefault(table, {})[row["row_id"]] = old, new
    await _links(context, made.pop(_LINK, []), changed.pop(_LINK, {}))
    tables = {table._meta.tablename: table for table in _all_tables(SchoolTable)}
    references = _references(context, [tables[name] for name in made])
    done = Undone()
    # What was changed to refer to a new row refers to its old one first; the new one would be in use otherwise.
    for name, rows_of in changed.items():
        referring = {each["column_name"] for each in references if each["child"] == name}
        if referring:
            await _restore(context, Undone(), tables[name], rows_of, only=referring)
    await context.host.hooks.each("import_undoing", only=context.variant.plugins, context=context, made=made)
    await _refuse_resting(context, made, references)
    await _name(context, done, made)
    for name in _children_first(made, references):
        done.removed[name] = len(await context.rows(tables[name]).delete_many(made[name]))
    for name, rows_of in changed.items():
        await _restore(context, done, tables[name], rows_of)
    for name in reversed(_children_first(removed, _references(context, [tables[name] for name in removed]))):
        rows = [_typed(tables[name], each) for each in removed[name]]
        await context.rows(tables[name]).insert(rows)
        done.returned[name] = len(rows)
    await context.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return done


def _references(context: Context, parents: Iterable[type[SchoolTable]]) -> list[dict[str, str]]:
    """The columns that refer to tables: each with its table, its name and the table that it refers to."""
    return [
        {"child": child._meta.tablename, "column_name": column, "parent": parent._meta.tablename}
        for parent in parents
        for child, column in references_to(context.host, parent)
    ]


def _all_tables(table: type[SchoolTable]) -> Iterable[type[SchoolTable]]:
    for each in table.__subclasses__():
        yield each
        yield from _all_tables(each)


async def _links(
    context: Context, made: Sequence[UUID], changed: Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    await context.execute("DELETE FROM roster_link WHERE id = ANY($1::uuid[])", list(made))
    await context.execute(
        _RESTORE_LINKS, list(changed), [msgspec.json.encode(old).decode() for old, _ in changed.values()]
    )


async def _refuse_resting(context: Context, made: Mapping[str, list[UUID]], references: Sequence[Any]) -> None:
    """Refuse where a row that the run did not make refers to one that it made."""
    resting: Counter[str] = Counter()
    for each in references:
        child = each["child"]
        if child in ("roster_change", "roster_name"):
            continue
        number = await context.fetchval(
            f"SELECT count(*) FROM {child} WHERE {each['column_name']} = ANY($1::uuid[]) AND NOT id = ANY($2::uuid[])",
            made[each["parent"]],
            made.get(child, []),
        )
        resting[child] += number
    ids = [row for rows in made.values() for row in rows]
    for declared in context.host.hooks.collect("personal_data"):
        for path in declared.paths:
            if path.startswith(ROW) and declared.name not in _OWN:
                column = path.removeprefix(ROW)
                resting[declared.name] += await context.fetchval(
                    f"SELECT count(*) FROM {declared.name} WHERE {column} = ANY($1::uuid[])"
                    " AND NOT id = ANY($2::uuid[])",
                    ids,
                    made.get(declared.name, []),
                )
    resting["roster_link"] += await context.fetchval(
        "SELECT count(*) FROM roster_link WHERE row_id = ANY($1::uuid[])", ids
    )
    logins = await context.fetch(
        "SELECT m ->> 'login' AS login FROM jsonb_array_elements(homeroom.members()) m"
        " WHERE (m ->> 'person')::uuid = ANY($1::uuid[])",
        ids,
    )
    problems = [
        Problem(RESTS_ON_IMPORT, "roster_run", count=number, noun=Label(_words(table)))
        for table, number in sorted(resting.items())
        if number
    ]
    if logins:
        shown = ", ".join(sorted(row["login"] for row in logins)[:10])
        problems.append(Problem(LOGINS_REST, "roster_run", people=shown))
    if problems:
        raise Refusal.of(problems)


def _words(table: str) -> str:
    return table.replace("_", " ")


async def _name(context: Context, done: Undone, made: Mapping[str, list[UUID]]) -> None:
    """Name the people and classes that go."""
    for noun in ("student", "staff", "guardian", "school_class", "school_year"):
        column = "name" if noun in ("school_class", "school_year") else "full_name"
        rows = await context.fetch(
            f"SELECT {column} AS name FROM {noun} WHERE id = ANY($1::uuid[]) ORDER BY 1 LIMIT {MOST_NAMES}",
            made.get(noun, []),
        )
        done.named += [Named("removed", noun, row["name"]) for row in rows]


def _children_first(tables: Mapping[str, Any], references: Sequence[Any]) -> list[str]:
    """The tables in an order in which rows that refer to others come before them."""
    children = {
        name: {each["child"] for each in references if each["parent"] == name and each["child"] in tables} - {name}
        for name in tables
    }
    order: list[str] = []
    while len(order) < len(children):
        free = sorted(name for name in children if name not in order and children[name] <= set(order))
        if not free:
            raise ValueError(f"tables refer to each other in a circle: {sorted(set(children) - set(order))}")
        order += free
    return order


async def _restore(
    context: Context,
    done: Undone,
    table: type[SchoolTable],
    changed: Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]],
    *,
    only: Collection[str] = (),
) -> None:
    """Set back the values that still are what the run wrote, of all columns or of some."""
    name = table._meta.tablename
    columns = sorted({column for old, _ in changed.values() for column in old} - _COUNTERS)
    columns = [column for column in columns if not only or column in only]
    if not columns:
        return
    now = {
        row["id"]: msgspec.json.decode(row["row"])
        for row in await context.fetch(
            f"SELECT t.id, to_jsonb(t)::text AS row FROM {name} t WHERE t.id = ANY($1::uuid[]) FOR UPDATE",
            list(changed),
        )
    }
    rows: dict[UUID, dict[str, Any]] = {}
    for row_id, (old, new) in changed.items():
        have = now.get(row_id)
        if have is None:
            continue
        told = {column: value for column, value in old.items() if column in columns}
        back = {column: value for column, value in told.items() if _same(have[column], new[column], value)}
        done.kept[name] += len(back) < len(told)
        rows[row_id] = {column: back.get(column, have[column]) for column in columns}
    in_the_way: dict[str, set[UUID]] = {}
    for column in _EXCHANGED & set(columns):
        leaving = {now[row][column]: row for row, back in rows.items() if back[column] != now[row][column]}
        in_the_way[column] = {
            leaving[back[column]]
            for row, back in rows.items()
            if back[column] is not None and leaving.get(back[column], row) != row
        }
    typed = {row: _typed(table, back) for row, back in rows.items()}
    done.restored[name] += len(await write_exchanging(context, table, typed, in_the_way))


def _same(have: Any, wrote: Any, old: Any) -> bool:
    """Whether a value is what the run wrote, or what it was before already; a number may be written in two ways."""
    return any(have == each or (have is not None and str(have) == str(each)) for each in (wrote, old))


def _typed(table: type[SchoolTable], values: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values as those that statements take."""
    types = {column._meta.db_column_name: column for column in table._meta.columns}
    typed: dict[str, Any] = {}
    for name, value in values.items():
        column = types[name]
        if value is None:
            typed[name] = None
        elif column.column_type in ("JSON", "JSONB"):
            typed[name] = msgspec.json.encode(value).decode()
        else:
            typed[name] = msgspec.convert(value, column.value_type, strict=False)
    return typed
