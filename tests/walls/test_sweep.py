"""Every query field and every mutation, as every role: nothing of another school appears, nor that it is there.

The documents are made from the schema as introspection tells it, so that a new type, field, filter or command is swept
without anybody thinking of it. What is compared is always the answer about a row of the other school with the
answer about a row that never was.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import re
import types
import typing
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import graphql
import pytest

from homeroom.commands import Command, Ref
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.resources import camel_case
from homeroom.testing.client import Client
from homeroom.testing.people import People

pytestmark = pytest.mark.slow
ROLES = ("principal", "registrar", "admin", "teacher", "student", "guardian")
MARK = "Quince"
#: Chooses an id for a reference: the resource and the way to the parameter.
Choose = Callable[[str, str], UUID]
_OMITTED = object()


# Queries ------------------------------------------------------------------------------------------------


#: Plugins to the schema of the schools that have them, which is the same for every role and is asked for once.
_SCHEMAS: dict[frozenset[str], graphql.GraphQLSchema] = {}
#: Ids in a text, also those that overlap.
_IDS = re.compile("(?=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))")


async def schema_of(client: Client) -> graphql.GraphQLSchema:
    """The schema of a school as somebody gets it who may ask for it; it is the same for every role."""
    plugins = frozenset(client.space.plugins)
    if plugins not in _SCHEMAS:
        answer = await client.gql(graphql.get_introspection_query())
        _SCHEMAS[plugins] = graphql.build_client_schema(typing.cast("Any", answer))
    return _SCHEMAS[plugins]


def connections(schema: graphql.GraphQLSchema) -> dict[str, graphql.GraphQLObjectType]:
    """The root connections: field to the type of its rows."""
    found = {}
    for name, field in fields_of(schema.query_type).items():
        kind = graphql.get_named_type(field.type)
        if kind.name.endswith("Connection"):
            found[name] = typing.cast(
                "graphql.GraphQLObjectType", graphql.get_named_type(fields_of(kind)["nodes"].type)
            )
    return found


def fields_of(kind: Any) -> dict[str, graphql.GraphQLField]:
    """The fields of an object type."""
    made: dict[str, graphql.GraphQLField] = kind.fields
    return made


def everything_of(kind: graphql.GraphQLObjectType) -> str:
    """A selection of all that a type has, and of the ids that it leads to."""
    parts = []
    for name, field in fields_of(kind).items():
        named = graphql.get_named_type(field.type)
        if graphql.is_leaf_type(named):
            parts.append(name)
        elif named.name.endswith("Connection"):
            parts.append(f"{name}(first: 5) {{ totalCount nodes {{ id }} edges {{ cursor }} }}")
        else:
            parts.append(f"{name} {{ id }}")
    return " ".join(parts)


def probes(schema: graphql.GraphQLSchema, choose: Callable[[str], str]) -> Iterator[str]:
    """Root fields that ask for certain rows in every way that the schema offers.

    Args:
        schema: The schema.
        choose: Gives the global id of a row of a type.
    """
    by_name = {kind.name: kind for kind in connections(schema).values()}
    for kind in by_name:
        yield f'node(id: "{choose(kind)}") {{ id }}'
    for name, field in fields_of(schema.query_type).items():
        named = graphql.get_named_type(field.type)
        if named.name in by_name and name != "node":
            yield f'{name}(id: "{choose(named.name)}") {{ id }}'
        elif name in connections(schema) and "filter" in field.args:
            row = connections(schema)[name].name
            for condition in conditions(field.args["filter"].type, row, schema, choose):
                yield f"{name}(filter: {condition}) {{ totalCount nodes {{ id }} }}"
                if condition.startswith("{id:"):
                    yield f"{name}(filter: {{not: {condition}}}) {{ totalCount nodes {{ id }} }}"


def conditions(
    filter_type: Any, row: str, schema: graphql.GraphQLSchema, choose: Callable[[str], str], depth: int = 0
) -> Iterator[str]:
    """Filters that ask for certain rows, by their id, by what they point to and by their texts."""
    named = typing.cast("graphql.GraphQLInputObjectType", graphql.get_named_type(filter_type))
    for name, field in named.fields.items():
        inner = graphql.get_named_type(field.type).name
        if name in ("and", "or", "not"):
            continue
        if name == "id":
            yield f'{{id: {{eq: "{choose(row)}"}}}}'
            if depth == 0:
                yield f'{{id: {{in: ["{choose(row)}"]}}}}'
        elif inner == "StringFilter" and depth == 0:
            yield f'{{{name}: {{contains: "{choose("")}"}}}}'
        elif inner.removesuffix("Filter") in schema.type_map and depth == 0:
            target = inner.removesuffix("Filter")
            for condition in conditions(field.type, target, schema, choose, depth + 1):
                yield f"{{{name}: {condition}}}"


def documents(fields: list[str], size: int = 20) -> Iterator[str]:
    """As many root fields to a request as it may have, each under an alias."""
    for start in range(0, len(fields), size):
        yield "{" + " ".join(f"f{n}: {each}" for n, each in enumerate(fields[start : start + size])) + "}"


def betrayed(text: str, theirs: Any) -> list[str]:
    """What of the other school is in a text."""
    return [*theirs.known.intersection(_IDS.findall(text)), *([MARK] if MARK in text else [])]


async def member(as_role: People, planted: Any, role: str) -> Client:
    """Somebody of a school, signed in."""
    return await as_role.as_role(planted.space, role, person=planted.roles[role])


@pytest.fixture
async def everywhere(as_role: People, theirs: Any) -> str:
    """What the registrar of the other school sees: all of it."""
    client = await member(as_role, theirs, "principal")
    schema = await schema_of(client)
    return "".join([(await client.post(each)).text for each in readings(schema)])


def readings(schema: graphql.GraphQLSchema) -> list[str]:
    """One document for each root connection, with everything that its rows have, in every order."""
    made = []
    for name, kind in connections(schema).items():
        made.append(f"{{ {name}(first: 200) {{ totalCount nodes {{ {everything_of(kind)} }} }} }}")
        order = fields_of(schema.query_type)[name].args.get("orderBy")
        if order is not None:
            named: Any = graphql.get_named_type(order.type)
            values: Any = graphql.get_named_type(named.fields["field"].type)
            made += documents(
                [
                    f"{name}(first: 200, orderBy: [{{field: {value}, direction: {way}}}]) {{ nodes {{ id }} }}"
                    for value in values.values
                    for way in ("ASC", "DESC")
                ]
            )
    return made


async def test_there_is_something_to_betray(everywhere: str, theirs: Any) -> None:
    """The same documents show nearly all of it to anyone who may see it, or the sweep would prove nothing."""
    assert MARK in everywhere
    empty = [name for name, rows in theirs.ids.items() if not rows]
    assert [] == empty
    unseen = [name for name, rows in theirs.ids.items() if not any(str(each) in everywhere for each in rows)]
    # Background jobs, registered documents, invitations, webhooks and what became of mails are for those who look after
    # the installation; an inbox and its preferences are for one person each; requests about personal data are for those
    # who answer for it.
    apart = {"GraphQLDocument", "Invitation", "Job", "NoticeDelivery", "Notice", "NoticePreference"}
    # Who is a member, rules, and what a district has granted are for administrators.
    apart |= {"DistrictGrant", "DistrictSchool", "PolicyRule", "SpaceMember", "SpaceRole"}
    apart |= {
        "ConsentAnswer",
        "LegalHold",
        "PersonCopy",
        "PersonErasure",
        "RetentionRule",
        "WebhookDelivery",
        "WebhookEndpoint",
    }
    assert apart >= set(unseen)


@pytest.mark.parametrize("role", ROLES)
async def test_no_reading_shows_anything_of_another_school(role: str, as_role: People, ours: Any, theirs: Any) -> None:
    client = await member(as_role, ours, role)
    schema = await schema_of(await member(as_role, ours, "principal"))
    seen = False
    for document in readings(schema):
        answer = await client.post(document)
        assert "TOO_COMPLEX" not in answer.text, document
        assert [] == betrayed(answer.text, theirs), document
        seen = seen or not ours.known.isdisjoint(_IDS.findall(answer.text))
    assert seen, "the person saw nothing at all: the sweep would prove nothing"


@pytest.mark.parametrize("role", ROLES)
async def test_asking_for_a_row_of_another_school_is_like_asking_for_none(
    role: str, as_role: People, ours: Any, theirs: Any
) -> None:
    client = await member(as_role, ours, role)
    schema = await schema_of(await member(as_role, ours, "principal"))
    fresh: dict[str, str] = {}

    def known(kind: str) -> str:
        return f"{kind}_{theirs.ids[kind][0]}" if kind else MARK

    def random(kind: str) -> str:
        return fresh.setdefault(kind, f"{kind}_{new_id()}" if kind else "Quonce")

    pairs = zip(documents(list(probes(schema, known))), documents(list(probes(schema, random))), strict=True)
    for about_theirs, about_none in pairs:
        one, other = await client.post(about_theirs), await client.post(about_none)
        assert "TOO_COMPLEX" not in one.text, about_theirs
        assert one.status_code == other.status_code
        assert one.json() == other.json(), about_theirs
        assert [] == betrayed(one.text, theirs)


@pytest.mark.parametrize("role", ["principal", "student"])
async def test_a_cursor_of_another_school_opens_nothing(role: str, as_role: People, ours: Any, theirs: Any) -> None:
    there = await member(as_role, theirs, "principal")
    client = await member(as_role, ours, role)
    for name in connections(await schema_of(await member(as_role, ours, "principal"))):
        page = (await there.post(f"{{ {name}(first: 1) {{ edges {{ cursor }} }} }}")).json()["data"]
        for edge in (page[name] or {"edges": []})["edges"]:
            for way in ("first: 50, after", "last: 50, before"):
                answer = await client.post(f"{{ {name}({way}: {json.dumps(edge['cursor'])}) {{ nodes {{ id }} }} }}")
                assert [] == betrayed(answer.text, theirs)


# Mutations ----------------------------------------------------------------------------------------------


def references(kind: Any, way: str) -> Iterator[str]:
    """The ways to all references within a parameter's type."""
    for found, _ in _walk(kind, way):
        yield found


