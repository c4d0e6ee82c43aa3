"""An endpoint is changed by anyone who may, from what they have read, and answers for it from then on."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hearing.asking import DO, DOCUMENT, EVENT, deliveries, do, register
from hearing.office import Office
from hearing.receiver import Receiver, receiving, verify

from homeroom.callers import Space
from homeroom.testing import Client

CHANGE = """mutation($id: ID!, $url: String, $events: [String!], $title: String, $query: String, $paused: Boolean,
    $version: Int) {
  changeWebhook(input: {endpoint: $id, url: $url, events: $events, title: $title, document: $query, paused: $paused,
      expectedVersion: $version}) {
    webhookEndpoint { state } errors { code field row message } } }"""
ENDPOINTS = """{ webhookEndpoints { nodes {
  id url events title document state disabledReason login version secret } } }"""


async def change(client: Client, endpoint: Any, **changes: Any) -> list[Any]:
    """Change an endpoint; gives what was wrong."""
    return list((await client.gql(CHANGE, id=endpoint["id"], **changes))["changeWebhook"]["errors"])


async def only(client: Client) -> Any:
    """The one endpoint that there is."""
    (found,) = (await client.gql(ENDPOINTS))["webhookEndpoints"]["nodes"]
    return found


async def test_what_waits_is_sent_to_the_new_address_under_the_same_secret(
    office: Office, admin: Client, receiver: Receiver
) -> None:
    with receiving() as new:
        made = await register(admin, receiver.url, EVENT)
        receiver.answers = [500]
        await do(admin, "Before")
        await office.deliver()
        assert [] == await change(admin, made, url=new.url, title="Moved")
        office.wait(seconds=7)
        await office.deliver()
        assert (1, 1) == (len(receiver.came), len(new.came))
        assert 1 == verify(made["secret"], *new.came[0])
        found = await only(admin)
        assert (new.url, "Moved", [EVENT], 2, None) == tuple(
            found[each] for each in ("url", "title", "events", "version", "secret")
        )


async def test_it_is_notified_of_what_is_named_now(office: Office, admin: Client, receiver: Receiver) -> None:
    made = await register(admin, receiver.url, "school.subject.*")
    await do(admin, "Unheard")
    assert [] == await change(admin, made, events=["school.campus.*"])
    campus = await do(admin, "Received")
    await office.deliver()
    assert [[campus]] == [each["data"]["rows"]["Campus"] for each in receiver.reported]


async def test_one_that_is_paused_is_informed_of_nothing_and_later_what_had_waited(
    office: Office, admin: Client, receiver: Receiver
) -> None:
    made = await register(admin, receiver.url, EVENT)
    before = await do(admin, "Before")
    assert [] == await change(admin, made, paused=True)
    assert "PAUSED" == (await only(admin))["state"]
    await do(admin, "Meanwhile")
    await office.deliver()
    assert [] == receiver.came
    assert [] == await change(admin, made, paused=False)
    await office.deliver()
    assert [[before]] == [each["data"]["rows"]["Campus"] for each in receiver.reported]
    receiver.answers = [410]
    await do(admin, "Last")
    await office.deliver()
    assert "DISABLED" == (await only(admin))["state"]
    assert [] == await change(admin, made, paused=False)
    assert ("ACTIVE", None) == ((found := await only(admin))["state"], found["disabledReason"])


async def test_two_administrators_do_not_overwrite_each_other(
    office: Office, schools: tuple[Space, Space], admin: Client
) -> None:
    made = await register(admin, "https://example.org/", EVENT)
    read = await only(admin)
    assert [] == await change(admin, made, title="Mine", version=read["version"])
    other = await office.people(schools[0], "admin")
    (refused,) = await change(other, made, title="Yours", version=read["version"])
    assert ("CONFLICT", "expectedVersion") == (refused["code"], refused["field"])
    assert ("Mine", 2) == ((found := await only(admin))["title"], found["version"])


async def test_each_change_is_in_the_audit_and_no_change_is_none(
    office: Office, admin: Client, receiver: Receiver
) -> None:
    made = await register(admin, receiver.url, EVENT)
    space = admin.space
    assert [] == await change(admin, made, title="A test", url=receiver.url, events=[EVENT])
    assert [] == await change(admin, made, paused=True)
    async with office.host.database.transaction(space.id) as transaction:
        lines = await transaction.fetch(
            "SELECT e.login, l.old_values, l.new_values FROM audit_entry e JOIN audit_line l ON l.entry_id = e.id"
            " WHERE e.command = 'webhooks.endpoint.change'"
        )
    assert [(admin.login, {"state": "active"}, {"state": "paused"})] == [
        (each["login"], *(msgspec.json.decode(each[name]) for name in ("old_values", "new_values"))) for each in lines
    ]


async def test_anyone_who_changes_what_is_sent_answers_for_it(
    office: Office, schools: tuple[Space, Space], admin: Client, receiver: Receiver
) -> None:
    """Otherwise somebody could have the rights of another one answer at an address of their own."""
    made = await register(admin, receiver.url, EVENT, document=DOCUMENT)
    other = await office.people(schools[0], "admin")
    assert [] == await change(other, made, title="Only the title")
    assert admin.login == (await only(admin))["login"]
    assert [] == await change(other, made, url=f"{receiver.url}&other=1")
    assert other.login == (await only(admin))["login"]
    await do(admin, "Whose")
    await office.host.directory.add_member(schools[0].id, other.account, roles=["teacher"])
    await office.deliver()
    assert [] == receiver.came
    assert "REFUSED" == (await deliveries(admin))[0]["state"]


async def test_the_installation_itself_answers_no_query(office: Office, admin: Client, receiver: Receiver) -> None:
    from uuid import UUID

    from homeroom.errors import Refusal
    from homeroom.webhooks.commands import change_webhook

    made = await register(admin, receiver.url, EVENT, document=DOCUMENT)
    caller = office.host.system_caller(admin.space)
    endpoint = UUID(made["id"].partition("_")[2])
    with pytest.raises(Refusal) as refused:
        await office.host.execute(caller, change_webhook, endpoint=endpoint, url="https://example.org/")
    assert ["document"] == [each.field for each in refused.value.problems]
    assert receiver.url == (await only(admin))["url"]
    await office.host.execute(caller, change_webhook, endpoint=endpoint, url="https://example.org/", document="")
    assert ("https://example.org/", None) == ((found := await only(admin))["url"], found["document"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "ftp://example.org/"}, "url"),
        ({"url": "https://192.168.1.1/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["school.campus.burn"]}, "events"),
        ({"title": "x" * 201}, "title"),
        ({"query": "{ nobody }"}, "document"),
        ({"title": "Half", "events": ["%"]}, "events"),
    ],
)
async def test_what_will_not_do_changes_nothing(admin: Client, changes: dict[str, Any], field: str) -> None:
    made = await register(admin, "https://example.org/", EVENT)
    before = await only(admin)
    assert {field} == {each["field"] for each in await change(admin, made, **changes)}
    assert before == await only(admin)


async def test_only_those_who_look_after_their_school_change_one(
    office: Office, schools: tuple[Space, Space], admin: Client
) -> None:
    made = await register(admin, "https://example.org/", EVENT)
    teacher, foreign = await office.people(schools[0], "teacher"), await office.people(schools[1], "admin")
    assert ["FORBIDDEN"] == await teacher.refused(CHANGE, id=made["id"], paused=True)
    assert ["NOT_FOUND"] == [each["code"] for each in await change(foreign, made, paused=True)]
    assert ("ACTIVE", 1) == ((found := await only(admin))["state"], found["version"])
    assert [] == (await admin.gql(DO, title="still"))["createCampus"]["errors"]


@pytest.mark.parametrize(
    "place",
    [
        "192.168.1.1", "169.254.169.254", "172.16.0.1", "100.64.0.1", "0.0.0.0", "0xC0A80101", "3232235777",
        "0300.0250.1.1", "192.168.257", "192.168.1.1.", "[::1]", "[fe80::1%25eth0]", "[fd00::1]",
        "[::ffff:192.168.1.1]", "[64:ff9b::c0a8:101]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_an_address_within_that_is_written_out_is_refused_at_once(admin: Client, place: str, scheme: str) -> None:
    made = await admin.gql(
        "mutation($url: String!, $events: [String!]!) { registerWebhook(input: {url: $url, events: $events}) {"
        " webhookEndpoint { id } errors { code field } } }",
        url=f"{scheme}://{place}/hooks",
        events=[EVENT],
    )
    assert [{"code": "INVALID", "field": "url"}] == made["registerWebhook"]["errors"]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://localhost/", "INVALID"),
        ("https://hooks.localhost./", "INVALID"),
        ("https://127.0.0.1/", "INVALID"),
        ("https://10.0.0.1/", "INVALID"),
        ("http://93.184.215.14/", "BAD_FORMAT"),
        ("http://example.org/", "BAD_FORMAT"),
        ("https://93.184.215.14/", None),
        ("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/", None),
        ("https://127.example.org/", None),
    ],
)
async def test_where_the_operator_has_no_networks_of_the_own(
    office: Office, admin: Client, url: str, fault: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = msgspec.structs.replace(office.host.settings, webhook_networks="")
    made = await register(admin, "https://example.org/first", EVENT)
    monkeypatch.setattr(office.host, "settings", strict)
    errors = await change(admin, made, url=url)
    if fault is None:
        assert ([], url) == (errors, (await only(admin))["url"])
    else:
        assert [(fault, "url")] == [(each["code"], each["field"]) for each in errors]


async def test_in_a_network_of_the_own_http_will_do_and_outside_it_will_not(admin: Client) -> None:
    made = await register(admin, "http://10.1.2.3/hooks", EVENT)
    (refused,) = await change(admin, made, url="http://93.184.215.14/hooks")
    assert ("INVALID", "url") == (refused["code"], refused["field"])
    assert [] == await change(admin, made, url="https://93.184.215.14/hooks")
