"""From a selection to SQL: at any depth, one statement whose value is the JSON of the answer.

Every row is reached through its resource's visible rows, every field through its own permission; what may
not be read becomes null and one error in the plan. What the parts of a statement share is its frame
(:mod:`homeroom_graphql.frame`); here is the walk over the selection. Parameters are numbered as they appear, and ``$1``
is always the signed context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.database.sql import within
from homeroom.resources import EVERYTHING, Field, Leaf, Relation, Resource, camel_case
from homeroom_graphql.aggregate_types import AGGREGATE
from homeroom_graphql.filters import names_field
from homeroom_graphql.frame import Frame
from homeroom_graphql.implied import by_reference, seen_with
from homeroom_graphql.inputs import NO_ID, decode_id
from homeroom_graphql.json_text import JsonText, json_value
from homeroom_graphql.plans import LeafUse, Plan, SensitiveUse
from homeroom_graphql.schema import singular

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphql import FieldNode, FragmentDefinitionNode

    from homeroom.permissions import Access
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.operations import Operations

__all__ = ["Compiler"]

_NODE = frozenset({"Node"})


class Compiler(Frame):
    """Compiles one operation for one access; a new one for each plan."""

    def __init__(
        self,
        operations: Operations,
        access: Access,
        logged: frozenset[str],
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        taken: int = 0,
    ) -> None:
        super().__init__(operations, access, logged, fragments, variables, taken)
        self._tagged: list[tuple[str, ...]] = []
        self._leaves: list[LeafUse] = []
        self._sensitive: list[SensitiveUse] = []

    # Whole operations ------------------------------------------------------------------------------------

    def query(self, root: Mapping[str, Sequence[FieldNode]]) -> Plan:
        """The plan of a query's root fields.

        Args:
            root: Response key to the merged field nodes.
        """
        from homeroom_graphql.viewer import viewer

        out = JsonText()
        out.text("{")
        for index, (key, nodes) in enumerate(root.items()):
            out.text(f'{"," if index else ""}"{key}":')
            name = nodes[0].name.value
            if name == "__typename":
                out.text('"Query"')
            elif name == "viewer":
                out.value(self.at(key, viewer, self, nodes))
            else:
                out.value(self.at(key, self._root_field, name, nodes))
        out.text("}")
        return self._plan(out)

    def payload(self, resource: Resource, nodes: Sequence[FieldNode], key: str, *, many: bool) -> Plan:
        """The plan that shows the rows that a command returned, as far as the caller may see them."""
        alias = self.alias()

        def rows() -> str:
            if not self.some(resource):
                return "'null'"
            inner = self._object(resource, alias, nodes)
            condition = self.sight.visible(resource, alias)
            if not many:
                ids = self.placeholders.value(lambda run: run.ids, "uuid")
                return (
                    f"coalesce((SELECT {inner} FROM {resource.table} {alias}"
                    f" WHERE {alias}.id = {ids} AND {condition}), 'null')"
                )
            ids = self.placeholders.value(lambda run: run.ids, "uuid[]")
            return (
                f"(SELECT '[' || coalesce(string_agg({inner}, ',' ORDER BY given.n), '') || ']'"
                f" FROM unnest({ids}) WITH ORDINALITY AS given (id, n)"
                f" JOIN {resource.table} {alias} ON {alias}.id = given.id WHERE {condition})"
            )

        path = [key, "*"] if many else [key]
        out = JsonText()
        out.text(f'{{"{key}":')
        with self.denials.at(*path):
            out.value(rows())
        out.text("}")
        return self._plan(out)

    def _plan(self, out: JsonText) -> Plan:
        sql, getters = self.placeholders.number(out.sql())
        statement = within(self.placeholders.context, f"convert_to({sql}, 'UTF8')")
        return Plan(
            statement,
            getters,
            self.denials.errors,
            self._leaves,
            self._sensitive,
            self.asked.all,
            self.budget.cost,
            self._tagged,
        )

    def _root_field(self, name: str, nodes: Sequence[FieldNode]) -> str:
        arguments = self.arguments.of("Query", nodes[0], self.variables)
        if name == "node":
            return self._node(nodes, arguments)
        if name == "nodes":
            from homeroom_graphql.mixed import nodes_by_id

            return nodes_by_id(self, nodes, arguments["ids"])
        for resource in self.variant.resources.values():
            if resource.single:
                if name == singular(resource):
                    return self._single_row(resource, nodes)
                continue
            if name in (resource.plural, f"{resource.plural}{AGGREGATE}"):
                conditions = []
                if resource.unlisted and not names_field(arguments.get("filter"), camel_case(resource.unlisted)):
                    conditions.append(f"NOT {{other}}.{resource.unlisted}")
                if name != resource.plural:
                    from homeroom_graphql.aggregates import aggregate

                    return aggregate(self, resource, nodes, arguments, conditions) if self.some(resource) else "'null'"
                return self._connection(resource, nodes, arguments, conditions, (), seen=False)
            if name == singular(resource):
                return self._row_by_id(resource, nodes, arguments["id"])
        raise KeyError(name)

    def _node(self, nodes: Sequence[FieldNode], arguments: Mapping[str, Given]) -> str:
        given = arguments["id"]
        resource = self.variant.resources.get(str(given.now).rpartition("_")[0])
        if resource is None:
            return "'null'"
        return self._row_by_id(resource, nodes, given)

    def _single_row(self, resource: Resource, nodes: Sequence[FieldNode]) -> str:
        if not self.some(resource):
            return "'null'"
        alias = self.alias()
        inner = self._object(resource, alias, nodes)
        visible = self.sight.visible(resource, alias)
        return f"coalesce((SELECT {inner} FROM {resource.table} {alias} WHERE {visible} LIMIT 1), 'null')"

    def _row_by_id(self, resource: Resource, nodes: Sequence[FieldNode], given: Given) -> str:
        if not self.some(resource):
            return "'null'"
        alias = self.alias()
        placeholder = self.placeholders.argument(
            given, "uuid", lambda value: decode_id(str(value), resource.name) or NO_ID
        )
        inner = self._object(resource, alias, nodes)
        return (
            f"coalesce((SELECT {inner} FROM {resource.table} {alias}"
            f" WHERE {alias}.id = {placeholder} AND {self.sight.visible(resource, alias)}), 'null')"
        )

    # Objects ---------------------------------------------------------------------------------------------

    def _object(self, resource: Resource, row: str, nodes: Sequence[FieldNode]) -> str:
        """SQL that writes one row as a JSON object."""
        self.budget.object()
        fields = self.selection(nodes, resource.name, _NODE)
        out = JsonText()
        out.text("{")
        for index, (key, parts) in enumerate(fields.items()):
            self.budget.field()
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
        out.value(self.at(key, self._relation, resource, row, self.relation_named(resource, name), nodes))

    def _scalar(self, out: JsonText, resource: Resource, row: str, key: str, field: Field) -> None:
        if not self.sight.readable(resource, field.name):
            self.denials.tell(resource, field.name, key)
            out.text("null")
            return
        sql = self.sight.masked(resource, field.name, self.value_of(field, row), row)
        shown = f"{self.prefix(field.kind.replace('{row}', row))} || ({sql})" if field.kind else sql
        out.value(json_value("enum" if field.values else field.type, shown))
        self._seen(out, resource, row, field.name, f"({sql}) IS NOT NULL")

    def _seen(self, out: JsonText, resource: Resource, row: str, name: str, shown: str) -> None:
        """Write the id of a row beside a field whose read is kept; the reader of the answer takes it out.

        Args:
            out: The object.
            resource: Of the row.
            row: Its alias.
            name: The field.
            shown: The condition that it shows something.
        """
        kept = self.kept.condition(resource, name, row)
        if kept is None:
            return
        if kept != EVERYTHING:
            shown = kept if shown == EVERYTHING else f"({shown}) AND {kept}"
        marker = self.marker(resource, name)
        out.text(f',"{marker}":')
        out.value(f"CASE WHEN {shown} THEN '\"' || {row}.id || '\"' ELSE 'null' END")

    def marker(self, resource: Resource, name: str, *, found: bool = False) -> str:
        """The member that has the id of a row, or of rows, beside what it shows at this place.

        Args:
            resource: Of the row.
            name: The field that is shown, or by which the row was found.
            found: Whether it was found by it.
        """
        marker = f"!{len(self._sensitive)}"
        self._sensitive.append(SensitiveUse(tuple(self.denials.path), marker, resource.table, name, found))
        return marker

    def _leaf(self, out: JsonText, resource: Resource, row: str, key: str, leaf: Leaf) -> None:
        if not self.sight.readable(resource, leaf.name):
            self.denials.tell(resource, leaf.name, key)
            out.text("null")
            return
        inner = JsonText()
        for index, need in enumerate(leaf.needs):
            field = resource.fields[need]
            inner.text(f'{"," if index else "{"}"{need}":')
            sql = self.value_of(field, row)
            inner.value(json_value("enum" if field.values else field.type, sql))
        inner.text("}")
        shown = self.sight.mask(resource, leaf.name, row)
        out.value(inner.sql() if shown == EVERYTHING else f"CASE WHEN {shown} THEN {inner.sql()} ELSE 'null' END")
        self._leaves.append(LeafUse((*self.denials.path, key), leaf))
        self._seen(out, resource, row, leaf.name, shown)

    def _relation(self, resource: Resource, row: str, relation: Relation, nodes: Sequence[FieldNode]) -> str:
        target = self.variant.by_table[relation.target]
        if not self.sight.readable(resource, relation.name):
            self.denials.tell(resource, relation.name)
            return "'null'"
        arguments = self.arguments.of(resource.name, nodes[0], self.variables)
        link = f"{{other}}.{relation.there} = {row}.{relation.here}"
        conditions = [link]
        if relation.where:
            conditions.append(relation.where.replace("{row}", "{other}"))
        narrowed = self.sight.mask(resource, relation.name, row)
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
        if not self.some(target):
            return "'null'"
        alias = self.alias()
        inner = self._object(target, alias, nodes)
        if relation.there == "id" and not relation.where and (seen or self.sight.visible(target, alias) == EVERYTHING):
            without = by_reference(inner, alias, reference)
            if without is not None:
                return f"CASE WHEN {reference} IS NULL THEN 'null' ELSE {without} END"
        where = self.where(target, alias, conditions, seen=seen)
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

        if not self.some(target):
            return "'null'"
        return connection(self, target, nodes, arguments, conditions, default_order, seen=seen)

    # What other modules of the compiler use --------------------------------------------------------------

    def object(self, resource: Resource, row: str, nodes: Sequence[FieldNode], *path: str) -> str:
        """SQL that writes a row as an object, ``path`` is its place in the answer."""
        with self.denials.at(*path):
            return self._object(resource, row, nodes)

    def found(self, resource: Resource, row: str, names: Iterable[str], item: str, *path: str) -> str:
        """SQL that writes an object with the id of the row beside it, because fields that are kept have found the row.

        Args:
            resource: Of the row.
            row: Its alias.
            names: The fields, by their names in the schema; none leaves the object as it is.
            item: SQL that writes the object.
            path: Its place in the answer.
        """
        with self.denials.at(*path):
            for name in sorted(names):
                kept = EVERYTHING if self.asked.is_sensitive(name) else self.kept.of_found(resource, row)
                if kept is None:
                    continue
                marker = self.marker(resource, name, found=True)
                shown = f"""'"' || {row}.id || '"'"""
                if kept != EVERYTHING:
                    shown = f"CASE WHEN {kept} THEN {shown} ELSE 'null' END"
                item = f"""overlay({item} placing '{{"{marker}":' || {shown} || ',' from 1 for 1)"""
        return item

    @property
    def unfinished(self) -> int:
        """How many places of the answer have been left to Python so far."""
        return len(self._leaves) + len(self._sensitive)

    def tagged(self) -> None:
        """Note that objects of the list at this place carry their type's name."""
        self._tagged.append(tuple(self.denials.path))
