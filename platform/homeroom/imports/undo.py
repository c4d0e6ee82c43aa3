"""Undoing an import as a whole, while nothing refers to what it created and nobody has changed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from homeroom.audit import AuditTrail
from homeroom.before_writing import ask_before_writing
from homeroom.custom import PREFIX
from homeroom.database.rows import Rows
from homeroom.errors import Problem, Refusal
from homeroom.imports.exchanging import write_exchanging
from homeroom.imports.own_fields import restore_own_values
from homeroom.imports.references import table_named
from homeroom.imports.refusals import CHANGED_SINCE, LOGINS_REST, NAMELESS_CHANGED_SINCE, RESTS_ON_IMPORT
from homeroom.imports.report import MOST_NAMES, Report
from homeroom.imports.stored import has_names, names_of
from homeroom.imports.values import typed_values
from homeroom.personal_data import ROW
from homeroom.refusals import Label
from homeroom.removal import noun_of, references_to, remove_belonging

if TYPE_CHECKING:
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["undo_run"]

_FIELD: Final = "import_run"
#: Tables that only say what was done to rows.
_OWN: Final = frozenset({"import_run", "import_change", "import_name", "audit_line"})
#: Columns that count changes and mean nothing by themselves.
_COUNTERS: Final = frozenset({"version"})
#: Columns of which rows may have exchanged unique values.
_EXCHANGED: Final = frozenset({"name", "code"})
#: Names that a refusal lists.
_MOST_LISTED: Final = 10

#: Changes after a run, apart from those of the run itself and of imports that were undone: an entry of an import speaks
#: of its run. Ids rise with time.
_CHANGED_SINCE: Final = """
SELECT DISTINCT l.noun, l.row_id FROM audit_line l
WHERE l.row_id = ANY($1::uuid[]) AND l.old_values IS NOT NULL AND l.entry_id > $2
  AND l.entry_id NOT IN (
    SELECT a.entry_id FROM audit_line a JOIN import_run r ON r.id = a.row_id
    WHERE a.noun = 'import_run' AND (r.id = $2 OR r.kind = 'undo'
      OR EXISTS (SELECT FROM import_run u WHERE u.undoes_id = r.id)))
"""

Changes = Mapping[UUID, tuple[dict[str, Any], dict[str, Any]]]


async def undo_run(context: Context, run: UUID) -> Report:
    """Take back everything that a run did.

    Rows that it created are removed; values that it changed are set back where they still are what the run wrote; rows
    that it removed come back.

    Args:
        context: A command's.
        run: The run.

    Returns:
        What was removed, restored and returned, and what stays because somebody changed it since.

    Raises:
        Refusal: Something refers to a row that the run created, or somebody has changed it since; it is named.
    """
    made, changed, removed = await _changes(context, run)
    await _ask(context, made, changed, removed)
    own = _own_values(changed)
    for name in _records(context) & {*made, *changed, *removed}:
        await _restore_records(context, name, made.pop(name, []), changed.pop(name, {}), removed.pop(name, []))
    references = _references(context, [table_named(name) for name in made])
    report = Report()
    for heading in ("removed", "restored", "returned", "kept"):
        report.counts[heading] = Counter()
    # What was changed to refer to a new row refers to its old one first; the new one would be in use otherwise.
    for name, rows_of in changed.items():
        referring = {each["column_name"] for each in references if each["child"] == name}
        if referring:
            await _restore(context, Report(), name, rows_of, only=referring)
    await context.call_hook("import_undoing", made=made)
    await _refuse_resting(context, run, made, references)
    await _name(context, report, made)
    await remove_belonging(context, [row for rows in made.values() for row in rows])
    for name in _children_first(made, references):
        report["removed"][name] = len(await context.rows(table_named(name), asks=False).delete_many(made[name]))
    for name, rows_of in changed.items():
        await _restore(context, report, name, rows_of)
    for name, values in own.items():
        resource = context.variant.by_table[name].name
        report["restored"][name] += sum(not changed[name][row][0] for row in values)
        await _name_kept(context, report, name, await restore_own_values(context, resource, values))
    for name in reversed(_children_first(removed, _references(context, [table_named(name) for name in removed]))):
        rows = [typed_values(table_named(name), each) for each in removed[name]]
        await context.rows(table_named(name), asks=False).insert(rows)
        report["returned"][name] = len(rows)
    await context.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return report


async def _ask(
    context: Context,
    made: Mapping[str, Sequence[UUID]],
    changed: Mapping[str, Mapping[UUID, Any]],
    removed: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Let plugins refuse what is undone, such as a change of what was approved since."""
    for name in {**made, **changed, **removed}:
        going = await context.fetch(f"SELECT * FROM {name} WHERE id = ANY($1::uuid[])", made.get(name, ()))
        new = [*removed.get(name, ()), *going]
        await ask_before_writing(context, name, list(changed.get(name, ())), new, _FIELD)


