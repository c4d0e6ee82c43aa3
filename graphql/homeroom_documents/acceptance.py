"""What ``homeroom plugin check`` asks of papers: that the schema knows what they ask, and that they can be set."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from homeroom.acceptance import Point
from homeroom.callers import Space
from homeroom.documents import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import (
        DocumentNode,
        FragmentDefinitionNode,
        GraphQLObjectType,
        GraphQLOutputType,
        GraphQLSchema,
        SelectionSetNode,
    )

    from homeroom.acceptance import Subject

__all__ = ["POINTS"]

#: Scalar to a value of it as an answer has it.
_SAMPLES: Final = {
    "ID": "Row_0190a0b0-0000-7000-8000-000000000001",
    "String": "Sample",
    "Int": 1,
    "Float": 1.5,
    "BigInt": 1,
    "Decimal": "7.5",
    "Boolean": True,
    "Date": "2025-10-15",
    "DateTime": "2025-10-15T08:30:00+00:00",
    "JSON": {},
}


def _paper_faults(subject: Subject) -> Iterator[str]:
    papers = subject.given("documents", Document)
    if not papers:
        return
    from homeroom_graphql.schema import build_schema

    schema = build_schema(subject.variant)
    for paper in papers:
        faults = list(_query_faults(schema, paper))
        yield from (f"the paper {paper.name}: {fault}" for fault in faults or _template_faults(schema, paper))


def _query_faults(schema: GraphQLSchema, paper: Document) -> Iterator[str]:
    from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse, validate

    try:
        document = parse(paper.query)
    except GraphQLSyntaxError as error:
        yield error.message
        return
    yield from (error.message for error in validate(schema, document))
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if [OperationType.QUERY] != [each.operation for each in operations]:
        yield "it has one query, and nothing else"
        return
    asked = {each.variable.name.value for each in operations[0].variable_definitions or ()}
    if paper.asks_language:
        asked.discard("language")
    if asked != set(paper.variables):
        yield f"its query has the variables {sorted(asked)}, and it declares {sorted(paper.variables)}"


def _template_faults(schema: GraphQLSchema, paper: Document) -> Iterator[str]:
    """Set the paper once, with an answer that has a value everywhere."""
    import typst
    from graphql import parse

    from homeroom_documents.pdf import typeset
    from homeroom_documents.speech import speech_of

    answer = _Sample(schema, parse(paper.query)).answer()
    zone = ZoneInfo("UTC")
    space = Space(UUID(int=0), "sample", "school", "Sample", "vn", zone, "en", frozenset())
    school = {"name": space.name, "region": space.region, "locale": space.locale, "printed": ""}
    try:
        typeset(
            paper.template, answer, school, speech_of("en", space, None, answer), datetime(2025, 10, 15, tzinfo=UTC)
        )
    except typst.TypstError as error:
        text = str(error.diagnostic or error)
        place = re.search(r"main\.typ:(\d+)", text)
        yield f"its template cannot be set: {text.strip().splitlines()[0]}{f' (line {place[1]})' if place else ''}"


class _Sample:
    """An answer to the one operation of a document: a value in every field, one element in every list.

    Args:
        schema: That it is valid in.
        document: With its fragments.
    """

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        from graphql import FragmentDefinitionNode, OperationDefinitionNode

        self._schema = schema
        self._fragments: Mapping[str, FragmentDefinitionNode] = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        (self._operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))

    def answer(self) -> dict[str, Any]:
        """The answer."""
        assert self._schema.query_type is not None
        return self._object(self._schema.query_type, self._operation.selection_set)

    def _object(self, type: GraphQLObjectType, selected: SelectionSetNode) -> dict[str, Any]:
        from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode

        made: dict[str, Any] = {}
        for each in selected.selections:
            if isinstance(each, FieldNode):
                name = each.name.value
                key = each.alias.value if each.alias else name
                value = type.name if name == "__typename" else self._value(type.fields[name].type, each.selection_set)
                made[key] = made[key] | value if isinstance(made.get(key), dict) else value
            elif isinstance(each, InlineFragmentNode):
                made |= self._object(type, each.selection_set)
            elif isinstance(each, FragmentSpreadNode):
                made |= self._object(type, self._fragments[each.name.value].selection_set)
        return made

    def _value(self, type: GraphQLOutputType, selected: SelectionSetNode | None) -> Any:
        from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type

        if isinstance(type, GraphQLNonNull):
            return self._value(type.of_type, selected)
        if isinstance(type, GraphQLList):
            return [self._value(type.of_type, selected)]
        if isinstance(type, GraphQLEnumType):
            return next(iter(type.values))
        if isinstance(type, GraphQLObjectType) and selected is not None:
            return self._object(type, selected)
        if selected is not None:  # an interface: one of its types
            (first, *_) = self._schema.get_possible_types(get_named_type(type))  # type: ignore[arg-type]
            return self._object(first, selected)
        return _SAMPLES.get(get_named_type(type).name, "Sample")


_PAPERS: Final = Point(
    "Its papers ask what the schema has, and can be set",
    "Correct the query or the Typst template of the paper that is named; it is tried with a value in every field.",
    _paper_faults,
)
POINTS: Final = (_PAPERS,)
