"""Other systems learn what was done: signed, again and again, under the rights of those who registered them."""

from __future__ import annotations

import asyncio
import threading
from uuid import UUID

import msgspec
import pytest
from hearing.asking import DELIVERIES, DO, DOCUMENT, EVENT, REGISTER, deliveries, do, register
from hearing.office import Office
from hearing.receiver import Receiver, receiving, verify

from homeroom.callers import Space
from homeroom.testing import Client
from homeroom.webhooks.rules import secret_of
from homeroom.webhooks.sending import Sender
from in_process import homeroom

ROTATE = """mutation($id: ID!) { rotateWebhookSecret(input: {endpoint: $id}) {
  webhookEndpoint { secret previousUntil } errors { code } } }"""
ENABLE = """mutation($id: ID!) { enableWebhook(input: {endpoint: $id}) {
  webhookEndpoint { state secret } errors { code field } } }"""
REMOVE = "mutation($id: ID!) { removeWebhook(input: {endpoint: $id}) { errors { code } } }"
REPEAT = """mutation($ids: [ID!]!) { repeatWebhookDeliveries(input: {deliveries: $ids}) {
  webhookDeliveries { id state } errors { code row } } }"""
ENDPOINTS = "{ webhookEndpoints { nodes { id secret state disabledReason failingSince } } }"


async def test_a_command_is_reported_signed_and_to_its_own_school_alone(
    office: Office, schools: tuple[Space, Space], admin: Client, receiver: Receiver
) -> None:
    other = await office.people(schools[1], "admin")
    made = await register(admin, receiver.url, EVENT, "webhooks.*")
    elsewhere = await register(other, receiver.url.replace("hooks", "other"), EVENT)
    assert made["secret"] != elsewhere["secret"]
    assert [None] == [each["secret"] for each in (await admin.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]]
    campus = await do(admin, "North")
    assert receiver.came == []  # nothing is sent while somebody waits
    await office.deliver()
    reported = {each["type"]: each for each in receiver.reported}
    assert {EVENT, "webhooks.endpoint.register"} >= reported.keys() > set()
    assert {"school": schools[0].slug, "rows": {"Campus": [campus]}, "complete": True} == reported[EVENT]["data"]
    for headers, body in receiver.came:
        assert 1 == verify(made["secret"], headers, body)
        assert 0 == verify(elsewhere["secret"], headers, body)
        assert b"North" not in body  # ids, and nothing else of the row
    found = await deliveries(admin)
    assert {("DELIVERED", 1, 204, None)} == {
        (each["state"], each["attempts"], each["responseStatus"], each["error"]) for each in found
    }
    assert [] == await deliveries(other)
    await office.deliver()
    assert len(found) == len(receiver.came)
    assert "NOT_FOUND" == (await other.gql(ENABLE, id=made["id"]))["enableWebhook"]["errors"][0]["code"]
    refused = (await other.gql(REPEAT, ids=[found[0]["id"]]))["repeatWebhookDeliveries"]["errors"]
    assert [("NOT_FOUND", 0)] == [(each["code"], each["row"]) for each in refused]


async def test_what_was_refused_is_not_reported(office: Office, admin: Client, receiver: Receiver) -> None:
    await register(admin, receiver.url, EVENT)
    assert (await admin.gql(DO, title=""))["createCampus"]["errors"]
    await office.deliver()
    assert [] == receiver.came


@pytest.mark.parametrize("answer", [500, 429, 307])
async def test_what_was_not_taken_comes_again_under_the_same_id(
    office: Office, admin: Client, receiver: Receiver, answer: int
) -> None:
    made = await register(admin, receiver.url, EVENT)
    receiver.answers = [answer, 200]
    await do(admin, "South")
    await office.deliver()
    (found,) = await deliveries(admin)
    assert ("WAITING", 1, answer) == (found["state"], found["attempts"], found["responseStatus"])
    assert str(answer) in found["error"]
    await office.deliver()  # not yet
    assert 1 == len(receiver.came)
    office.wait(seconds=7)
    await office.deliver()
    (found,) = await deliveries(admin)
    assert ("DELIVERED", 2, 200, None) == tuple(found[n] for n in ("state", "attempts", "responseStatus", "error"))
    first, second = (headers["webhook-id"] for headers, _ in receiver.came)
    assert first == second
    assert all(verify(made["secret"], *each) for each in receiver.came)
    (endpoint,) = (await admin.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]
    assert endpoint["failingSince"] is None


