"""Aggregates: the rows of a list in groups, with counts, sums, averages and extremes, in one statement.

The rows are those of the list with the same filter. What the caller may not read has no part in it: by a field that is
closed one can neither group, order nor choose groups, and a sum of one is null. In rows where a field is closed its
value counts as empty, and so does a reference to a row that the caller does not see, as in a list.

Reads that are logged stay so. The audit keeps by which logged fields an aggregate was made, and of a group of few rows
which rows these are: who asks for the average of one person reads that person's value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from homeroom.resources import EVERYTHING, Field, Relation, Resource, camel_case
from homeroom.resources.grouping import groupings_of, moments_of, numbers_of
from homeroom_graphql.filters import MAX_ORDER_TERMS, SQL_TYPES, OrderTerm, filter_condition, operators, order_terms
from homeroom_graphql.implied import seen_with
from homeroom_graphql.inputs import BadInput
from homeroom_graphql.json_text import JsonText, json_value
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.refusals import (
    DATE_MEASURE,
    GROUPED_TWICE,
    GROUPINGS,
    KEY_OR_MEASURE,
    MEASURE_OF,
    NEGATIVE_OFFSET,
    NOT_DATED,
    NOT_GROUPED,
    ORDER_TERMS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import FieldNode

    from homeroom.resources.grouping import Grouping
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.compiler import Compiler

__all__ = ["MAX_GROUPINGS", "MAX_LOGGED_ROWS", "aggregate"]

#: Fields to group by at once.
MAX_GROUPINGS: Final = 5
#: A group of no more rows tells so much of each of them that the audit keeps which they are.
MAX_LOGGED_ROWS: Final = 10
#: An aggregate reads a whole list: it costs as much as so many objects of an answer.
_COST: Final = 100
_LAST_OFFSET: Final = 2**31 - 1
#: Measure to SQL over the values of a group.
_FUNCTIONS: Final = {
    "sum": "sum({0})",
    # Not avg(): of large numbers it gives sixteen digits and no decimals.
    "average": "trim_scale(round((sum({0}) + 0.000000000000) / count({0}), 6))",
    "min": "min({0})",
    "max": "max({0})",
}


def aggregate(
    compiler: Compiler,
    target: Resource,
    nodes: Sequence[FieldNode],
    arguments: Mapping[str, Given],
    conditions: Sequence[str],
) -> str:
    """SQL that writes the statistics of a list as JSON.

    Args:
        compiler: The compiler of the operation.
        target: Whose rows.
        nodes: The merged field nodes.
        arguments: What to count, how to group it, and which groups are shown.
        conditions: Which rows there are at all; ``{other}`` is the row.
    """
    compiler.budget.object(_COST)
    given = {name: value for name, value in arguments.items() if value.now is not None}
    groups = _Groups(compiler, target, given, conditions)
    out = JsonText()
    out.text("{")
    for index, (key, parts) in enumerate(compiler.selection(nodes, f"{target.name}Aggregate").items()):
        compiler.budget.field()
        out.text(f'{"," if index else ""}"{key}":')
        name = parts[0].name.value
        if name == "__typename":
            out.text(f'"{target.name}Aggregate"')
        elif name == "totalCount":
            out.value(groups.total())
        else:
            out.value(groups.page(key, parts))
    out.text("}")
    return groups.select(out.sql())


class _Groups:
    """The groups of one aggregate: a common table with a column for each key and measure that is asked for."""

    def __init__(
        self,
        compiler: Compiler,
        target: Resource,
        given: Mapping[str, Given],
        conditions: Sequence[str],
    ) -> None:
        self.compiler = compiler
        self.target = target
        self.row = compiler.alias()
        self._table = f"g{self.row[1:]}"
        self._given = given
        self._joins: dict[tuple[str, str], tuple[Resource, str]] = {}
        self._joined: list[str] = []
        #: SQL over the rows of a group to the name of its column.
        self._columns: dict[str, str] = {}
        #: SQL of the ids of few rows, and a field, to what is logged: their resource, the field, whether it found them.
        self._logged: dict[tuple[str, str], tuple[Resource, str, bool]] = {}
        known = groupings_of(target, compiler.variant.by_table)
        self._groupings = {name.upper(): each for name, each in known.items()}
        #: Of dates, what is put together.
        self._buckets: dict[str, str] = {}
        self._fields = {each.name: each for each in (*numbers_of(target), *moments_of(target))}
        self._where = compiler.where(target, self.row, conditions, seen=False)
        if "filter" in given:
            with compiler.asked.by() as found_by:
                self._where += f" AND {filter_condition(compiler, target, self.row, given['filter'])}"
            self._note_found(found_by)
        self._keys = self._grouped()
        #: Of references, the alias of the row that a group has in common.
        self._referred = {
            name: compiler.alias() for name, each in self._keys.items() if isinstance(each.part, Relation)
        }
        self._key_sql = [self._key(name, each) for name, each in self._keys.items()]
        self._key_columns = {name: f"{self._table}.k{number}" for number, name in enumerate(self._keys, start=1)}
        self._having = self._chosen(given["having"]) if "having" in given else EVERYTHING
        self._order = self._ordered()
        self._paging()

    def _paging(self) -> None:
        budget, placeholders = self.compiler.budget, self.compiler.placeholders
        size = self._given.get("first")
        self._size = budget.page() if size is None else budget.page_size(size.now)
        self._limit = str(self._size) if size is None else placeholders.argument(size, "integer", budget.page_size)
        offset = self._given.get("offset")
        if offset is not None:
            _offset(offset.now)
            self._limit += f" OFFSET {placeholders.argument(offset, 'integer', _offset)}"

    # What rows are grouped by ---------------------------------------------------------------------------

    def _grouped(self) -> dict[str, Grouping]:
        given = self._given.get("groupBy")
        chosen: dict[str, Grouping] = {}
        for each in given.elements() if given is not None else ():
            parts = dict(each.items())
            name = str(parts["field"].now)
            if name in chosen:
                raise BadInput(GROUPED_TWICE, name=name).at("groupBy")
            chosen[name] = self._groupings[name]
            bucket = parts.get("by")
            if chosen[name].is_dated:
                self._buckets[name] = "DAY" if bucket is None or bucket.now is None else str(bucket.now)
            elif bucket is not None and bucket.now is not None:
                raise BadInput(NOT_DATED, name=name).at("groupBy")
        if len(chosen) > MAX_GROUPINGS:
            raise TooComplex(GROUPINGS, most=MAX_GROUPINGS)
        return chosen

    def _key(self, name: str, grouping: Grouping) -> str:
        """SQL of a key over the joined rows."""
        frame, row = self.compiler, self.row
        resource = self.target
        for relation in grouping.path:
            resource, row = self._follow(resource, row, relation)
        part = grouping.part
        if isinstance(part, Relation):
            return self._reference(resource, row, part)
        frame.sight.require(resource, part.name)
        self._note(resource, part.name, row)
        value = frame.sight.masked(resource, part.name, frame.value_of(part, row), row)
        return self._bucket(value, part, self._buckets[name]) if grouping.is_dated else value

    def _reference(self, resource: Resource, row: str, relation: Relation) -> str:
        """The id of the row that a relation leads to, null where the caller does not see it."""
        frame = self.compiler
        target = frame.variant.by_table[relation.target]
        if relation.there == "id" and not relation.where:
            frame.sight.require(resource, relation.name)
            seen = seen_with(frame.access, resource, relation, target)
            if seen or frame.sight.visible(target, row) == EVERYTHING:
                return frame.sight.masked(resource, relation.name, f"{row}.{relation.here}", row)
        _, alias = self._follow(resource, row, relation)
        return f"{alias}.id"

    def _follow(self, resource: Resource, row: str, relation: Relation) -> tuple[Resource, str]:
        """Join the row that a relation to one row leads to, if the caller sees it."""
        known = self._joins.get((row, relation.name))
        if known is not None:
            return known
        frame = self.compiler
        frame.sight.require(resource, relation.name)
        target = frame.variant.by_table[relation.target]
        alias = frame.alias()
        conditions = [f"{{other}}.{relation.there} = {row}.{relation.here}"]
        if relation.where:
            conditions.append(relation.where.replace("{row}", "{other}"))
        narrowed = frame.sight.mask(resource, relation.name, row)
        if narrowed != EVERYTHING:
            conditions.append(f"({narrowed})")
        where = frame.where(target, alias, conditions, seen=seen_with(frame.access, resource, relation, target))
        if relation.there == "id":
            self._joined.append(f"LEFT JOIN {target.table} {alias} ON {where}")
        else:
            first = f"SELECT * FROM {target.table} {alias} WHERE {where} {relation.first(alias)}"
            self._joined.append(f"LEFT JOIN LATERAL ({first}) {alias} ON TRUE")
        self._joins[row, relation.name] = target, alias
        return target, alias

    def _bucket(self, value: str, field: Field, bucket: str) -> str:
        """The day, week, month or year of a date, or of a moment by the clocks of the space."""
        if field.type == "DateTime":
            value = f"({value}) AT TIME ZONE {self.compiler.placeholders.named('zone')}"
        return f"({value})::date" if bucket == "DAY" else f"date_trunc('{bucket}', ({value})::timestamp)::date"

    # What is made of groups -----------------------------------------------------------------------------

    def _column(self, sql: str) -> str:
        """A column of the groups, once for each expression."""
        return f"{self._table}.{self._columns.setdefault(sql, f'c{len(self._columns) + 1}')}"

    def _measure(self, measure: str, field: Field) -> str:
        """A measure of a field. The caller may read it somewhere."""
        frame = self.compiler
        value = frame.sight.masked(self.target, field.name, frame.value_of(field, self.row), self.row)
        self._note(self.target, field.name, self.row)
        return self._column(_FUNCTIONS[measure].format(value))

    def _chosen(self, given: Given) -> str:
        """The condition that a group is shown."""
        frame = self.compiler
        conditions = []
        for name, each in given.items():
            frame.budget.field()
            if each.now is None:
                continue
            if name == "count":
                conditions.append(operators(frame, self._column("count(*)"), "Int", each))
                continue
            for field_name, wanted in each.items():
                frame.budget.field()
                if wanted.now is not None:
                    field = self._field(field_name)
                    frame.sight.require(self.target, field.name)
                    conditions.append(operators(frame, self._measure(name, field), "Decimal", wanted))
        return " AND ".join(conditions) or EVERYTHING

    def _field(self, name: str) -> Field:
        return next(each for own, each in self._fields.items() if camel_case(own) == name)

    # Order ----------------------------------------------------------------------------------------------

    def _ordered(self) -> list[OrderTerm]:
        """The terms of the order; the keys that are not among them come last, so that it is total."""
        given = self._given.get("orderBy")
        elements = given.elements() if given is not None else []
        if len(elements) > MAX_ORDER_TERMS:
            raise TooComplex(ORDER_TERMS, most=MAX_ORDER_TERMS)
        terms: list[OrderTerm] = []
        left = dict(self._keys)
        for each in elements:
            parts = {name: str(part.now) for name, part in each.items() if part.now is not None}
            descending = parts.get("direction") == "DESC"
            key = parts.get("key")
            if (key is None) == ("measure" not in parts):
                raise BadInput(KEY_OR_MEASURE).at("orderBy")
            if key is None:
                terms.append(self._by_measure(parts["measure"].lower(), parts.get("of"), descending=descending))
            elif key not in self._keys:
                raise BadInput(NOT_GROUPED, name=key).at("orderBy")
            elif left.pop(key, None) is not None:
                terms += self._by_key(key, descending=descending)
        for name in left:
            terms += self._by_key(name, descending=False)
        return terms

    def _by_key(self, name: str, *, descending: bool) -> list[OrderTerm]:
        """By a value, or as the list of the rows is ordered that the groups refer to."""
        grouping, column = self._keys[name], self._key_columns[name]
        if not isinstance(grouping.part, Relation):
            return [OrderTerm(column, SQL_TYPES.get(grouping.type, "text"), descending=descending)]
        target = self.compiler.variant.by_table[grouping.part.target]
        terms = order_terms(self.compiler, target, self._referred[name], None, (), cursors=False)
        return [OrderTerm(each.sql, each.sql_type, descending=each.descending != descending) for each in terms]

    def _by_measure(self, measure: str, of: str | None, *, descending: bool) -> OrderTerm:
        if (measure == "count") != (of is None):
            raise BadInput(MEASURE_OF).at("orderBy")
        if of is None:
            return OrderTerm(self._column("count(*)"), "bigint", descending=descending)
        field = self._fields[of.lower()]
        if measure in ("sum", "average") and field.type in ("Date", "DateTime"):
            raise BadInput(DATE_MEASURE, name=of).at("orderBy")
        self.compiler.sight.require(self.target, field.name)
        return OrderTerm(self._measure(measure, field), "numeric", descending=descending)

    # Reads that are logged ------------------------------------------------------------------------------

    def _note(self, resource: Resource, name: str, row: str) -> None:
        """Note that a field of joined rows is in the aggregate."""
        frame = self.compiler
        frame.asked.tell(resource, name)
        condition = frame.kept.condition(resource, name, row)
        if condition is not None:
            self._logged[_few(row, condition), name] = resource, name, False

    def _note_found(self, found_by: set[str]) -> None:
        """Note the fields by which the rows of the list were found."""
        frame = self.compiler
        for name in sorted(found_by):
            condition = EVERYTHING if frame.asked.is_sensitive(name) else frame.kept.of_found(self.target, self.row)
            if condition is not None:
                self._logged[_few(self.row, condition), name] = self.target, name, True

    # The answer -----------------------------------------------------------------------------------------

    def total(self) -> str:
        """How many groups there are."""
        return f"(SELECT count(*)::text FROM {self._table})"

    def page(self, key: str, parts: Sequence[FieldNode]) -> str:
        """The list of the groups that are shown."""
        compiler = self.compiler
        with compiler.budget.page_of(self._size, self._given.get("first")), compiler.denials.at(key, "*"):
            item = self._group(parts)
            for (ids, _), (resource, name, found) in self._logged.items():
                marked = f"coalesce(to_json({self._column(ids)})::text, 'null')"
                marker = compiler.marker(resource, name, found=found)
                item = f"""overlay({item} placing '{{"{marker}":' || {marked} || ',' from 1 for 1)"""
        joins = "".join(
            f" LEFT JOIN {part.target} {alias} ON {alias}.id = {self._key_columns[name]}"
            for name, alias in self._referred.items()
            if isinstance(part := self._keys[name].part, Relation)
        )
        order = ", ".join(f"{each.sql} {'DESC' if each.descending else 'ASC'}" for each in self._order)
        shown = f"SELECT {item} AS item FROM {self._table}{joins}"
        if order:
            shown += f" ORDER BY {order}"
        return f"(SELECT '[' || coalesce(string_agg(item, ','), '') || ']' FROM ({shown} LIMIT {self._limit}) shown)"

    def _group(self, nodes: Sequence[FieldNode]) -> str:
        name = f"{self.target.name}AggregateGroup"

        def member(field: str, key: str, parts: Sequence[FieldNode]) -> str:
            if field == "count":
                return f"{self._column('count(*)')}::text"
            if field == "key":
                return self._key_object(key, parts)
            return self._measures(field, key, parts)

        return self._object(name, nodes, member)

    def _object(
        self, type_name: str, nodes: Sequence[FieldNode], member: Callable[[str, str, Sequence[FieldNode]], str]
    ) -> str:
        budget = self.compiler.budget
        budget.object()
        out = JsonText()
        out.text("{")
        for index, (key, parts) in enumerate(self.compiler.selection(nodes, type_name).items()):
            budget.field()
            out.text(f'{"," if index else ""}"{key}":')
            name = parts[0].name.value
            if name == "__typename":
                out.text(f'"{type_name}"')
            else:
                out.value(member(name, key, parts))
        out.text("}")
        return out.sql()

    def _key_object(self, place: str, nodes: Sequence[FieldNode]) -> str:
        compiler = self.compiler
        by_field = {camel_case(each.name): name for name, each in self._keys.items()}

        def member(field: str, key: str, parts: Sequence[FieldNode]) -> str:
            name = by_field.get(field)
            if name is None:  # the rows are not grouped by it
                return "'null'"
            grouping, column = self._keys[name], self._key_columns[name]
            if isinstance(grouping.part, Relation):
                target = compiler.variant.by_table[grouping.part.target]
                inner = compiler.object(target, self._referred[name], parts, place, key)
                return f"CASE WHEN {column} IS NULL THEN 'null' ELSE {inner} END"
            return json_value("enum" if grouping.part.values else grouping.type, column)

        return self._object(f"{self.target.name}AggregateKey", nodes, member)

    def _measures(self, measure: str, place: str, nodes: Sequence[FieldNode]) -> str:
        compiler, target = self.compiler, self.target
        whole = measure in ("sum", "average")
        type_name = f"{target.name}Aggregate{'Numbers' if whole else 'Extremes'}"

        def member(name: str, key: str, _parts: Sequence[FieldNode]) -> str:
            field = self._field(name)
            if not compiler.sight.readable(target, field.name):
                compiler.denials.tell(target, field.name, place, key)
                return "'null'"
            return json_value("Decimal" if whole else field.type, self._measure(measure, field))

        return self._object(type_name, nodes, member)

    # The statement --------------------------------------------------------------------------------------

    def select(self, answer: str) -> str:
        """The sub-select around the JSON of the answer."""
        keys = [f"{sql} AS k{number}" for number, sql in enumerate(self._key_sql, start=1)]
        columns = [*keys, *(f"{sql} AS {name}" for sql, name in self._columns.items())] or ["count(*)"]
        rows = " ".join([f"{self.target.table} {self.row}", *self._joined])
        inner = f"SELECT {', '.join(columns)} FROM {rows} WHERE {self._where}"
        if keys:  # by their places: a name could be that of a column of the rows
            inner += f" GROUP BY {', '.join(str(number) for number in range(1, len(keys) + 1))}"
        if self._having != EVERYTHING:
            inner = f"SELECT * FROM ({inner}) {self._table} WHERE {self._having}"
        return f"(WITH {self._table} AS ({inner}) SELECT {answer})"


def _few(row: str, condition: str) -> str:
    """SQL of the ids of a group's rows, if they are few."""
    kept = f"{row}.id IS NOT NULL" + ("" if condition == EVERYTHING else f" AND {condition}")
    return f"CASE WHEN count(*) <= {MAX_LOGGED_ROWS} THEN array_agg(DISTINCT {row}.id) FILTER (WHERE {kept}) END"


def _offset(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LAST_OFFSET:
        raise BadInput(NEGATIVE_OFFSET)
    return value
