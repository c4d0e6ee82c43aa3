"""Requests that Schemathesis makes of the schema, sent as three roles to a real server: none is answered by a fault.

The school is one of its own with everything in it, because mutations change what they like. Ids are taken from that
school, so that requests get past "not found". ``HOMEROOM_HYPOTHESIS=explore`` looks for new requests.
"""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import graphql
import httpx
import pytest
import pytest_asyncio
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom.testing.serving import served_apart
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate
from homeroom_graphql.cli import schema_of_region

pytestmark = pytest.mark.slow

#: Of each query and each mutation: the simplest and one other; three minutes' worth where new requests are looked for.
EXAMPLES = 2 if settings().derandomize else 40
ROLES = ("registrar", "teacher", "guardian")
#: What an answer may say is wrong with a request.
REFUSALS = frozenset(
    {
        "BAD_USER_INPUT",
        "FORBIDDEN",
        "GRAPHQL_VALIDATION_FAILED",
        "GRAPHQL_PARSE_FAILED",
        "TOO_COMPLEX",
        # Of computed queries, whose refusals are errors of the field.
        "INVALID",
        "NOT_FOUND",
    }
)

nodes = schemathesis.graphql.nodes
_DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000)
schemathesis.graphql.scalar("Decimal", _DECIMALS.map(str).map(nodes.String))
schemathesis.graphql.scalar("JSON", st.dictionaries(st.text(), st.integers()).map(json.dumps).map(nodes.String))
schemathesis.graphql.scalar("Upload", st.just("0").map(nodes.String))


@dataclasses.dataclass(frozen=True)
class Served:
    """A school on a real server.

    Args:
        url: Of GraphQL.
        tokens: Role to an API token.
        ids: Global ids of its rows.
    """

    url: str
    tokens: dict[str, str]
    ids: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(
    host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People, database_settings: Settings
) -> AsyncIterator[Served]:
    """A school with people in it, and three of them with tokens."""
    space = await make_space("vn")
    plan = SchoolPlan(space.slug, space.name, "vn", 6, 6, "{grade}A", class_size=3, staff=4)
    filled: Filled = await populate(host, space, plan, with_marks=True)
    people = {"registrar": filled.staff[1], "teacher": filled.homeroom_teacher, "guardian": filled.guardian}
    tokens = {}
    for role in ROLES:
        client = await as_role.as_role(space, role, person=people[role])
        assert client.account is not None
        tokens[role] = await host.directory.issue_token(client.account, space.id, title="requests")
    ids = await _ids(await as_role.as_role(space, "principal", person=filled.staff[0]))
    # New documents are what this is made of: their limit has tests of its own.
    async with served_apart(database_settings, graphql_new_documents=1_000_000) as port:
        yield Served(f"http://127.0.0.1:{port}/graphql", tokens, ids)


@functools.cache
def _schema() -> str:
    """The schema of a school, as text."""
    return schema_of_region("vn")


async def _ids(client: Client) -> list[str]:
    schema = graphql.build_schema(_schema())
    assert schema.query_type is not None
    found = []
    for name, field in schema.query_type.fields.items():
        if not graphql.get_named_type(field.type).name.endswith("Connection"):
            continue
        answer = (await client.post(f"{{ {name}(first: 2) {{ nodes {{ id }} }} }}")).json()["data"]
        found += [each["id"] for each in (answer[name] or {"nodes": []})["nodes"]]
    return found


class _RealIds(graphql.Visitor):
    """Puts an id that there is in place of each generated one; often one of another type than is asked for."""

    def __init__(self, info: graphql.TypeInfo, ids: list[str]) -> None:
        super().__init__()
        self._info, self._ids = info, ids

    def enter_string_value(self, node: graphql.StringValueNode, *_: Any) -> graphql.StringValueNode | None:
        kind = self._info.get_input_type()
        if kind is None or graphql.get_named_type(kind) is not graphql.GraphQLID:
            return None
        return graphql.StringValueNode(value=self._ids[sum(map(ord, node.value)) % len(self._ids)])

    def enter_int_value(self, node: graphql.IntValueNode, *_: Any) -> graphql.StringValueNode | None:
        return self.enter_string_value(graphql.StringValueNode(value=node.value))


@pytest.fixture(scope="module")
def documents(served: Served) -> list[str]:
    """The requests: the same for every role, because making them costs more than sending them."""
    made: list[str] = []

    def probe(operation: Any) -> None:
        @settings(
            parent=settings(),
            max_examples=EXAMPLES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy())
        def each(case: Any) -> None:
            made.append(case.body)

        each()

    text = _schema()
    for result in schemathesis.graphql.from_file(text).get_all_operations():
        probe(result.ok())
    info = graphql.TypeInfo(graphql.build_schema(text))
    visitor = graphql.TypeInfoVisitor(info, _RealIds(info, served.ids))
    return [graphql.print_ast(graphql.visit(graphql.parse(document), visitor)) for document in made]


@pytest.mark.parametrize("role", ROLES)
async def test_no_request_is_answered_by_a_fault(role: str, served: Served, documents: list[str]) -> None:
    counted: dict[str, int] = {"data": 0, "refused": 0}
    with httpx.Client(headers={"Authorization": f"Bearer {served.tokens[role]}"}, timeout=900) as http:

        def send(document: str) -> None:
            answer = http.post(served.url, json={"query": document})
            assert answer.status_code < 500, document
            codes = {each["extensions"]["code"] for each in answer.json().get("errors", ())}
            assert codes <= REFUSALS, f"{codes}: {document}"
            counted["refused" if codes else "data"] += 1

        def all_of_them() -> None:
            for document in documents:
                send(document)

        await asyncio.to_thread(all_of_them)
    assert counted["data"] > 100
    assert counted["refused"] > 10