async def test_it_is_given_up_after_days_and_the_endpoint_is_switched_off(
    office: Office, admin: Client, receiver: Receiver
) -> None:
    made = await register(admin, receiver.url, EVENT)
    receiver.answers = [500]
    await do(admin, "West")
    for _ in range(12):
        await office.deliver()
        office.wait(hours=29)
    (found,) = await deliveries(admin)
    assert found["attempts"] == len(receiver.came)
    assert 3 <= len(receiver.came) <= 10
    (endpoint,) = (await admin.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]
    assert ("DISABLED", True) == (endpoint["state"], "trong 3 ngày" in endpoint["disabledReason"])
    before = len(receiver.came)
    await do(admin, "East")
    await office.deliver()
    assert before == len(receiver.came)  # nothing is reported any more, and nothing is noted
    receiver.answers = [204]
    assert "ACTIVE" == (await admin.gql(ENABLE, id=made["id"]))["enableWebhook"]["webhookEndpoint"]["state"]
    await office.deliver()
    assert [("DELIVERED", EVENT)] == [(each["state"], each["event"]) for each in await deliveries(admin)]


async def test_after_the_last_attempt_somebody_has_to_ask(office: Office, admin: Client, receiver: Receiver) -> None:
    made = await register(admin, receiver.url, EVENT)
    await do(admin, "First")
    receiver.answers = [500]
    for _ in range(12):
        await office.deliver()
        receiver.answers = [500]
        await admin.gql(ENABLE, id=made["id"])
        office.wait(hours=29)
    (found,) = await deliveries(admin)
    assert ("FAILED", 10, 10) == (found["state"], found["attempts"], len(receiver.came))
    receiver.answers = [204]
    repeated = (await admin.gql(REPEAT, ids=[found["id"]]))["repeatWebhookDeliveries"]
    assert ([], "WAITING") == (repeated["errors"], repeated["webhookDeliveries"][0]["state"])
    again = (await admin.gql(REPEAT, ids=[found["id"]]))["repeatWebhookDeliveries"]["errors"]
    assert [("WEBHOOK_WAITS", 0)] == [(each["code"], each["row"]) for each in again]
    await office.deliver()
    (found,) = await deliveries(admin)
    assert ("DELIVERED", 1) == (found["state"], found["attempts"])
    assert 1 == len({headers["webhook-id"] for headers, _ in receiver.came})


async def test_one_that_is_gone_is_switched_off_at_once(office: Office, admin: Client, receiver: Receiver) -> None:
    await register(admin, receiver.url, EVENT)
    receiver.answers = [410]
    await do(admin, "Gone")
    await office.deliver()
    (endpoint,) = (await admin.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]
    assert ("DISABLED", True) == (endpoint["state"], "410" in endpoint["disabledReason"])
    (notice,) = (await admin.gql("{ notices { nodes { kind body } } }"))["notices"]["nodes"]
    assert ("webhooks.endpoint_disabled", True) == (notice["kind"], "410" in notice["body"])
    assert "FAILED" == (await deliveries(admin))[0]["state"]


async def test_one_that_says_nothing_is_not_waited_for(office: Office, admin: Client, receiver: Receiver) -> None:
    from homeroom.webhooks.sending import Sender

    receiver.answers = [None]
    await register(admin, receiver.url, EVENT)
    await do(admin, "Slow")
    async with asyncio.timeout(300):
        await office.deliver(Sender(office.worker, seconds=0.3))
    (found,) = await deliveries(admin)
    assert ("WAITING", None, "no answer within 0.3 s") == (found["state"], found["responseStatus"], found["error"])


async def test_one_that_says_nothing_keeps_nobody_waiting(
    office: Office, schools: tuple[Space, Space], admin: Client, receiver: Receiver
) -> None:
    from homeroom.webhooks.sending import Sender

    other = await office.people(schools[1], "admin", "registrar")
    with receiving() as silent:
        silent.answers = [None]
        await register(admin, silent.url, EVENT)
        await register(other, receiver.url, EVENT)
        sender = Sender(office.worker, seconds=600)
        await do(admin, "Slow")
        async with asyncio.timeout(500):
            for number, name in enumerate(("First", "Second"), start=1):
                await do(other, name)
                while ["DELIVERED"] * number != [each["state"] for each in await deliveries(other)]:
                    await sender.round()
        # It is still being informed the first time; nothing else is sent there meanwhile.
        assert [1] == [each["attempts"] for each in await deliveries(admin)]
        await do(admin, "Slower")
        await sender.round()
        assert [0, 1] == sorted(each["attempts"] for each in await deliveries(admin))
        await sender.end()
    # What was cut off was counted, and comes again once nobody can be at work on it any more.
    office.wait(minutes=5)
    await sender.round()
    assert 2 in {each["attempts"] for each in await deliveries(admin)}


