"""GraphQL over HTTP: what is not executed says so with its status and names what is wrong; nothing is a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from garden.planting import Garden

from homeroom.testing import Client, People

NEW = "application/graphql-response+json"
OLD = "application/json"


@pytest.fixture
async def keeper(garden: Garden, people: People) -> Client:
    """Somebody who may do everything in the garden."""
    return await people(garden.space, "keeper")


async def _post(client: Client, body: Any, *, accept: str = NEW, content_type: str | None = OLD) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Accept": accept} | ({"Content-Type": content_type} if content_type else {})
    return await client.http.post("/graphql", content=content, headers=headers)


def _codes(response: Any) -> list[str]:
    return [each["extensions"]["code"] for each in response.json()["errors"]]


async def test_a_good_request_is_200_in_the_type_that_was_asked_for(keeper: Client) -> None:
    for accept, content_type in (
        (NEW, NEW),
        (f"{NEW}, {OLD}", NEW),
        (f"{NEW};q=0.9, {OLD};q=0.8", NEW),
        (OLD, OLD),
        ("*/*", OLD),
    ):
        response = await _post(keeper, {"query": "{ __typename }"}, accept=accept)
        assert 200 == response.status_code
        assert f"{content_type}; charset=utf-8" == response.headers["content-type"]
        assert {"data": {"__typename": "Query"}} == response.json()
        assert "no-store" == response.headers["cache-control"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BAD_REQUEST"),
        (b"{", "BAD_REQUEST"),
        (b"null", "BAD_REQUEST"),
        (b"[]", "BAD_REQUEST"),
        (b'"query"', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query": 1}', "BAD_REQUEST"),
        (b'{"query": null}', "BAD_REQUEST"),
        (b'{"query": "{__typename}", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{__typename}", "variables": "x"}', "BAD_REQUEST"),
        (b'{"query": "{__typename}", "operationName": 5}', "BAD_REQUEST"),
        (b'{"query": "{__typename}"} trailing', "BAD_REQUEST"),
        (b'{"query": "\xff\xfe"}', "BAD_REQUEST"),
        (b'{"query": "\xed\xa0\x80"}', "BAD_REQUEST"),
        (b'{"query": "{__typename}", "variables": {"x": NaN}}', "BAD_REQUEST"),
        (b'\xef\xbb\xbf{"query": "{__typename}"}', "BAD_REQUEST"),
        (b'{"query": "{__typename}", "variables": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "BAD_REQUEST"),
        (b'{"query": "{__typename}", "variables": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}", "BAD_REQUEST"),
        (b'{"query": ""}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{"}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ a\\u0000 }"}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "# nothing"}', "GRAPHQL_PARSE_FAILED"),
        (b'{"query": "{ nobody }"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query A { __typename } query A { __typename }"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "fragment F on Query { __typename }"}', "GRAPHQL_VALIDATION_FAILED"),
        (b'{"query": "query A { __typename } query B { __typename }"}', "OPERATION_RESOLUTION_FAILURE"),
        (b'{"query": "query A { __typename }", "operationName": "B"}', "OPERATION_RESOLUTION_FAILURE"),
        (b'{"query": "query A { __typename }", "operationName": ""}', "OPERATION_RESOLUTION_FAILURE"),
        (b'{"query": "subscription { x }"}', "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
async def test_what_cannot_be_executed_is_400(keeper: Client, body: bytes, code: str) -> None:
    response = await _post(keeper, body)
    assert 400 == response.status_code
    assert code in _codes(response)
    assert "data" not in response.json()


async def test_clients_of_the_older_kind_get_200_and_the_error(keeper: Client) -> None:
    response = await _post(keeper, {"query": "{ nobody }"}, accept=OLD)
    assert 200 == response.status_code
    assert ["GRAPHQL_VALIDATION_FAILED"] == _codes(response)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (f"{NEW};q=0.5, {OLD};q=0.9", OLD),
        (f"{NEW};q=0, {OLD}", OLD),
        (f"{OLD};q=0, {NEW};q=0.1", NEW),
        (f"text/html, {NEW};q=0.1", NEW),
        (f"{NEW.upper()}; Q=1", NEW),
        (f"*/*, {NEW};q=0.1", OLD),
        ("application/*", OLD),
        ("text/html, */*;q=0.1", OLD),
        ("", OLD),
    ],
)
async def test_the_media_type_follows_the_qualities(keeper: Client, accept: str, media_type: str) -> None:
    response = await _post(keeper, {"query": "{ __typename }"}, accept=accept)
    assert (200, f"{media_type}; charset=utf-8") == (response.status_code, response.headers["content-type"])


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{NEW};q=0", f"{OLD};q=0", f"{NEW};q=x", f"{OLD};q=-1"])
async def test_who_wants_another_media_type_gets_406(keeper: Client, accept: str) -> None:
    response = await _post(keeper, {"query": "{ __typename }"}, accept=accept)
    assert (406, ["NOT_ACCEPTABLE"]) == (response.status_code, _codes(response))


@pytest.mark.parametrize("body", [b"", b"{", b'{"query": 1}', b"[" * 50_000, b'{"query": "\xff"}'])
async def test_what_is_no_request_is_400_in_either_media_type(keeper: Client, body: bytes) -> None:
    response = await _post(keeper, body, accept=OLD)
    assert (400, ["BAD_REQUEST"]) == (response.status_code, _codes(response))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_405(keeper: Client, method: str) -> None:
    response = await keeper.http.request(method, "/graphql", headers={"Accept": NEW})
    assert (405, "GET, POST") == (response.status_code, response.headers["allow"])


async def _get(client: Client, accept: str = NEW, **parameters: str) -> Any:
    return await client.http.get("/graphql", params=parameters, headers={"Accept": accept})


async def test_a_query_comes_by_get_too(keeper: Client) -> None:
    query = "query Some($label: String!) { plants(filter: {label: {ne: $label}}) { totalCount } }"
    parameters = {"query": query, "variables": '{"label": "ă 🏊"}', "operationName": "Some"}
    response = await _get(keeper, **parameters)
    assert (200, {"data": {"plants": {"totalCount": 36}}}) == (response.status_code, response.json())
    assert "no-store" == response.headers["cache-control"]
    assert 200 == (await _get(keeper, query="{ __typename }", variables="null", extensions="", other="1")).status_code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "BAD_REQUEST"),
        ("query=", "GRAPHQL_PARSE_FAILED"),
        ("query=%7Bnobody%7D", "GRAPHQL_VALIDATION_FAILED"),
        ("query=%FF", "BAD_REQUEST"),
        ("query=%7B__typename%7D&query=%7B__typename%7D", "BAD_REQUEST"),
        ("query=%7B__typename%7D&variables=%7B", "BAD_REQUEST"),
        ("query=%7B__typename%7D&variables=[]", "BAD_REQUEST"),
        ("query=%7B__typename%7D&extensions=1", "BAD_REQUEST"),
        ("query=%7B__typename%7D&variables=" + "[" * 20_000, "BAD_REQUEST"),
        ("&".join(f"a{each}=1" for each in range(100)), "BAD_REQUEST"),
    ],
)
async def test_a_wrong_get_is_400(keeper: Client, query: str, code: str) -> None:
    response = await keeper.http.get(f"/graphql?{query}", headers={"Accept": NEW})
    assert 400 == response.status_code
    assert [code] == _codes(response)


async def test_a_mutation_does_not_come_by_get(keeper: Client) -> None:
    mutation = 'mutation { digBed(input: {title: "by get"}) { bed { id } errors { code } } }'
    for accept in (NEW, OLD):
        response = await _get(keeper, accept, query=mutation)
        assert (405, "POST") == (response.status_code, response.headers["allow"])
        assert ["METHOD_NOT_ALLOWED"] == _codes(response)
    data = await keeper.gql('{ beds(filter: {title: {eq: "by get"}}) { totalCount } }')
    assert {"beds": {"totalCount": 0}} == data


SCHEMA = "{ __schema { queryType { name } } }"


@pytest.mark.parametrize(
    "query",
    [
        SCHEMA,
        '{ __type(name: "Plant") { name } }',
        "{ ...F } fragment F on Query { x: __schema { queryType { name } } }",
        '{ ... on Query { plants { totalCount } __type(name: "Plant") { name } } }',
    ],
)
async def test_the_schema_is_reported_to_those_who_may_ask_for_it(
    keeper: Client, garden: Garden, people: People, query: str
) -> None:
    assert 200 == (await _post(keeper, {"query": query})).status_code
    visitor = await people(garden.space, "visitor")
    response = await _post(visitor, {"query": query})
    assert (403, ["FORBIDDEN"]) == (response.status_code, _codes(response))
    assert "data" not in response.json()


async def test_the_name_of_a_type_may_be_asked_by_everybody(garden: Garden, people: People) -> None:
    visitor = await people(garden.space, "visitor")
    data = await visitor.gql("{ __typename plants(first: 1) { __typename nodes { __typename } } }")
    assert "Plant" == data["plants"]["nodes"][0]["__typename"]


async def test_names_are_suggested_to_those_who_may_know_them(keeper: Client, garden: Garden, people: People) -> None:
    visitor = await people(garden.space, "visitor")
    for query in ("{ plant { id } }", "{ plantz { nodes { id } } }", "{ plants { nodes { labell } } }"):
        reported = (await _post(keeper, {"query": query})).json()["errors"][0]["message"]
        hidden = (await _post(visitor, {"query": query})).json()["errors"][0]["message"]
        assert "Did you mean" not in hidden
        assert reported.startswith(hidden)


async def test_a_closed_relation_in_a_filter_is_named(garden: Garden, people: People) -> None:
    visitor = await people(garden.space, "visitor")  # reads plants and no harvest
    for harvests in ("{}", "{weight: {gt: 1}}"):
        for given in (f"{{harvests: {harvests}}}", f"{{not: {{harvests: {harvests}}}}}"):
            answer = (await _post(visitor, {"query": f"{{ plants(filter: {given}) {{ totalCount }} }}"})).json()
            assert {"plants": None} == answer["data"]
            assert [("FORBIDDEN", "Harvest")] == [
                (each["extensions"]["code"], each["extensions"]["field"]) for each in answer["errors"]
            ]


async def test_a_query_by_get_needs_somebody_too(garden: Garden, people: People) -> None:
    visitor = people.visitor(garden.space)
    assert 401 == (await _get(visitor, query="{ __typename }")).status_code
    await visitor.close()


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain", "application/x-www-form-urlencoded", "application/jsonp", None,
        "application/json; charset=utf-16",
    ],
)  # fmt: skip
async def test_other_content_types_are_415(keeper: Client, content_type: str | None) -> None:
    response = await _post(keeper, {"query": "{ __typename }"}, content_type=content_type)
    assert response.status_code in (403, 415)  # without JSON it may as well be a forged form
    assert "data" not in response.json()


async def test_json_with_parameters_is_fine(keeper: Client) -> None:
    for content_type in ("application/json; charset=utf-8", "Application/JSON"):
        response = await _post(keeper, {"query": "{ __typename }"}, content_type=content_type)
        assert 200 == response.status_code


async def test_bodies_over_the_limit_are_413(keeper: Client) -> None:
    large = {"query": "{ __typename }", "variables": {"x": "y" * 1_000_001}}
    assert 413 == (await _post(keeper, large)).status_code

    async def pieces() -> Any:
        for _ in range(20):
            yield b" " * 60_000

    # Without a content-length the body is counted as it comes.
    response = await keeper.http.post("/graphql", content=pieces(), headers={"Content-Type": OLD, "Accept": NEW})
    assert 413 == response.status_code
    assert 200 == (await _post(keeper, {"query": "{ __typename }"})).status_code


async def test_nobody_in_particular_is_401(garden: Garden, people: People) -> None:
    visitor = people.visitor(garden.space)
    response = await _post(visitor, {"query": "{ __typename }"})
    assert 401 == response.status_code
    assert ["UNAUTHENTICATED"] == _codes(response)
    await visitor.close()


WRONG_VARIABLES = [
    ("Int", "x", []),
    ("Int", 2**31, []),
    ("Int", 1.5, []),
    ("Int", True, []),
    ("Int!", None, []),
    ("String", 5, []),
    ("String", "nul\0", []),
    ("String", "lone \ud800", None),
    ("Boolean", 1, []),
    ("ID", 1.5, []),
    ("ID", "nul\0", []),
    ("Decimal", "abc", []),
    ("Decimal", "NaN", []),
    ("Decimal", "Infinity", []),
    ("Decimal", "1e999999999", []),
    ("Decimal", 1e300, []),
    ("Decimal", "1" * 5000, []),
    ("Decimal", [], []),
    ("BigInt", 2**63, []),
    ("BigInt", "9" * 5000, []),
    ("BigInt", "--1", []),
    ("BigInt", "²", []),
    ("BigInt", 1.5, []),
    ("Date", "2026-02-30", []),
    ("Date", "0000-01-01", []),
    ("Date", "20000-01-01", []),
    ("Date", "", []),
    ("Date", 5, []),
    ("DateTime", "2026-01-01", []),
    ("DateTime", "2026-01-01T00:00:00", []),
    ("DateTime", "2026-01-01T25:00:00Z", []),
    ("GrowthStage", "seed", []),
    ("GrowthStage", 1, []),
    ("PlantFilter", [], []),
    ("PlantFilter", {"nobody": 1}, ["nobody"]),
    ("PlantFilter", {"price": {"eq": "x"}}, ["price", "eq"]),
    ("PlantFilter", {"or": [{}, {"bed": {"title": {"in": ["a", 5]}}}]}, ["or", 1, "bed", "title", "in", 1]),
    ("PlantFilter", {"stage": {"in": ["SEED", "BLOOM"]}}, ["stage", "in", 1]),
    ("[PlantOrder!]", [{"field": "LABEL"}, {"direction": "ASC"}], [1, "field"]),
    ("[PlantOrder!]", [{"field": "LABEL"}, None], [1]),
]


@pytest.mark.parametrize(("kind", "value", "path"), WRONG_VARIABLES)
async def test_a_wrong_variable_is_named_with_its_path(keeper: Client, kind: str, value: Any, path: Any) -> None:
    where = {
        "Int": "plants(first: $x)",
        "Int!": "plants(first: $x)",
        "String": "plants(filter: {label: {eq: $x}})",
        "Boolean": "plants(filter: {alive: {eq: $x}})",
        "ID": "plants(filter: {id: {eq: $x}})",
        "Decimal": "plants(filter: {price: {eq: $x}})",
        "BigInt": "plants(filter: {seen: {eq: $x}})",
        "Date": "plants(filter: {plantedOn: {eq: $x}})",
        "DateTime": "plants(filter: {wateredAt: {eq: $x}})",
        "GrowthStage": "plants(filter: {stage: {eq: $x}})",
        "PlantFilter": "plants(filter: $x)",
        "[PlantOrder!]": "plants(orderBy: $x)",
    }[kind]
    query = f"query($x: {kind}) {{ {where} {{ totalCount }} }}"
    response = await _post(keeper, {"query": query, "variables": {"x": value}})
    assert 400 == response.status_code
    if path is None:  # no JSON at all
        return
    (error,) = response.json()["errors"]
    assert {"code": "BAD_USER_INPUT", "variable": "x", "path": path} == error["extensions"]
    assert error["message"].startswith("$x")


async def test_a_missing_variable_is_named_and_one_too_many_is_not_minded(keeper: Client) -> None:
    query = "query($x: Int!) { plants(first: $x) { totalCount } }"
    response = await _post(keeper, {"query": query, "variables": {"y": 1}})
    assert 400 == response.status_code
    assert "x" == response.json()["errors"][0]["extensions"]["variable"]
    response = await _post(keeper, {"query": query, "variables": {"x": 1, "y": [{}]}})
    assert {"data": {"plants": {"totalCount": 36}}} == response.json()


@pytest.mark.parametrize(
    "call",
    [
        'plants(filter: {price: {eq: "x"}})',
        "plants(filter: {price: {eq: 1e999}})",
        "plants(filter: {seen: {eq: 99999999999999999999999999}})",
        'plants(filter: {seen: {eq: "x"}})',
        'plants(filter: {plantedOn: {eq: "yesterday"}})',
        'plants(filter: {plantedOn: {in: ["2026-01-01", "x"]}})',
        'plants(filter: {wateredAt: {eq: "2026-01-01"}})',
        'plants(filter: {label: {eq: "nul\\u0000"}})',
        'plants(filter: {label: {in: ["nul\\u0000"]}})',
        'plants(filter: {label: {contains: "nul\\u0000"}})',
        "plants(filter: {seen: {eq: " + "9" * 5000 + "}})",
        "plants(filter: {price: {eq: " + "9" * 5000 + "}})",
        "plants(first: " + "9" * 5000 + ")",
        "plants(filter: {price: {eq: 1" + "0" * 5000 + "e9}})",
        "plants(first: -1)",
        "plants(first: 501)",
        "plants(last: 99999)",
        "plants(first: 1, last: 1)",
        'plants(after: "x")',
        'plants(after: "")',
        'plants(before: "WyJ4Il0=")',
        'plants(after: "bnVsbA==", first: 0)',
        'plants(after: "nul\\u0000")',
    ],
)
async def test_a_wrong_literal_is_400(keeper: Client, call: str) -> None:
    response = await _post(keeper, {"query": f"{{ {call} {{ nodes {{ id }} totalCount }} }}"})
    assert 400 == response.status_code, response.text
    refusals = {"BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
    assert refusals > set(_codes(response)), response.text


@pytest.mark.parametrize(
    "text", ["nul\0", "Plant_", "Plant_" + "0" * 36, "Plant_" + "é" * 36, "", "_", "a_" * 50_000, "😀"]
)
async def test_a_malformed_id_is_just_not_there(keeper: Client, text: str) -> None:
    query = "query($id: ID!) { plant(id: $id) { id } node(id: $id) { id } }"
    response = await _post(keeper, {"query": query, "variables": {"id": text}})
    if "\0" in text:
        assert 400 == response.status_code
    else:
        assert {"data": {"plant": None, "node": None}} == response.json()


async def test_texts_come_back_as_they_were_sent(keeper: Client) -> None:
    for text in ('"', "\\", "\\u0041", "'; DROP TABLE garden_plant; --", "\u2028", "𠮷", "{{x}}", "%s", "$1", "\x01"):
        query = "query($x: String!) { plants(filter: {label: {ne: $x}}) { totalCount } k: __typename }"
        response = await _post(keeper, {"query": query, "variables": {"x": text}})
        assert 200 == response.status_code, text
        literal = json.dumps(text)
        response = await _post(
            keeper, {"query": f"{{ plants(filter: {{label: {{eq: {literal}}}}}) {{ nodes {{ label }} }} }}"}
        )
        assert {text} >= {each["label"] for each in response.json()["data"]["plants"]["nodes"]}


async def test_a_null_for_a_directive_is_refused(keeper: Client) -> None:
    query = "query($b: Boolean = true) { plants @include(if: $b) { totalCount } }"
    assert 200 == (await _post(keeper, {"query": query})).status_code
    response = await _post(keeper, {"query": query, "variables": {"b": None}})
    assert (400, ["BAD_USER_INPUT"]) == (response.status_code, _codes(response))


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_moments_beyond_the_calendar_are_refused(keeper: Client, moment: str) -> None:
    query = "query($x: DateTime) { plants(filter: {wateredAt: {lt: $x}}) { totalCount } }"
    response = await _post(keeper, {"query": query, "variables": {"x": moment}})
    assert (400, ["BAD_USER_INPUT"]) == (response.status_code, _codes(response))


async def test_numbers_beyond_floats_are_refused(keeper: Client) -> None:
    body = b'{"query": "query($x: Int) { plants(first: $x) { totalCount } }", "variables": {"x": 1e400}}'
    response = await _post(keeper, body)
    assert 400 == response.status_code


async def test_the_caller_and_the_space(keeper: Client, garden: Garden) -> None:
    response = await _post(keeper, {"query": "{ viewer { __typename roles here: space { slug timeZone plugins } } }"})
    viewer = response.json()["data"]["viewer"]
    assert ("Viewer", ["keeper"]) == (viewer["__typename"], viewer["roles"])
    assert (garden.space.slug, "Asia/Ho_Chi_Minh") == (viewer["here"]["slug"], viewer["here"]["timeZone"])
    assert "garden" in viewer["here"]["plugins"]


@pytest.mark.parametrize(
    ("accepted", "coded"), [("gzip, br", True), ("br", False), ("gzip;q=0, *", False), ("*", True)]
)
async def test_what_is_said_about_the_schema_is_compressed(keeper: Client, accepted: str, *, coded: bool) -> None:
    headers = {"accept-encoding": accepted}
    query = {"query": "{ __schema { types { name description fields { name } } } }"}
    answer = await keeper.http.post("/graphql", json=query, headers=headers)
    assert (200, coded) == (answer.status_code, "content-encoding" in answer.headers)
    assert "Bed" in {each["name"] for each in answer.json()["data"]["__schema"]["types"]}
    page = await keeper.http.get("/graphiql/graphiql.min.js", headers=headers)
    assert (200, coded) == (page.status_code, "content-encoding" in page.headers)
    assert len(page.content) > 500_000


async def test_answers_with_data_are_never_compressed(keeper: Client) -> None:
    """Their length would tell of the data, to those who can choose a part of the query and see how much comes back."""
    for query in ("{ beds { totalCount } }", "{ __schema { types { name } } beds { totalCount } }", "{ nobody }"):
        answer = await keeper.http.post("/graphql", json={"query": query}, headers={"accept-encoding": "gzip"})
        assert "content-encoding" not in answer.headers
