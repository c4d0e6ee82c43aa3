"""What ``homeroom plugin check`` asks of papers: that the schema knows what they ask, and that they can be set."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from homeroom.acceptance import Point
from homeroom.callers import Space
from homeroom.documents import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLSchema

    from homeroom.acceptance import Subject

__all__ = ["POINTS"]


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
    from graphql import OperationType

    from homeroom_graphql.samples import document_faults, operation_in

    faults = document_faults(schema, paper.query)
    if faults:
        yield from (error.message for error in faults)
        return
    operation = operation_in(paper.query)
    if operation is None or operation.operation is not OperationType.QUERY:
        yield "it has one query, and nothing else"
        return
    asked = {each.variable.name.value for each in operation.variable_definitions or ()}
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
    from homeroom_graphql.samples import SampleAnswer

    answer = SampleAnswer(schema, parse(paper.query)).answer()
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


_PAPERS: Final = Point(
    "Its papers ask what the schema has, and can be set",
    "Correct the query or the Typst template of the paper that is named; it is tried with a value in every field.",
    _paper_faults,
)
POINTS: Final = (_PAPERS,)