async def test_a_rehearsal_shows_no_secret(office: Office, admin: Client, receiver: Receiver) -> None:
    made = await register(admin, receiver.url, EVENT)
    answer = (await admin.gql(ROTATE.replace("$id}", "$id, rehearse: true}"), id=made["id"]))["rotateWebhookSecret"]
    assert ([], None) == (answer["errors"], answer["webhookEndpoint"]["secret"]), "the next call makes the same secret"


async def test_a_secret_is_rotated_without_a_gap(office: Office, admin: Client, receiver: Receiver) -> None:
    made = await register(admin, receiver.url, EVENT)
    rotated = (await admin.gql(ROTATE, id=made["id"]))["rotateWebhookSecret"]["webhookEndpoint"]["secret"]
    assert rotated not in (None, made["secret"])
    await do(admin, "Before")
    await office.deliver()
    headers, body = receiver.came[-1]
    assert (1, 1) == (verify(made["secret"], headers, body), verify(rotated, headers, body))
    office.wait(hours=25)
    await do(admin, "After")
    await office.deliver()
    headers, body = receiver.came[-1]
    assert (0, 1) == (verify(made["secret"], headers, body), verify(rotated, headers, body))


async def test_while_the_secret_key_is_changed_both_keys_sign(
    office: Office, admin: Client, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await register(admin, receiver.url, EVENT)
    old = office.worker.settings.secret_key
    changed = msgspec.structs.replace(office.worker.settings, secret_key="n" * 40, previous_secret_key=old)
    monkeypatch.setattr(office.worker, "settings", changed)
    await do(admin, "During")
    await office.deliver(Sender(office.worker))
    headers, body = receiver.came[-1]
    new = secret_of(b"n" * 40, admin.space.id, UUID(made["id"].partition("_")[2]), 1)
    assert (1, 1) == (verify(made["secret"], headers, body), verify(new, headers, body))
    monkeypatch.setattr(office.worker, "settings", msgspec.structs.replace(changed, previous_secret_key=None))
    await do(admin, "After")
    await office.deliver(Sender(office.worker))
    headers, body = receiver.came[-1]
    assert (0, 1) == (verify(made["secret"], headers, body), verify(new, headers, body))


async def test_a_query_of_ones_own_is_answered_under_ones_rights_at_that_moment(
    office: Office, schools: tuple[Space, Space], admin: Client, receiver: Receiver
) -> None:
    await register(admin, receiver.url, EVENT, document=DOCUMENT)
    await do(admin, "Old")
    await do(admin, "Hill")
    await office.deliver()
    answers = [each["data"]["answer"] for each in receiver.reported]
    assert [{"data": {"campuses": {"nodes": [{"name": name}]}}} for name in ("Old", "Hill")] == answers
    await do(admin, "Secret")
    assert admin.account is not None
    await office.host.directory.add_member(schools[0].id, admin.account, roles=["teacher"])
    await office.deliver()
    assert 2 == len(receiver.came)
    watcher = await office.people(schools[0], "admin")
    found = (await deliveries(watcher))[0]
    assert ("REFUSED", True) == (found["state"], "no longer has permission" in found["error"])


@pytest.mark.parametrize(
    ("url", "events", "document", "field"),
    [
        ("ftp://example.org/", [EVENT], None, "url"),
        ("https://", [EVENT], None, "url"),
        ("https://name:word@example.org/", [EVENT], None, "url"),
        ("https://example.org:99999/", [EVENT], None, "url"),
        ("https://example.org/\u00e4", [EVENT], None, "url"),
        ("https://example.org/", [], None, "events"),
        ("https://example.org/", ["school.campus.burn"], None, "events"),
        ("https://example.org/", ["%"], None, "events"),
        ("https://example.org/", ["school.*.add"], None, "events"),
        ("https://example.org/", [EVENT], "{ nobody }", "document"),
        ("https://example.org/", [EVENT], "mutation { __typename }", "document"),
        ("https://example.org/", [EVENT], "query($x: ID) { __typename }", "document"),
    ],
)
async def test_what_cannot_be_reported_is_refused(
    admin: Client, url: str, events: list[str], document: str | None, field: str
) -> None:
    made = (await admin.gql(REGISTER, url=url, events=events, query=document))["registerWebhook"]
    assert {field} == {each["field"] for each in made["errors"]}
    assert [] == (await admin.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "10.0.0.1"])
