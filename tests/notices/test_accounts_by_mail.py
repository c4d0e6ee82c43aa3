"""Accounts by mail: a lost password, a proved address, and nothing that tells strangers who is here."""

from __future__ import annotations

import secrets
from uuid import UUID

import msgspec
import pytest
from bulletin.acting import School, inbox_of, work
from bulletin.links import code_in
from bulletin.post_office import PostOffice

from homeroom.host import Host
from homeroom.notices.kinds import kind_faults
from homeroom.testing import Client, People
from homeroom_tenants.letters import LETTERS

OLD, NEW = "correct horse battery", "con chim xanh hót trên cành cây"
JOBS = "SELECT name, state, login, result, error, account_id FROM job ORDER BY id"


async def known(here: School, address: str | None = None) -> tuple[str, UUID]:
    """A member with a password."""
    login = f"test-{secrets.token_hex(6)}"
    account = await here.host.directory.create_account(login=login, name="Mai", password=OLD)
    if address is not None:
        await here.host.database.call("homeroom.set_address($1, $2)", account, address)
    await here.host.directory.add_member(here.space.id, account, roles=["porter"])
    return login, account


async def forgotten(client: Client, login: str) -> tuple[int, bytes]:
    answer = await client.http.post("/auth/forgotten", json={"login": login})
    return answer.status_code, answer.content


async def login(client: Client, name: str, password: str) -> int:
    return (await client.http.post("/auth/login", json={"login": name, "password": password})).status_code