async def _changes(
    context: Context, run: UUID
) -> tuple[dict[str, list[UUID]], dict[str, dict[UUID, Any]], dict[str, list[dict[str, Any]]]]:
    """What the run created, changed and removed, by table."""
    made: dict[str, list[UUID]] = {}
    changed: dict[str, dict[UUID, Any]] = {}
    removed: dict[str, list[dict[str, Any]]] = {}
    for row in await context.fetch(
        "SELECT table_name, row_id, old_values::text AS old, new_values::text AS new FROM import_change"
        " WHERE run_id = $1",
        run,
    ):
        table = row["table_name"]
        if row["old"] is None:
            made.setdefault(table, []).append(row["row_id"])
        elif row["new"] is None:
            removed.setdefault(table, []).append({"id": row["row_id"], **msgspec.json.decode(row["old"])})
        else:
            old, new = msgspec.json.decode(row["old"]), msgspec.json.decode(row["new"])
            changed.setdefault(table, {})[row["row_id"]] = old, new
    return made, changed, removed


def _own_values(changed: dict[str, dict[UUID, Any]]) -> dict[str, dict[UUID, Any]]:
    """Take the values of the school's own fields out of what changed, by table."""
    taken: dict[str, dict[UUID, Any]] = {}
    for name, rows in changed.items():
        for row, values in list(rows.items()):
            own = tuple({key: each[key] for key in each if key.startswith(PREFIX)} for each in values)
            if own[0]:
                taken.setdefault(name, {})[row] = own
                rows[row] = tuple({key: each[key] for key in each if not key.startswith(PREFIX)} for each in values)
    return taken


def _records(context: Context) -> set[str]:
    """Tables in which plugins keep what files said, as they declare them."""
    return {name for plugin in context.host.registry.in_order() for name in plugin.import_records}


async def _restore_records(
    context: Context, name: str, made: Sequence[UUID], changed: Changes, removed: Sequence[Mapping[str, Any]]
) -> None:
    """Set back what a plugin keeps of files, so that the next import is compared with the one before this."""
    table = table_named(name)
    rows = Rows(table, context.transaction, AuditTrail(context.running))  # it is no change of the school's rows
    await rows.delete_many(made)
    by_columns: dict[frozenset[str], list[dict[str, Any]]] = {}
    for row, (old, _) in changed.items():
        by_columns.setdefault(frozenset(old), []).append({"id": row, **typed_values(table, old)})
    for each in by_columns.values():
        await rows.update_many(each)
    await rows.insert([typed_values(table, each) for each in removed])


def _references(context: Context, parents: Iterable[type[SchoolTable]]) -> list[dict[str, str]]:
    """The columns that refer to tables: each with its table, its name and the table that it refers to."""
    return [
        {"child": child._meta.tablename, "column_name": column, "parent": parent._meta.tablename}
        for parent in parents
        for child, column in references_to(context.host, parent)
    ]


async def _refuse_resting(
    context: Context, run: UUID, made: Mapping[str, list[UUID]], references: Sequence[Mapping[str, str]]
) -> None:
    """Refuse where a row refers to one that the run created, or where somebody has changed one since."""
    resting: Counter[str] = Counter()
    for each in references:
        child = each["child"]
        if child not in _OWN:
            resting[child] += await _count(context, child, each["column_name"], made[each["parent"]], made)
    ids = [row for rows in made.values() for row in rows]
    for declared in context.host.hooks.collect("personal_data"):
        for path in declared.paths:
            if path.startswith(ROW) and "." not in path and declared.name not in (*_OWN, "custom_value"):
                resting[declared.name] += await _count(context, declared.name, path.removeprefix(ROW), ids, made)
    problems = [
        Problem(RESTS_ON_IMPORT, _FIELD, count=number, noun=Label(table.replace("_", " ")))
        for table, number in sorted(resting.items())
        if number
    ]
    logins = await context.fetch(
        "SELECT m ->> 'login' AS login FROM jsonb_array_elements(homeroom.members()) m"
        " WHERE (m ->> 'person')::uuid = ANY($1::uuid[])",
        ids,
    )
    if logins:
        problems.append(Problem(LOGINS_REST, _FIELD, people=sorted(row["login"] for row in logins)[:_MOST_LISTED]))
    problems += await _changed_since(context, run, made)
    if problems:
        raise Refusal.of(problems)


