"""Connections (GraphQL Cursor Connections Specification): a page of rows, its cursors and the total."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_graphql.filters import (
    cursor_condition,
    cursor_content,
    cursor_text,
    cursor_value,
    filter_condition,
    order_terms,
)
from homeroom_graphql.inputs import BadInput
from homeroom_graphql.json_text import JsonText
from homeroom_graphql.refusals import FIRST_OR_LAST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.resources import Resource
    from homeroom_graphql.arguments import Given
    from homeroom_graphql.compiler import Compiler
    from homeroom_graphql.filters import OrderTerm

__all__ = ["DEFAULT_PAGE", "connection"]

#: A page of the installation may be shorter than this.
DEFAULT_PAGE = 50


def connection(
    compiler: Compiler,
    target: Resource,
    nodes: Sequence[FieldNode],
    arguments: Mapping[str, Given],
    conditions: Sequence[str],
    default_order: tuple[str, ...],
    *,
    seen: bool,
) -> str:
    """SQL that writes one connection as JSON.

    Args:
        compiler: The compiler of the operation.
        target: Whose rows.
        nodes: The merged field nodes.
        arguments: Paging, filter and order.
        conditions: What links the rows to their parent; ``{other}`` is the row.
        default_order: The relation's own order.
        seen: Whether the parent's own visibility has settled that of these rows.
    """
    fields = compiler.selection(nodes, f"{target.name}Connection")
    with compiler.asked.by() as asked:
        cursors = _shows_cursors(compiler, target, fields)
        page = _Page(compiler, target, arguments, conditions, default_order, seen=seen, cursors=cursors)
    out = JsonText()
    out.text("{")
    for index, (key, parts) in enumerate(fields.items()):
        out.text(f'{"," if index else ""}"{key}":')
        name = parts[0].name.value
        if name == "__typename":
            out.text(f'"{target.name}Connection"')
        elif name == "totalCount":
            out.value(page.total())
        elif name == "pageInfo":
            page.info(out, parts)
        elif name == "nodes":
            with compiler.budget.page_of(page.size, page.given_size):
                item = compiler.object(target, page.row, parts, key, "*")
                out.value(page.rows(key, compiler.found(target, page.row, asked, item, key, "*")))
        else:
            with compiler.budget.page_of(page.size, page.given_size):
                out.value(page.rows(key, compiler.found(target, page.row, asked, page.edge(key, parts), key, "*")))
    out.text("}")
    return page.select(out.sql())


def _shows_cursors(compiler: Compiler, target: Resource, fields: Mapping[str, Sequence[FieldNode]]) -> bool:
    """Whether a connection shows cursors, of its edges or of its page."""
    for nodes in fields.values():
        name = nodes[0].name.value
        if name in ("edges", "pageInfo"):
            kind = f"{target.name}Edge" if name == "edges" else "PageInfo"
            shown = compiler.selection(nodes, kind)
            if any(each[0].name.value in ("cursor", "startCursor", "endCursor") for each in shown.values()):
                return True
    return False


class _Page:
    """The rows of one connection: an inner SELECT with one column per list that is asked for."""

    def __init__(
        self,
        compiler: Compiler,
        target: Resource,
        arguments: Mapping[str, Given],
        conditions: Sequence[str],
        default_order: tuple[str, ...],
        *,
        seen: bool,
        cursors: bool,
    ) -> None:
        self.compiler = compiler
        self.target = target
        self.row = compiler.alias()
        self._outer = f"p{self.row[1:]}"
        self._columns: list[str] = []
        # Whether anything of the answer is made of the page's rows: the total alone is not, nor is a type's name.
        self._asked = False
        self._needs_info = False
        self._cursor_column: str | None = None
        given = {name: value for name, value in arguments.items() if value.now is not None}
        self._given = given
        if "first" in given and "last" in given:
            raise BadInput(FIRST_OR_LAST)
        self._backwards = "last" in given
        self._conditions = list(conditions)
        self._seen = seen
        self._where = compiler.where(target, self.row, conditions, seen=seen)
        if "filter" in given:
            self._where += f" AND {filter_condition(compiler, target, self.row, given['filter'])}"
        # A client that invents a cursor searches by the values in it.
        cursors = cursors or "after" in given or "before" in given
        self._terms = order_terms(compiler, target, self.row, given.get("orderBy"), default_order, cursors=cursors)
        size = given.get("last") or given.get("first")
        #: How many rows at most as the plan is made, and where that comes from.
        self.given_size = size
        budget = compiler.budget
        self.size = budget.page(DEFAULT_PAGE) if size is None else budget.page_size(size.now)
        self._limit = (
            str(self.size) if size is None else compiler.placeholders.argument(size, "integer", budget.page_size)
        )

    # Columns of the inner SELECT ------------------------------------------------------------------------

    def _column(self, sql: str) -> str:
        self._columns.append(sql)
        return f"{self._outer}.c{len(self._columns)}"

    def _cursor(self) -> str:
        if self._cursor_column is None:
            self._cursor_column = self._column(cursor_content(self._terms))
        return self._cursor_column

    def rows(self, _key: str, item: str) -> str:
        """The list of one column."""
        self._asked = True
        return f"'[' || coalesce(string_agg({self._column(item)}, ','{{kept}}, '') || ']'"

    def edge(self, key: str, parts: Sequence[FieldNode]) -> str:
        """One edge: its cursor and its node."""
        compiler = self.compiler
        fields = compiler.selection(parts, f"{self.target.name}Edge")
        out = JsonText()
        out.text("{")
        for index, (edge_key, nodes) in enumerate(fields.items()):
            out.text(f'{"," if index else ""}"{edge_key}":')
            name = nodes[0].name.value
            if name == "cursor":
                out.text('"')
                out.value(cursor_value(self._terms))
                out.text('"')
            elif name == "node":
                out.value(compiler.object(self.target, self.row, nodes, key, "*", edge_key))
            else:
                out.text(f'"{self.target.name}Edge"')
        out.text("}")
        return out.sql()

    def info(self, out: JsonText, parts: Sequence[FieldNode]) -> None:
        """The page's place: one row more than asked for tells whether others follow."""
        compiler = self.compiler
        fields = compiler.selection(parts, "PageInfo")
        beyond = f"(count(*) > {self._limit})::text"
        first, last = ("DESC", "ASC") if self._backwards else ("ASC", "DESC")
        values = {
            "hasNextPage": str("before" in self._given).lower() if self._backwards else beyond,
            "hasPreviousPage": beyond if self._backwards else str("after" in self._given).lower(),
        }
        out.text("{")
        for index, (key, nodes) in enumerate(fields.items()):
            out.text(f'{"," if index else ""}"{key}":')
            name = nodes[0].name.value
            if name == "__typename":
                out.text('"PageInfo"')
            elif name in values:
                if values[name] in ("true", "false"):
                    out.text(values[name])
                else:
                    self._asked = self._needs_info = True
                    out.value(values[name])
            else:
                self._asked = self._needs_info = True
                order = first if name == "startCursor" else last
                chosen = (
                    f"(array_agg({self._cursor()} ORDER BY {self._outer}.n {order}) FILTER (WHERE {self._kept()}))[1]"
                )
                out.value(f"coalesce('\"' || {cursor_text(chosen)} || '\"', 'null')")
        out.text("}")

    def total(self) -> str:
        """How many rows there are on all pages: without cursors, with the filter."""
        alias = self.compiler.alias()
        where = self.compiler.where(self.target, alias, self._conditions, seen=self._seen)
        if "filter" in self._given:
            where += f" AND {filter_condition(self.compiler, self.target, alias, self._given['filter'])}"
        return f"(SELECT count(*)::text FROM {self.target.table} {alias} WHERE {where})"

    def _kept(self) -> str:
        """The rows of the page without the one that only tells whether others follow."""
        return f"{self._outer}.n <= {self._limit}"

    # The statement --------------------------------------------------------------------------------------

    def select(self, answer: str) -> str:
        """The connection's sub-select around the JSON of its fields, if that needs the page's rows at all."""
        if not self._asked:
            return answer
        where = self._where
        for name in ("after", "before"):
            if name in self._given:
                condition = cursor_condition(self.compiler, self._terms, self._given[name], before=name == "before")
                where += f" AND {condition}"
        order = ", ".join(_direction(term, reverse=self._backwards) for term in self._terms)
        columns = ", ".join(f"{sql} AS c{number}" for number, sql in enumerate(self._columns or ["1"], start=1))
        limit = f"{self._limit} + 1" if self._needs_info else self._limit
        inner = f"SELECT {columns} FROM {self.target.table} {self.row} WHERE {where} ORDER BY {order} LIMIT {limit}"
        kept = ")"
        if self._needs_info or self._backwards:
            # An aggregate with an order of its own may sort the input of the others: each says its order.
            inner = f"SELECT *, row_number() OVER () AS n FROM ({inner}) i{self.row[1:]}"
            direction = " DESC" if self._backwards else ""
            kept = f" ORDER BY {self._outer}.n{direction}) FILTER (WHERE {self._kept()})"
        return f"(SELECT {answer.replace('{kept}', kept)} FROM ({inner}) {self._outer})"


def _direction(term: OrderTerm, *, reverse: bool) -> str:
    return f"{term.sql} {'DESC' if term.descending != reverse else 'ASC'}"