async def test_who_lost_the_password_is_sent_a_link(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    address = f"{secrets.token_hex(4)}@mail.example"
    name, _ = await known(here, address)
    client = visitors.visitor(here.space)
    assert (204, b"") == await forgotten(client, f" {name.upper()} ")
    assert [] == post_office.took
    await work(posting, here.space)
    (mail,) = post_office.mails_to(address)
    code = code_in(mail, "reset", here.space.slug)
    assert 204 == (await client.http.post("/auth/reset", json={"code": code, "new": NEW})).status_code
    assert (401, 200) == (await login(client, name, OLD), await login(client, name, NEW))
    # And is informed of it, so that a thief's reset does not pass unseen.
    (reported,) = await inbox_of(client)
    assert ("tenants.password_changed", "Mật khẩu của bạn đã được đổi") == (reported["kind"], reported["subject"])
    await work(posting, here.space)
    assert 2 == len(post_office.mails_to(address))
    assert name not in post_office.mails_to(address)[1].as_string()


async def test_the_answer_tells_nothing(
    posting: Host, ours: School, theirs: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    address = f"{secrets.token_hex(4)}@mail.example"
    with_address, _ = await known(here, address)
    without, _ = await known(here)
    elsewhere, _ = await known(School(posting, theirs.space), f"{secrets.token_hex(4)}@mail.example")
    client = visitors.visitor(here.space)
    asked = [with_address, without, elsewhere, f"nobody-{secrets.token_hex(4)}", "\x00" * 5000, ""]
    assert {(204, b"")} == {await forgotten(client, each) for each in asked}
    assert [] == post_office.took
    await work(posting, here.space)
    jobs = await here.rows(JOBS)
    assert [("tenants.mail.reset", "succeeded", "accounts", "null", None)] * len(asked) == [
        (row["name"], row["state"], row["login"], row["result"], row["error"]) for row in jobs
    ]
    assert [address] == [to for to, _ in post_office.took]


async def test_an_address_replaces_the_login(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    address = f"{secrets.token_hex(4)}@mail.example"
    await known(here, address)
    await known(here, address)  # a family shares it
    assert (204, b"") == await forgotten(visitors.visitor(here.space), address.upper())
    await work(posting, here.space)
    codes = {code_in(each, "reset", here.space.slug) for each in post_office.mails_to(address)}
    assert 2 == len(codes)


async def test_nobody_is_flooded_whether_there_or_not(posting: Host, ours: School, visitors: People) -> None:
    here = School(posting, ours.space)
    name, _ = await known(here, "an@mail.example")
    client = visitors.visitor(here.space)
    for each in (name, f"nobody-{secrets.token_hex(4)}"):
        assert [204, 204, 204, 429] == [(await forgotten(client, each))[0] for _ in range(4)]


async def test_strangers_behind_the_same_proxy_close_recovery_to_themselves_alone(
    posting: Host, ours: School, visitors: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = msgspec.structs.replace(posting.settings, trusted_proxies="127.0.0.1")
    monkeypatch.setattr(posting, "settings", trusting)
    stranger, owner = visitors.visitor(ours.space), visitors.visitor(ours.space)
    owner.http.headers["X-Forwarded-For"] = "203.0.113.9"
    statuses = []
    for n in range(31):
        # What a client writes into the header itself makes it nobody else.
        stranger.http.headers["X-Forwarded-For"] = f"198.51.100.{n}, 203.0.113.8"
        statuses.append((await forgotten(stranger, f"nobody-{secrets.token_hex(4)}"))[0])
    assert [204] * 30 + [429] == statuses
    assert 204 == (await forgotten(owner, f"nobody-{secrets.token_hex(4)}"))[0]


async def test_a_page_of_elsewhere_cannot_ask(ours: School, visitors: People) -> None:
    page = visitors.visitor(ours.space)
    page.http.headers["Origin"] = "https://elsewhere.example"
    assert 403 == (await forgotten(page, "anybody"))[0]


async def test_a_link_outlives_a_server_that_was_away(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    address = f"{secrets.token_hex(4)}@mail.example"
    name, _ = await known(here, address)
    client = visitors.visitor(here.space)
    post_office.answers[address] = "450 busy"
    await forgotten(client, name)
    await work(posting, here.space)
    post_office.answers.clear()
    await work(posting, here.space, retry=True)
    (mail,) = post_office.mails_to(address)
    code = code_in(mail, "reset", here.space.slug)
    assert 204 == (await client.http.post("/auth/reset", json={"code": code, "new": NEW})).status_code


async def test_an_address_counts_when_it_is_proved(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    client, other = await visitors(here.space, "porter"), await visitors(here.space, "clerk")
    address = f"{secrets.token_hex(4)}@mail.example"
    given = {"address": address, "password": client.password}
    assert 204 == (await client.http.post("/auth/address", json=given)).status_code
    await work(posting, here.space)
    (mail,) = post_office.mails_to(address)
    code = code_in(mail, "address", here.space.slug)
    assert {"email": None, "language": None} == (await client.http.get("/auth/address")).json()
    # Anyone else who holds the code proves nothing by it.
    assert 401 == (await other.http.post("/auth/address/confirm", json={"code": code})).status_code
    assert 204 == (await client.http.post("/auth/address/confirm", json={"code": code})).status_code
    assert 401 == (await client.http.post("/auth/address/confirm", json={"code": code})).status_code
    assert address == (await client.http.get("/auth/address")).json()["email"]
    assert {"email": None, "language": None} == (await other.http.get("/auth/address")).json()


@pytest.mark.parametrize("bad", ["nobody", "ân@mail.example", "a@mail.example\r\nBcc: b@mail.example"])
async def test_what_is_no_address_is_named(bad: str, ours: School, visitors: People) -> None:
    client = await visitors(ours.space, "porter")
    answer = await client.http.post("/auth/address", json={"address": bad})
    assert (422, "address") == (answer.status_code, answer.json()["errors"][0]["field"])


async def test_one_is_written_to_in_ones_own_language(posting: Host, ours: School, visitors: People) -> None:
    from bulletin.plugin import post_bulletin

    here = School(posting, ours.space)
    client = await visitors(here.space, "porter")
    assert 204 == (await client.http.post("/auth/language", json={"language": "zh-Hant"})).status_code
    assert 400 == (await client.http.post("/auth/language", json={"language": "tlh"})).status_code
    await here.do(post_bulletin, title="家長會", roles=["porter"])
    (found,) = await inbox_of(client)
    assert ("zh-Hant", "2025年10月20日：家長會。SECRET") == (found["language"], found["body"])


async def test_who_changes_the_password_is_informed(ours: School, visitors: People) -> None:
    name, _ = await known(School(ours.host, ours.space))
    client = visitors.visitor(ours.space)
    assert 200 == await login(client, name, OLD)
    assert 204 == (await client.http.post("/auth/password", json={"old": OLD, "new": NEW})).status_code
    assert ["tenants.password_changed"] == [each["kind"] for each in await inbox_of(client)]


def test_the_letters_lack_no_language() -> None:
    assert [] == [fault for kind in LETTERS for fault in kind_faults(kind)]