async def test_an_address_within_is_not_reported(
    office: Office, admin: Client, receiver: Receiver, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a name stands for: it is looked at where it is sent from, under the settings that hold there."""
    await register(admin, receiver.url.replace("127.0.0.1", name), EVENT)
    await do(admin, "Within")
    strict = msgspec.structs.replace(office.worker.settings, webhook_networks="192.0.2.0/24")
    monkeypatch.setattr(office.worker, "settings", strict)
    await office.deliver()
    assert [] == receiver.came
    (found,) = await deliveries(admin)
    assert ("WAITING", True) == (found["state"], "a network to which no messages go" in found["error"])


async def test_only_those_who_look_after_a_school_see_and_say_who_is_informed(
    office: Office, schools: tuple[Space, Space]
) -> None:
    teacher = await office.people(schools[0], "teacher")
    assert ["FORBIDDEN"] == await teacher.refused(REGISTER, url="https://example.org/", events=[EVENT])
    assert ["FORBIDDEN"] == await teacher.refused(ENDPOINTS)
    assert ["FORBIDDEN"] == await teacher.refused(DELIVERIES)


async def test_one_is_removed_with_all_that_it_was_sent(office: Office, admin: Client, receiver: Receiver) -> None:
    made = await register(admin, receiver.url, EVENT)
    await do(admin, "Short")
    assert [] == (await admin.gql(REMOVE, id=made["id"]))["removeWebhook"]["errors"]
    await office.deliver()
    assert ([], []) == (receiver.came, await deliveries(admin))


@pytest.mark.slow
async def test_a_worker_delivers_each_message_once(office: Office, admin: Client, receiver: Receiver) -> None:
    from homeroom.worker.process import WorkerProcess

    await register(admin, receiver.url, EVENT)
    campuses = {await do(admin, f"Campus {number}") for number in range(12)}

    enough = threading.Event()

    def work() -> None:
        with WorkerProcess(office.host.settings):
            enough.wait(900)

    working = asyncio.create_task(asyncio.to_thread(work))
    # What has come to the receiver is written down a moment later, and then only may the worker end.
    while not working.done() and any(each["state"] != "DELIVERED" for each in await deliveries(admin)):
        await asyncio.sleep(0.1)
    enough.set()
    await working
    assert sorted(campuses) == sorted(each["data"]["rows"]["Campus"][0] for each in receiver.reported)
    assert {("DELIVERED", 1)} == {(each["state"], each["attempts"]) for each in await deliveries(admin)}


async def test_the_command_line(
    office: Office, schools: tuple[Space, Space], admin: Client, receiver: Receiver
) -> None:
    environment = msgspec.structs.replace(office.host.settings, owner_database_url=None).environment()

    def webhooks(*words: str) -> str:
        done = homeroom(environment, "webhooks", *words)
        assert 0 == done.returncode, done.stderr
        return done.stdout

    slug = schools[0].slug
    endpoint, secret = webhooks("register", slug, receiver.url, EVENT, "--title", "A test").split()
    await do(admin, "Line")
    await office.deliver()
    assert 1 == verify(secret, *receiver.came[0])
    assert [endpoint, "active", receiver.url] == webhooks("list", slug).split("\t")[:3]
    delivery, state, event, attempts, status, *_ = webhooks("deliveries", slug, "--endpoint", endpoint).split("\t")
    assert ("delivered", EVENT, "1", "204") == (state, event, attempts, status)
    assert "1 to be delivered\n" == webhooks("repeat", slug, delivery)
    await office.deliver()
    assert 2 == len(receiver.came)
    assert "changed\n" == webhooks("change", slug, endpoint, "--pause", "--event", EVENT, "--event", "gradebook.*")
    assert [endpoint, "paused", receiver.url, f"{EVENT},gradebook.*"] == webhooks("list", slug).split("\t")[:4]
    assert "active\n" == webhooks("enable", slug, endpoint)
    assert "removed\n" == webhooks("remove", slug, endpoint)
    assert "" == webhooks("list", slug)
