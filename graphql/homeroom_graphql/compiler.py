"""From a selection to SQL: however deep it goes, one statement whose value is the JSON of the answer.

Every row is reached through its resource's visible rows, every field through its own permission; what may
not be read becomes null and one error in the plan. Aliases are ``t1``, ``t2``, ...; parameters are numbered as they
appear, and ``$1`` is always the signed context.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, TypeVar

from homeroom.database.sql import DENIED, fill, within
from homeroom.resources import EVERYTHING, Field, Leaf, Relation, Resource, camel_case
from homeroom_graphql.arguments import Given, field_arguments
from homeroom_graphql.implied import by_reference, seen_with
from homeroom_graphql.inputs import NO_ID, decode_id
from homeroom_graphql.json_text import JsonText, json_value
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.plans import Getter, LeafUse, Plan, Run
from homeroom_graphql.selections import collect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphql import FieldNode, FragmentDefinitionNode

    from homeroom.permissions import Access
    from homeroom.variants import Variant

Part = TypeVar("Part")

__all__ = ["MAX_FIELDS", "Compiler", "Denied"]

#: Fields of one operation after fragments are resolved; a bound on the length of the statement.
MAX_FIELDS = 2_000
MAX_DEPTH = 15
#: Rows that an operation may give at most, were every list as long as its page.
MAX_ROWS = 10_000_000
#: Conditions within conditions in one filter, and relations within relations.
MAX_FILTER_LEVELS = 20
MAX_FILTER_RELATIONS = 4

_NODE = frozenset({"Node"})
#: What stands for a placeholder until the statement is whole: no text of a predicate or a query holds it.
_PLACEHOLDER = re.compile("\x01([0-9]+)\x01")
_PARAMETERS: dict[str, tuple[str, Getter]] = {
    "persons": ("uuid[]", lambda run: run.caller.persons),
    "today": ("date", lambda run: run.today),
    "now": ("timestamptz", lambda run: run.now),
}


class Denied(Exception):  # noqa: N818 - it becomes a GraphQL error
    """A field or a resource may not be read. Carries its name in the schema."""


class Compiler:
    """Compiles one operation for one access; made anew for each plan.

    Args:
        variant: What the space consists of.
        access: What the caller may do.
        fragments: The document's fragments.
        variables: Coerced variables; their shape is part of the plan's key.
        taken: How many placeholders another part of the statement has taken.
    """

    def __init__(
        self,
        variant: Variant,
        access: Access,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        taken: int = 0,
    ) -> None:
        self._taken = taken
        self.variant = variant
        self.access = access
        self.fragments = fragments
        self.variables = variables
        self.errors: list[dict[str, Any]] = []
        self._getters: list[Getter] = []
        self._named: dict[str, str] = {}
        self._aliases = 0
        self._fields = 0
        self._rows = 1
        self._filter_levels = 0
        self._filter_relations = 0
        self._leaves: list[LeafUse] = []
        self._path: list[str] = []
        self._reported: set[tuple[str, ...]] = set()

    # Whole operations ------------------------------------------------------------------------------------

    def query(self, root: Mapping[str, Sequence[FieldNode]], viewer: Callable[[Run, Any], str]) -> Plan:
        """The plan of a query's root fields.

        Args:
            root: Response key to the merged field nodes.
            viewer: Writes the viewer as JSON for a selection; it is no matter of the database.
        """
        out = JsonText()
        out.text("{")
        for index, (key, nodes) in enumerate(root.items()):
            out.text(f'{"," if index else ""}"{key}":')
            name = nodes[0].name.value
            if name == "__typename":
                out.text('"Query"')
            elif name == "viewer":
                out.value(self.parameter(self._viewer(nodes, viewer), "text"))
            else:
                out.value(self._at(key, self._root_field, name, nodes))
        out.text("}")
        return self._plan(out)

    def payload(self, resource: Resource, nodes: Sequence[FieldNode], key: str, *, many: bool) -> Plan:
        """The plan that shows the rows that a command returned, as far as the caller may see them."""
        alias = self.alias()

        def rows() -> str:
            if not self._readable_resource(resource):
                return "'null'"
            inner = self._object(resource, alias, nodes)
            condition = self.visible(resource, alias)
            if not many:
                ids = self.parameter(lambda run: run.ids, "uuid")
                return (
                    f"coalesce((SELECT {inner} FROM {resource.table} {alias}"
                    f" WHERE {alias}.id = {ids} AND {condition}), 'null')"
                )
            ids = self.parameter(lambda run: run.ids, "uuid[]")
            return (
                f"(SELECT '[' || coalesce(string_agg({inner}, ',' ORDER BY given.n), '') || ']'"
                f" FROM unnest({ids}) WITH ORDINALITY AS given (id, n)"
                f" JOIN {resource.table} {alias} ON {alias}.id = given.id WHERE {condition})"
            )

        path = [key, "*"] if many else [key]
        out = JsonText()
        out.text(f'{{"{key}":')
        self._path.extend(path)
        out.value(rows())
        del self._path[-len(path) :]
        out.text("}")
        return self._plan(out)

    def _plan(self, out: JsonText) -> Plan:
        """Number the placeholders as they appear: those of a part that was denied are gone, and must not count."""
        getters: list[Getter] = [lambda run: run.context]
        numbers: dict[str, int] = {}

        def number(match: re.Match[str]) -> str:
            mark = match[1]
            if mark not in numbers:
                getters.append(self._getters[int(mark)])
                numbers[mark] = self._taken + len(getters)
            return f"${numbers[mark]}"

        sql = _PLACEHOLDER.sub(number, out.sql())
        return Plan(within(f"${self._taken + 1}", f"convert_to({sql}, 'UTF8')"), getters, self.errors, self._leaves)

    def _viewer(self, nodes: Sequence[FieldNode], viewer: Callable[[Run, Any], str]) -> Getter:
        def selection(parts: Sequence[FieldNode], type_name: str) -> dict[str, Any]:
            sets = [node.selection_set for node in parts if node.selection_set]
            fields = collect(sets, type_name, frozenset(), self.fragments, self.variables)
            return {
                key: (
                    each[0].name.value,
                    selection(each, "Space") if each[0].selection_set is not None else None,
                )
                for key, each in fields.items()
            }

        wanted = selection(nodes, "Viewer")
        return lambda run: viewer(run, wanted)

    def _root_field(self, name: str, nodes: Sequence[FieldNode]) -> str:
        arguments = field_arguments(nodes[0], self.variables)
        if name == "node":
            return self._node(nodes, arguments)
        for resource in self.variant.resources.values():
            if name == resource.plural:
                return self._connection(resource, nodes, arguments, [], (), seen=False)
            if name == resource.name[0].lower() + resource.name[1:]:
                return self._row_by_id(resource, nodes, arguments["id"])
        raise KeyError(name)

    def _node(self, nodes: Sequence[FieldNode], arguments: Mapping[str, Given]) -> str:
        given = arguments["id"]
        resource = self.variant.resources.get(str(given.now).rpartition("_")[0])
        if resource is None:
            return "'null'"
        return self._row_by_id(resource, nodes, given)

    def _row_by_id(self, resource: Resource, nodes: Sequence[FieldNode], given: Given) -> str:
        if not self._readable_resource(resource):
            return "'null'"
        alias = self.alias()
        placeholder = self.value(given, "uuid", lambda value: decode_id(str(value), resource.name) or NO_ID)
        inner = self._object(resource, alias, nodes)
        return (
            f"coalesce((SELECT {inner} FROM {resource.table} {alias}"
            f" WHERE {alias}.id = {placeholder} AND {self.visible(resource, alias)}), 'null')"
        )

    # Objects ---------------------------------------------------------------------------------------------

    def _object(self, resource: Resource, row: str, nodes: Sequence[FieldNode]) -> str:
        """SQL that writes one row as a JSON object."""
        if len(self._path) > 4 * MAX_DEPTH:
            raise TooComplex(f"the query is deeper than {MAX_DEPTH} levels")
        sets = [node.selection_set for node in nodes if node.selection_set]
        fields = collect(sets, resource.name, _NODE, self.fragments, self.variables)
        out = JsonText()
        out.text("{")
        for index, (key, parts) in enumerate(fields.items()):
            self.count()
            out.text(f'{"," if index else ""}"{key}":')
            self._member(out, resource, row, key, parts)
        out.text("}")
        return out.sql()

    def _member(self, out: JsonText, resource: Resource, row: str, key: str, nodes: Sequence[FieldNode]) -> None:
        name = nodes[0].name.value
        if name == "__typename":
            out.text(f'"{resource.name}"')
            return
        if name == "id":
            out.text(f'"{resource.name}_')
            out.value(f"{row}.id::text")
            out.text('"')
            return
        field = self.field_named(resource, name)
        if field is not None:
            self._scalar(out, resource, row, key, field)
            return
        leaf = self.leaf_named(resource, name)
        if leaf is not None:
            self._leaf(out, resource, row, key, leaf)
            return
        out.value(self._at(key, self._relation, resource, row, self.relation_named(resource, name), nodes))

    def _scalar(self, out: JsonText, resource: Resource, row: str, key: str, field: Field) -> None:
        if not self.readable(resource, field.name):
            self._report(resource, field.name, key)
            out.text("null")
            return
        sql = self.masked(resource, field.name, field.sql.replace("{row}", row), row)
        out.value(json_value("enum" if field.values else field.type, sql))

    def _leaf(self, out: JsonText, resource: Resource, row: str, key: str, leaf: Leaf) -> None:
        if not self.readable(resource, leaf.name):
            self._report(resource, leaf.name, key)
            out.text("null")
            return
        inner = JsonText()
        for index, need in enumerate(leaf.needs):
            field = resource.fields[need]
            inner.text(f'{"," if index else "{"}"{need}":')
            sql = field.sql.replace("{row}", row)
            inner.value(json_value("enum" if field.values else field.type, sql))
        inner.text("}")
        shown = self._mask(resource, leaf.name, row)
        out.value(inner.sql() if shown == EVERYTHING else f"CASE WHEN {shown} THEN {inner.sql()} ELSE 'null' END")
        self._leaves.append(LeafUse((*self._path, key), leaf))

    def _relation(self, resource: Resource, row: str, relation: Relation, nodes: Sequence[FieldNode]) -> str:
        target = self.variant.by_table[relation.target]
        if not self.readable(resource, relation.name):
            self._report(resource, relation.name, None)
            return "'null'"
        arguments = field_arguments(nodes[0], self.variables)
        link = f"{{other}}.{relation.there} = {row}.{relation.here}"
        conditions = [link]
        if relation.where:
            conditions.append(relation.where.replace("{row}", "{other}"))
        narrowed = self._mask(resource, relation.name, row)
        seen = seen_with(self.access, resource, relation, target)
        if relation.many:
            sql = self._connection(target, nodes, arguments, conditions, relation.order, seen=seen)
        else:
            sql = self._one(target, nodes, conditions, relation, f"{row}.{relation.here}", seen=seen)
        return sql if narrowed == EVERYTHING else f"CASE WHEN {narrowed} THEN {sql} ELSE 'null' END"

    def _one(
        self,
        target: Resource,
        nodes: Sequence[FieldNode],
        conditions: Sequence[str],
        relation: Relation,
        reference: str,
        *,
        seen: bool,
    ) -> str:
        if not self._readable_resource(target):
            return "'null'"
        alias = self.alias()
        inner = self._object(target, alias, nodes)
        if relation.there == "id" and not relation.where and (seen or self.visible(target, alias) == EVERYTHING):
            without = by_reference(inner, alias, reference)
            if without is not None:
                return f"CASE WHEN {reference} IS NULL THEN 'null' ELSE {without} END"
        where = self._where(target, alias, conditions, seen=seen)
        tail = "" if relation.there == "id" else f" {relation.first(alias)}"
        return f"coalesce((SELECT {inner} FROM {target.table} {alias} WHERE {where}{tail}), 'null')"

    def _connection(
        self,
        target: Resource,
        nodes: Sequence[FieldNode],
        arguments: Mapping[str, Given],
        conditions: Sequence[str],
        default_order: tuple[str, ...],
        *,
        seen: bool,
    ) -> str:
        from homeroom_graphql.connections import connection

        if not self._readable_resource(target):
            return "'null'"
        return connection(self, target, nodes, arguments, conditions, default_order, seen=seen)

    # What other modules of the compiler use --------------------------------------------------------------

    def object(self, resource: Resource, row: str, nodes: Sequence[FieldNode], *path: str) -> str:
        """SQL that writes a row as an object, its place in the answer told by ``path``."""
        self._path.extend(path)
        try:
            return self._object(resource, row, nodes)
        finally:
            del self._path[len(self._path) - len(path) :]

    @contextlib.contextmanager
    def page_of(self, size: int) -> Iterator[None]:
        """The block compiles what is asked of each row of a page. Raises TooComplex beyond the bound."""
        outer = self._rows
        self._rows = outer * max(size, 1)
        if self._rows > MAX_ROWS:
            raise TooComplex(f"the query asks for more than {MAX_ROWS} rows: ask for shorter pages, or less deep")
        try:
            yield
        finally:
            self._rows = outer

    @contextlib.contextmanager
    def filter_level(self, *, relation: bool = False) -> Iterator[None]:
        """The block compiles a filter, or one through a relation. Raises TooComplex beyond the bounds."""
        self._filter_levels += 1
        self._filter_relations += relation
        if self._filter_levels > MAX_FILTER_LEVELS:
            raise TooComplex(f"a filter is at most {MAX_FILTER_LEVELS} levels deep")
        if self._filter_relations > MAX_FILTER_RELATIONS:
            raise TooComplex(f"a filter follows at most {MAX_FILTER_RELATIONS} relations")
        try:
            yield
        finally:
            self._filter_levels -= 1
            self._filter_relations -= relation

    def alias(self) -> str:
        """A fresh alias."""
        self._aliases += 1
        return f"t{self._aliases}"

    def parameter(self, getter: Getter, sql_type: str) -> str:
        """A placeholder whose value ``getter`` gives at each run."""
        self._getters.append(getter)
        return f"\x01{len(self._getters) - 1}\x01::{sql_type}"

    def value(self, given: Given, sql_type: str, coerce: Callable[[Any], Any]) -> str:
        """A placeholder for the value of an argument."""
        if given.variable is None:
            constant = coerce(given.now)
            if type(constant) is int and sql_type == "integer":
                return f"({constant})"  # the length of a page, above all: PostgreSQL plans better for one it knows
            return self.parameter(lambda _run: constant, sql_type)
        get = given.get
        return self.parameter(lambda run: coerce(get(run.variables)), sql_type)

    def fill(self, predicate: str, row: str) -> str:
        """A predicate's text over ``row``."""
        return fill(predicate, row, self._named_parameter)

    def visible(self, resource: Resource, row: str) -> str:
        """The condition that the caller may see a row. Raises :class:`Denied` if that is never so."""
        scopes = self.access.resources.get(resource.name)
        condition = self.variant.predicates.visible(resource, scopes, row, self._named_parameter)
        if condition == DENIED:
            raise Denied(resource.name)
        return condition

    def _where(self, resource: Resource, row: str, conditions: Sequence[str], *, seen: bool) -> str:
        filled = [self.fill(each.replace("{other}", row), row) for each in conditions]
        visible = EVERYTHING if seen else self.visible(resource, row)
        return " AND ".join([*filled, *([visible] if visible != EVERYTHING else [])]) or EVERYTHING

    where = _where

    def readable(self, resource: Resource, name: str) -> bool:
        """Whether there is any row in which the caller may read this field."""
        scopes = self.access.field(resource.name, name)
        return self.variant.predicates.visible(resource, scopes, "x", lambda parameter: f":{parameter}") != DENIED

    def require(self, resource: Resource, name: str) -> None:
        """Raise :class:`Denied` unless the caller may read this field somewhere."""
        if not self.readable(resource, name):
            raise Denied(f"{resource.name}.{camel_case(name)}")

    def masked(self, resource: Resource, name: str, sql: str, row: str) -> str:
        """The value of a field, null in rows where the caller may not read it."""
        condition = self._mask(resource, name, row)
        return sql if condition == EVERYTHING else f"CASE WHEN {condition} THEN {sql} END"

    def _mask(self, resource: Resource, name: str, row: str) -> str:
        own = self.access.fields.get(resource.name)
        if own is None or name not in own or own[name] == self.access.resources.get(resource.name):
            return EVERYTHING
        return self.variant.predicates.visible(resource, own[name], row, self._named_parameter)

    def _named_parameter(self, name: str) -> str:
        placeholder = self._named.get(name)
        if placeholder is None:
            sql_type, getter = _PARAMETERS[name]
            placeholder = self._named[name] = self.parameter(getter, sql_type)
        return placeholder

    def _readable_resource(self, resource: Resource) -> bool:
        scopes = self.access.resources.get(resource.name)
        if self.variant.predicates.visible(resource, scopes, "x", lambda p: f":{p}") != DENIED:
            return True
        self._report(resource, None, None)
        return False

    def _at(self, key: str, build: Callable[..., str], *arguments: Any) -> str:
        """Build one field at its place; a denial inside its arguments makes it null."""
        self._path.append(key)
        try:
            return build(*arguments)
        except Denied as denied:
            self._add_error(str(denied), tuple(self._path))
            return "'null'"
        finally:
            self._path.pop()

    def _report(self, resource: Resource, name: str | None, key: str | None) -> None:
        full = resource.name if name is None else f"{resource.name}.{camel_case(name)}"
        self._add_error(full, (*self._path, key) if key is not None else tuple(self._path))

    def _add_error(self, what: str, path: tuple[str, ...]) -> None:
        if path in self._reported:
            return
        self._reported.add(path)
        # Elements of lists are not counted: the path ends at the first list that leads to the field.
        shown = list(path[: path.index("*")]) if "*" in path else list(path)
        self.errors.append(
            {
                "message": f"you may not read {what}",
                "path": shown,
                "extensions": {"code": "FORBIDDEN", "field": what},
            }
        )

    def count(self) -> None:
        """Count a field or a condition. Raises TooComplex beyond the bound."""
        self._fields += 1
        if self._fields > MAX_FIELDS:
            raise TooComplex(f"the query asks for more than {MAX_FIELDS} fields and conditions")

    def field_named(self, resource: Resource, name: str) -> Field | None:
        """A field by its GraphQL name."""
        return _by_graphql_name(resource.fields, name)

    def leaf_named(self, resource: Resource, name: str) -> Leaf | None:
        """A leaf by its GraphQL name."""
        return _by_graphql_name(resource.leaves, name)

    def relation_named(self, resource: Resource, name: str) -> Relation:
        """A relation by its GraphQL name. Raises KeyError."""
        relation = _by_graphql_name(resource.relations, name)
        if relation is None:
            raise KeyError(f"{resource.name}.{name}")
        return relation


def _by_graphql_name(parts: Mapping[str, Part], name: str) -> Part | None:
    for own_name, part in parts.items():
        if camel_case(own_name) == name:
            return part
    return None
