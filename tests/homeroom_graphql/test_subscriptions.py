"""Subscriptions over graphql-transport-ws: the protocol to the letter, and only what one may see when it happens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from garden.planting import Garden
from litestar import Litestar
from websockets.exceptions import ConnectionClosed, InvalidStatus

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.host import Host
from homeroom.permissions import Rule
from homeroom.settings import Settings
from homeroom.testing import Client, People
from homeroom.testing.serving import Socket, served, socket

PLANTED = "subscription($bed: ID) { plantsPlanted(bed: $bed) { label bed { id } } }"
GROWN = "subscription { plantGrown { id height } }"
PLANT = """mutation($bed: ID!, $labels: [PlantRowInput!]!) {
    plantMany(input: {bed: $bed, rows: $labels}) { plants { id } errors { code } } }"""
GROW = "mutation($plant: ID!, $height: Int!) { growOne(input: {plant: $plant, height: $height}) { errors { code } } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port(garden_app: Litestar) -> AsyncIterator[int]:
    """Where the garden is served."""
    async with served(garden_app) as found:
        yield found


@pytest.fixture
async def keeper(own_garden: Garden, people: People) -> Client:
    """Somebody who may do everything in a garden."""
    return await people(own_garden.space, "keeper")


async def plant(client: Client, bed: Any, *labels: str) -> list[str]:
    """Plant in a bed; gives the ids."""
    answer = await client.gql(PLANT, bed=f"Bed_{bed}", labels=[{"label": label} for label in labels])
    assert [] == answer["plantMany"]["errors"]
    return [each["id"] for each in answer["plantMany"]["plants"]]


# The protocol -------------------------------------------------------------------------------------------


async def test_pings_are_answered_at_any_time(keeper: Client, port: int) -> None:
    async with socket(keeper, port, init=None) as client:
        await client.say("ping")
        assert {"type": "pong"} == await client.hear()
        await client.say("pong")
        await client.say("connection_init")
        assert {"type": "connection_ack"} == await client.hear()
        await client.say("ping", payload={"a": 1})
        assert {"type": "pong", "payload": {"a": 1}} == await client.hear()


async def test_queries_and_mutations_come_over_a_socket_too(keeper: Client, own_garden: Garden, port: int) -> None:
    async with socket(keeper, port) as client:
        await client.subscribe("q", "query($n: Int) { beds(first: $n) { totalCount } }", n=1)
        message = await client.hear()
        assert ("next", "q") == (message["type"], message["id"])
        assert len(own_garden.ids["Bed"]) == message["payload"]["data"]["beds"]["totalCount"]
        assert {"type": "complete", "id": "q"} == await client.hear()
        await client.subscribe("q", "{ nobody }")  # the name is free again
        message = await client.hear()
        assert ("error", "q") == (message["type"], message["id"])
        assert "GRAPHQL_VALIDATION_FAILED" == message["payload"][0]["extensions"]["code"]


BAD_MESSAGES = [
    "", "{", "[]", "1", "{}", '{"type": "nothing"}', '{"type": "subscribe"}', '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
    '{"type": "complete"}', '{"type": "ping", "payload": 1}', '{"type": "connection_init", "payload": []}',
    '{"type": "ping", "payload": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}",
    b'{"type": "ping"}',
]  # fmt: skip


@pytest.mark.parametrize("text", BAD_MESSAGES)
async def test_a_wrong_message_closes_with_4400(keeper: Client, port: int, text: str | bytes) -> None:
    async with socket(keeper, port) as client:
        await client.connection.send(text)
        code, reason = await client.closed()
        assert 4400 == code
        assert reason.lower().startswith("invalid message")


async def test_a_subscription_before_the_greeting_closes_with_4401(keeper: Client, port: int) -> None:
    async with socket(keeper, port, init=None) as client:
        await client.subscribe("a", GROWN)
        assert (4401, "Unauthorized") == await client.closed()


async def test_a_second_greeting_closes_with_4429(keeper: Client, port: int) -> None:
    async with socket(keeper, port) as client:
        await client.say("connection_init")
        assert (4429, "Too many initialisation requests") == await client.closed()


async def test_a_name_that_is_taken_closes_with_4409(keeper: Client, port: int) -> None:
    async with socket(keeper, port) as client:
        await client.subscribe("a", GROWN)
        await client.subscribe("a", GROWN)
        assert (4409, "Subscriber for a already exists") == await client.closed()


@pytest.mark.parametrize("offered", [None, ["graphql-ws"]])
async def test_another_subprotocol_closes_with_4406(keeper: Client, port: int, offered: Any) -> None:
    async with socket(keeper, port, init=None, subprotocols=offered) as client:
        assert (4406, "Subprotocol not acceptable") == await client.closed()


async def test_who_does_not_greet_in_time_is_closed_with_4408(house: Host, own_garden: Garden) -> None:
    async with installation(house, graphql_init_seconds="0.05") as (people, port):
        async with socket(await people(own_garden.space, "keeper"), port, init=None) as client:
            assert (4408, "Connection initialisation timeout") == await client.closed()


@contextlib.asynccontextmanager
async def installation(house: Host, **settings: str) -> AsyncIterator[tuple[People, int]]:
    """Another process of the same installation as it were, with a host and settings of its own."""
    variables = house.settings.environment() | {f"HOMEROOM_{name.upper()}": value for name, value in settings.items()}
    host = build_host(Settings.load(variables), house.registry)
    host.clock = house.clock
    await host.open()
    app = create_app(host)
    people = People(host, app)
    try:
        async with served(app) as port:
            yield people, port
    finally:
        await people.close()
        await host.close()


# Who may ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", [None, "https://elsewhere.example"])
async def test_a_handshake_from_elsewhere_is_refused(keeper: Client, port: int, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket(keeper, port, origin=origin):
            pass
    assert 403 == refused.value.response.status_code


async def test_nobody_in_particular_is_closed_with_4403(own_garden: Garden, people: People, port: int) -> None:
    visitor = people.visitor(own_garden.space)
    async with socket(visitor, port, init=None) as client:
        await client.say("connection_init")
        assert 4403 == (await client.closed())[0]
    await visitor.close()


async def test_a_program_shows_its_token_in_the_greeting(
    keeper: Client, own_garden: Garden, people: People, port: int
) -> None:
    program = await people.with_token(keeper, own_garden.space)
    token = program.http.headers.pop("authorization")
    async with socket(program, port, origin=None, init={"Authorization": token}) as client:
        await client.subscribe("a", "{ viewer { login } }")
        assert keeper.login == (await client.hear())["payload"]["data"]["viewer"]["login"]
    async with socket(program, port, origin=None, init=None) as client:
        await client.say("connection_init", payload={"Authorization": "Bearer hrt_wrong"})
        assert 4403 == (await client.closed())[0]


async def test_a_wrong_subscription_is_reported_at_once(
    keeper: Client, own_garden: Garden, people: People, port: int
) -> None:
    async with socket(keeper, port) as client:
        for query, variables, code in (
            ("subscription { nobody }", {}, "GRAPHQL_VALIDATION_FAILED"),
            ("subscription { plantGrown { id } a: plantGrown { id } }", {}, "GRAPHQL_VALIDATION_FAILED"),
            ("subscription($x: Boolean!) { plantGrown @skip(if: $x) { id } }", {"x": True},
             "GRAPHQL_VALIDATION_FAILED"),
            (PLANTED, {"bed": "Plant_1"}, "BAD_USER_INPUT"),
            ("subscription { plantGrown { " + "bed { plants(first: 500) { nodes { " * 3 + "id" + "} } }" * 3 + "} }",
             {}, "TOO_COMPLEX"),
        ):  # fmt: skip
            await client.subscribe("a", query, **variables)
            message = await client.hear()
            assert ("error", code) == (message["type"], message["payload"][0]["extensions"]["code"])
    nobody = await people(own_garden.space, "admin")  # who sees no plant
    async with socket(nobody, port) as client:
        await client.subscribe("a", GROWN)
        assert "FORBIDDEN" == (await client.hear())["payload"][0]["extensions"]["code"]


async def test_a_subscription_is_not_answered_over_http(keeper: Client) -> None:
    assert ["OPERATION_NOT_SUPPORTED"] == await keeper.refused(GROWN)


# What is received ------------------------------------------------------------------------------------------


async def test_rows_are_shown_as_they_are_when_they_change(
    keeper: Client, own_garden: Garden, other_garden: Garden, people: People, port: int
) -> None:
    first, second, *_ = own_garden.ids["Bed"]
    async with socket(keeper, port) as client:
        await client.subscribe("all", PLANTED)
        await client.subscribe("one", PLANTED, bed=f"Bed_{second}")
        await client.ready()
        await plant(await people(other_garden.space, "keeper"), other_garden.ids["Bed"][0], "of others")
        await plant(keeper, first, "rose")
        message = await client.hear()
        bed = {"id": f"Bed_{first}"}
        assert ("all", {"data": {"plantsPlanted": {"label": "rose", "bed": bed}}}) == (
            message["id"],
            message["payload"],
        )
        await plant(keeper, second, "lily", "iris")
        received = [await client.hear() for _ in range(4)]
        labels = sorted((each["id"], each["payload"]["data"]["plantsPlanted"]["label"]) for each in received)
        assert [("all", "iris"), ("all", "lily"), ("one", "iris"), ("one", "lily")] == labels
        await client.say("complete", id="all")
        await plant(keeper, first, "unheard")
        await plant(keeper, second, "received")
        message = await client.hear()
        assert ("one", "received") == (message["id"], message["payload"]["data"]["plantsPlanted"]["label"])


async def test_what_was_refused_or_not_committed_is_not_reported(keeper: Client, own_garden: Garden, port: int) -> None:
    bed = own_garden.ids["Bed"][0]
    async with socket(keeper, port) as client:
        await client.subscribe("a", PLANTED)
        await client.ready()
        answer = await keeper.gql(PLANT, bed=f"Bed_{bed}", labels=[{"label": "good"}, {"label": " "}])
        assert answer["plantMany"]["errors"]
        await plant(keeper, bed, "afterwards")
        assert "afterwards" == (await client.hear())["payload"]["data"]["plantsPlanted"]["label"]


async def test_changes_of_other_processes_are_received(
    house: Host, keeper: Client, own_garden: Garden, port: int
) -> None:
    async with installation(house) as (others, _), socket(keeper, port) as client:
        await client.subscribe("a", PLANTED)
        await client.ready()
        await plant(await others(own_garden.space, "keeper"), own_garden.ids["Bed"][0], "from afar")
        assert "from afar" == (await client.hear())["payload"]["data"]["plantsPlanted"]["label"]


async def test_each_is_shown_what_each_may_see(keeper: Client, own_garden: Garden, people: People, port: int) -> None:
    """A visitor sees plants, yet no beds; what is denied is null, and reported."""
    visitor = await people(own_garden.space, "visitor")
    async with socket(visitor, port) as client:
        await client.subscribe("a", PLANTED)
        await client.ready()
        await plant(keeper, own_garden.ids["Bed"][0], "tulip")
        payload = (await client.hear())["payload"]
        assert {"plantsPlanted": {"label": "tulip", "bed": None}} == payload["data"]
        assert "FORBIDDEN" == payload["errors"][0]["extensions"]["code"]


# When it ends -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listening:
    """Somebody who listens, and where."""

    client: Client
    garden: Garden
    house: Host


async def _log_out(of: Listening) -> None:
    await of.client.http.post("/auth/logout", json={})


async def _end_membership(of: Listening) -> None:
    await of.house.directory.store.remove_member(of.garden.space.id, of.client.account, None)


async def _change_a_rule(of: Listening) -> None:
    await of.house.directory.store.set_rule(of.garden.space.id, Rule("keeper", "Plant", effect="deny"))


async def _switch_off(of: Listening) -> None:
    await of.house.directory.set_plugins(of.garden.space.id, [])


@pytest.mark.parametrize("end", [_log_out, _end_membership, _change_a_rule, _switch_off])
async def test_a_socket_is_closed_when_its_right_ends(
    house: Host, own_garden: Garden, keeper: Client, port: int, end: Callable[[Listening], Awaitable[None]]
) -> None:
    async with socket(keeper, port) as client:
        await client.subscribe("a", GROWN)
        await client.ready()
        await end(Listening(keeper, own_garden, house))
        async with asyncio.timeout(900):
            code, _ = await client.closed(after=["error"])
        assert 4403 == code


async def test_a_socket_is_closed_when_its_token_is_revoked(
    keeper: Client, own_garden: Garden, people: People, port: int
) -> None:
    program = await people.with_token(keeper, own_garden.space)
    async with socket(program, port, origin=None) as client:
        await client.subscribe("a", GROWN)
        await client.ready()
        (token,) = (await keeper.http.get("/auth/tokens")).json()
        (await keeper.http.request("DELETE", f"/auth/tokens/{token['id']}", json={})).raise_for_status()
        async with asyncio.timeout(900):
            assert 4403 == (await client.closed(after=["error"]))[0]


async def test_a_subscription_ends_with_the_right(house: Host, own_garden: Garden, people: People, port: int) -> None:
    guest = await people(own_garden.space, "visitor", person=own_garden.ids["Gardener"][1])
    assert guest.account is not None
    async with socket(guest, port) as client:
        await client.subscribe("a", GROWN)
        await client.subscribe("jobs", "subscription { jobChanged { id } }")
        await client.ready()
        await house.directory.add_member(
            own_garden.space.id, guest.account, roles=["admin"], person=own_garden.ids["Gardener"][1]
        )
        message = await client.hear()
        assert ("error", "a") == (message["type"], message["id"])
        assert "FORBIDDEN" == message["payload"][0]["extensions"]["code"]
        await client.say("ping")  # the socket itself lives on, for the other one
        assert {"type": "pong"} == await client.hear()


async def test_a_client_that_reads_nothing_is_cut_off_when_its_right_ends(house: Host, own_garden: Garden) -> None:
    """Nothing can be sent to it any more; the socket must not live on for that, and what it held is free again."""
    async with installation(house, graphql_max_subscriptions="2") as (people, port):
        keeper = await people(own_garden.space, "keeper")
        async with socket(keeper, port) as client:
            await client.subscribe("a", GROWN)
            await client.ready()
            client.connection.transport.pause_reading()
            large = "x" * 500_000
            talking = asyncio.create_task(_talk(client, {"payload": {"echo": large}}, times=40))
            await keeper.http.post("/auth/logout", json={})
            async with asyncio.timeout(900):
                await client.connection.wait_closed()
                await talking
        program = await people.with_token(keeper, own_garden.space)
        async with socket(program, port) as one, socket(program, port):
            await one.subscribe("a", GROWN)
            await one.ready()


async def _talk(client: Socket, more: dict[str, Any], *, times: int) -> None:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(times):
            await client.say("ping", **more)


async def test_listening_does_not_keep_a_session_alive(house: Host, own_garden: Garden) -> None:
    async with installation(house) as (people, port):
        visitor = await people(own_garden.space, "keeper")
        host = people._host
        async with socket(visitor, port) as client:
            await client.subscribe("a", GROWN)
            await client.ready()
            now = house.clock()
            for hours in (1, 2, 3, 4):
                host.clock = _at(now, hours)
                if hours == 4:
                    assert 4403 == (await client.closed())[0]


def _at(now: Any, hours: int) -> Callable[[], Any]:
    from datetime import timedelta

    return lambda: now + timedelta(hours=hours)


async def test_one_account_has_so_many_and_no_more(house: Host, own_garden: Garden) -> None:
    async with installation(house, graphql_max_subscriptions="3") as (people, port):
        keeper = await people(own_garden.space, "keeper")
        async with contextlib.AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(socket(keeper, port)) for _ in range(3)]
            async with socket(keeper, port, init=None) as one_more:
                await one_more.say("connection_init")
                assert 4403 == (await one_more.closed())[0]
            for name in "ab":
                await clients[0].subscribe(name, GROWN)
                await clients[0].ready()
            await clients[1].subscribe("c", GROWN)
            await clients[1].subscribe("d", GROWN)
            message = await clients[1].hear()
            assert ("error", "TOO_MANY_SUBSCRIPTIONS") == (message["type"], message["payload"][0]["extensions"]["code"])
            await clients[0].say("complete", id="a")
            await clients[0].ready()
            await clients[2].subscribe("e", GROWN)
            await clients[2].say("ping")
            assert {"type": "pong"} == await clients[2].hear()


async def test_who_may_have_missed_something_is_asked_to_come_again(keeper: Client, house: Host, port: int) -> None:
    async with socket(keeper, port) as client:
        await client.subscribe("a", GROWN)
        await client.ready()
        await house.database.read(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'homeroom_rows'"
        )
        assert 1013 == (await client.closed())[0]
    async with socket(keeper, port) as client:
        await client.subscribe("a", "{ __typename }")
        assert "next" == (await client.hear())["type"]