def _walk(kind: Any, way: str) -> Iterator[tuple[str, str]]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
        if reference is not None:
            yield way, reference.resource
        else:
            yield from _walk(arguments[0], way)
    elif dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        for each in dataclasses.fields(kind):
            yield from _walk(hints[each.name], f"{way}.{each.name}")
    else:
        for each in arguments:
            if each is not type(None):
                yield from _walk(each, way)


def value(kind: Any, way: str, choose: Choose, *, required: bool) -> Any:
    """A JSON value of a parameter's type; what is optional and leads to no row is left out."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if not required and not list(references(kind, way)):
        return _OMITTED
    if origin is typing.Annotated:
        reference = next((each for each in arguments[1:] if isinstance(each, Ref)), None)
        if reference is None:
            return value(arguments[0], way, choose, required=True)
        return f"{reference.resource}_{choose(reference.resource, way)}"
    if origin in (typing.Union, types.UnionType):
        inner = next(each for each in arguments if each is not type(None))
        return value(inner, way, choose, required=True)
    if origin is typing.Literal:
        return str(arguments[0]).upper()
    if origin is not None and origin is not dict:
        return [value(arguments[0], way, choose, required=True)]
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind, include_extras=True)
        made = {
            camel_case(each.name): value(
                hints[each.name],
                f"{way}.{each.name}",
                choose,
                required=each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING,
            )
            for each in dataclasses.fields(kind)
        }
        return {name: each for name, each in made.items() if each is not _OMITTED}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return str(next(iter(kind)).value).upper()
    plain = {str: "9", int: 1, float: 1.0, bool: True, Decimal: "1", dt.date: "2025-10-01"}
    return {**plain, dt.datetime: "2025-10-01T08:00:00Z"}.get(kind, {})


def arguments_of(command: Command, choose: Choose) -> dict[str, Any]:
    """An input for a command."""
    made = {
        camel_case(name): value(kind, name, choose, required=default is not None and not _has_default(default))
        for name, (kind, default) in command.parameters.items()
    }
    return {name: each for name, each in made.items() if each is not _OMITTED}


def _has_default(default: Any) -> bool:
    import inspect

    return default is not inspect.Parameter.empty


def document_for(schema: graphql.GraphQLSchema, command: Command) -> str:
    """The mutation, with the ids of what it gives."""
    payload = graphql.get_named_type(fields_of(schema.mutation_type)[command.field].type)
    shown = " ".join(
        f"{name} {{ id }}"
        for name, field in fields_of(payload).items()
        if name != "errors" and not graphql.is_leaf_type(graphql.get_named_type(field.type))
    )
    name = f"{command.field[0].upper()}{command.field[1:]}Input"
    return f"mutation($i: {name}!) {{ {command.field}(input: $i) {{ {shown} errors {{ code message field row }} }} }}"


@pytest.mark.parametrize("role", ROLES)
async def test_a_command_takes_a_row_of_another_school_for_none(
    role: str, host: Host, as_role: People, ours: Any, theirs: Any, contents: Any
) -> None:
    client = await member(as_role, ours, role)
    schema = await schema_of(await member(as_role, ours, "principal"))
    before = await contents(theirs.space)
    tried = not_found = 0
    for command in host.variant(ours.space.plugins).commands.values():
        ways = [way for name, (kind, _) in command.parameters.items() for way in references(kind, name)]
        document = document_for(schema, command)
        # All references lead over there; then each alone, the others to rows of the person's own school.
        for foreign in {frozenset(ways), *(frozenset({way}) for way in ways)} - {frozenset()}:
            answers = []
            for source in (lambda resource: theirs.ids[resource][0], lambda _resource: new_id()):
                given: list[UUID] = []

                def choose(resource: str, way: str) -> UUID:
                    if way not in foreign:  # noqa: B023 - called at once
                        own: UUID = ours.ids[resource][0]
                        return own
                    given.append(source(resource))  # noqa: B023
                    return given[-1]  # noqa: B023

                answer = (await client.post(document, {"i": arguments_of(command, choose)})).text
                for each in given:
                    answer = answer.replace(str(each), "<id>")
                answers.append(answer)
                assert [] == betrayed(answer, theirs), command.name
            assert answers[0] == answers[1], f"{command.name} with {sorted(foreign)}"
            tried += 1
            not_found += "NOT_FOUND" in answers[0]
            if "FORBIDDEN" in answers[0]:
                break  # the person may not run it at all
    assert before == await contents(theirs.space)
    assert tried > 20
    if role in ("principal", "registrar"):
        assert not_found > 20, "the commands looked at hardly any of the ids"