async def _count(
    context: Context, table: str, column: str, rows: Sequence[UUID], made: Mapping[str, Sequence[UUID]]
) -> int:
    """How many rows of a table that the run did not create have one of these ids in a column."""
    return int(
        await context.fetchval(
            f"SELECT count(*) FROM {table} WHERE {column} = ANY($1::uuid[]) AND NOT id = ANY($2::uuid[])",
            list(rows),
            list(made.get(table, [])),
        )
    )


async def _changed_since(context: Context, run: UUID, made: Mapping[str, list[UUID]]) -> list[Problem]:
    """Rows that the run created and somebody has changed since, by name: that work would be lost."""
    ids = [row for rows in made.values() for row in rows]
    changed: dict[str, list[UUID]] = {}
    for row in await context.fetch(_CHANGED_SINCE, ids, run):
        if row["row_id"] in made.get(row["noun"], ()):
            changed.setdefault(row["noun"], []).append(row["row_id"])
    problems = []
    for table, rows in sorted(changed.items()):
        resource = context.variant.by_table.get(table)
        noun = Label(noun_of(context, table_named(table)))
        if resource is None or not has_names(resource):
            problems.append(Problem(NAMELESS_CHANGED_SINCE, _FIELD, noun=noun, count=len(rows)))
            continue
        names = sorted((await names_of(context, resource, rows[:_MOST_LISTED])).values())
        shown = [*names, *(["…"] if len(rows) > _MOST_LISTED else [])]
        problems.append(Problem(CHANGED_SINCE, _FIELD, noun=noun, names=shown))
    return problems


async def _name(context: Context, report: Report, made: Mapping[str, list[UUID]]) -> None:
    """Name what is removed, where it has a name."""
    for table, rows in made.items():
        resource = context.variant.by_table.get(table)
        if resource is None or not has_names(resource):
            continue
        names = await names_of(context, resource, rows[:MOST_NAMES])
        for name in sorted(names.values()):
            report.name("removed", table, name)


def _children_first(tables: Mapping[str, Any], references: Sequence[Mapping[str, str]]) -> list[str]:
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
    context: Context, report: Report, name: str, changed: Changes, *, only: Collection[str] = ()
) -> None:
    """Set back the values that still are what the run wrote, of all columns or of some."""
    table = table_named(name)
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
    kept: list[UUID] = []
    for row_id, (old, new) in changed.items():
        have = now.get(row_id)
        if have is None:
            continue
        before = {column: value for column, value in old.items() if column in columns}
        back = {column: value for column, value in before.items() if _same(have[column], new[column], value)}
        if len(back) < len(before):
            kept.append(row_id)
        rows[row_id] = {column: back.get(column, have[column]) for column in columns}
    in_the_way: dict[str, set[UUID]] = {}
    for column in _EXCHANGED & set(columns):
        leaving = {now[row][column]: row for row, back in rows.items() if back[column] != now[row][column]}
        in_the_way[column] = {
            leaving[back[column]]
            for row, back in rows.items()
            if back[column] is not None and leaving.get(back[column], row) != row
        }
    typed = {row: typed_values(table, back) for row, back in rows.items()}
    report["restored"][name] += len(await write_exchanging(context, table, typed, in_the_way))
    await _name_kept(context, report, name, kept)


async def _name_kept(context: Context, report: Report, table: str, rows: Sequence[UUID]) -> None:
    """Name the rows of which values stay because somebody changed them since."""
    if not rows:
        return
    report["kept"][table] += len(rows)
    resource = context.variant.by_table.get(table)
    if resource is not None and has_names(resource):
        for name in sorted((await names_of(context, resource, rows[:MOST_NAMES])).values()):
            report.name("kept", table, name)


def _same(have: Any, wrote: Any, old: Any) -> bool:
    """Whether a value is what the run wrote, or what it was before already; a number may be written in two ways."""
    return any(have == each or (have is not None and str(have) == str(each)) for each in (wrote, old))
