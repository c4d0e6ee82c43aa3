"""What a thief of a session can do, the owner is informed of and can undo."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

import pytest
from bulletin.acting import School, inbox_of, work
from bulletin.links import code_in
from bulletin.post_office import PostOffice

from homeroom.host import Host
from homeroom.testing import Client, Clock, People
from homeroom_tenants.attempts import ATTEMPTS

PASSWORD, NEW = "correct horse battery", "con chim xanh hót trên cành cây"


async def owner(here: School, people: People, address: str) -> Client:
    """A member with a proved address, signed in."""
    login = f"test-{secrets.token_hex(6)}"
    account = await here.host.directory.create_account(login=login, name="Mai", password=PASSWORD)
    await here.host.database.call("homeroom.set_address($1, $2)", account, address)
    await here.host.directory.add_member(here.space.id, account, roles=["porter"])
    client = await people.visitor(here.space).sign_in(login, PASSWORD)
    client.account = account
    return client


def thief_of(client: Client, people: People) -> Client:
    """Somebody else who got hold of the cookie."""
    thief = people.visitor(client.space)
    thief.http.cookies.update({"__Host-homeroom": client.http.cookies["__Host-homeroom"]})
    return thief


async def asked(client: Client, path: str, **body: object) -> tuple[int, str]:
    answer = await client.http.post(path, json=body)
    code = answer.json()["errors"][0]["code"] if answer.status_code >= 400 else ""
    return answer.status_code, code


async def change_address(client: Client, here: School, post_office: PostOffice, password: str) -> str:
    """Give and prove another address; gives it."""
    address = f"{secrets.token_hex(4)}@mail.example"
    assert (204, "") == await asked(client, "/auth/address", address=address, password=password)
    await work(here.host, here.space)
    code = code_in(post_office.mails_to(address)[-1], "address", here.space.slug)
    assert (204, "") == await asked(client, "/auth/address/confirm", code=code)
    await work(here.host, here.space)
    return address


@pytest.mark.parametrize(
    ("path", "body"),
    [("/auth/address", {"address": "thief@mail.example"}), ("/auth/tokens", {"title": "mine"})],
)
async def test_a_session_alone_takes_no_account(
    path: str, body: dict[str, str], ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(ours.host, ours.space)
    mine = f"{secrets.token_hex(4)}@mail.example"
    client = await owner(here, visitors, mine)
    thief = thief_of(client, visitors)
    assert (403, "PASSWORD_REQUIRED") == await asked(thief, path, **body)
    assert [(401, "UNAUTHENTICATED")] * ATTEMPTS == [
        await asked(thief, path, **body, password="a guess") for _ in range(ATTEMPTS)
    ]
    assert (429, "TOO_MANY_ATTEMPTS") == await asked(thief, path, **body, password=PASSWORD)
    assert mine == (await client.http.get("/auth/address")).json()["email"]
    assert [] == (await client.http.get("/auth/tokens")).json()
    # The thief's guesses in this session keep the owner from nothing in another.
    elsewhere = await visitors.visitor(ours.space).sign_in(client.login, PASSWORD)
    assert (204, "") == await asked(elsewhere, "/auth/password", old=PASSWORD, new=NEW)
    assert 401 == (await thief.http.get("/auth/session")).status_code


async def test_the_old_address_undoes_the_change_and_all_that_followed(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    mine = f"{secrets.token_hex(4)}@mail.example"
    client = await owner(here, visitors, mine)
    thief = await visitors.visitor(here.space).sign_in(client.login, PASSWORD)  # who knows the password, too
    theirs = await change_address(thief, here, post_office, PASSWORD)
    assert (204, "") == await asked(thief, "/auth/password", old=PASSWORD, new="the phrase of a thief")
    another = await change_address(thief, here, post_office, "the phrase of a thief")
    issued = await thief.http.post("/auth/tokens", json={"title": "x", "password": "the phrase of a thief"})
    program = visitors.visitor(here.space)
    program.http.headers["Authorization"] = f"Bearer {issued.json()['token']}"
    assert [] == await program.refused("{ __typename }")
    mail = post_office.mails_to(mine)[-1]
    undo, theirs_undo = code_in(mail, "undo", here.space.slug), post_office.mails_to(theirs)[-1]
    stranger = visitors.visitor(here.space)
    answer = await stranger.http.post("/auth/address/undo", json={"code": undo})
    assert 200 == answer.status_code
    assert ["UNAUTHENTICATED"] == await program.refused("{ __typename }")
    assert 401 == (await thief.http.get("/auth/session")).status_code
    # The thief's password is worth nothing, even before the owner chooses another.
    assert (401, "UNAUTHENTICATED") == await asked(
        thief, "/auth/login", login=client.login, password="the phrase of a thief"
    )
    reset = answer.json()["reset"]
    assert (204, "") == await asked(stranger, "/auth/reset", code=reset, new=NEW)
    back = await visitors.visitor(here.space).sign_in(client.login, NEW)
    assert mine == (await back.http.get("/auth/address")).json()["email"]
    # Once, and the thief's own link to the later change went with it.
    later = code_in(theirs_undo, "undo", here.space.slug)
    for code in (undo, later):
        assert (401, "UNAUTHENTICATED") == await asked(stranger, "/auth/address/undo", code=code)
    assert another != mine


async def test_a_mailbox_that_keeps_us_waiting_gets_no_link_afterwards(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    mine = f"{secrets.token_hex(4)}@mail.example"
    client = await owner(here, visitors, mine)
    theirs = await change_address(client, here, post_office, PASSWORD)
    undo = code_in(post_office.mails_to(mine)[-1], "undo", here.space.slug)
    post_office.answers[theirs] = "450 busy"
    await change_address(client, here, post_office, PASSWORD)
    before = len(post_office.mails_to(theirs))
    assert 200 == (await visitors.visitor(here.space).http.post("/auth/address/undo", json={"code": undo})).status_code
    post_office.answers.clear()
    await work(posting, here.space, retry=True)
    assert before == len(post_office.mails_to(theirs))


@pytest.fixture
def later(posting: Host) -> Iterator[Clock]:
    before, made = posting.clock, Clock()
    posting.clock = made
    yield made
    posting.clock = before


async def test_the_link_is_good_for_a_week(
    later: Clock, posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    mine = f"{secrets.token_hex(4)}@mail.example"
    client = await owner(here, visitors, mine)
    await change_address(client, here, post_office, PASSWORD)
    undo = code_in(post_office.mails_to(mine)[-1], "undo", here.space.slug)
    later.advance(timedelta(days=7, seconds=1))
    assert (401, "UNAUTHENTICATED") == await asked(visitors.visitor(here.space), "/auth/address/undo", code=undo)


async def test_a_link_to_a_new_password_ends_when_the_address_changes(
    posting: Host, ours: School, visitors: People, post_office: PostOffice
) -> None:
    here = School(posting, ours.space)
    mine = f"{secrets.token_hex(4)}@mail.example"
    client = await owner(here, visitors, mine)
    assert (204, "") == await asked(client, "/auth/forgotten", login=client.login)
    await work(posting, here.space)
    reset = code_in(post_office.mails_to(mine)[-1], "reset", here.space.slug)
    await change_address(client, here, post_office, PASSWORD)
    assert (401, "UNAUTHENTICATED") == await asked(visitors.visitor(here.space), "/auth/reset", code=reset, new=NEW)


async def test_the_owner_is_informed(posting: Host, ours: School, visitors: People, post_office: PostOffice) -> None:
    here = School(posting, ours.space)
    client = await owner(here, visitors, f"{secrets.token_hex(4)}@mail.example")
    await client.http.post("/auth/tokens", json={"title": "of a program", "password": PASSWORD})
    new = await change_address(client, here, post_office, PASSWORD)
    reported = {each["kind"]: each["body"] for each in await inbox_of(client)}
    assert {"tenants.token_issued", "tenants.address_changed"} == set(reported)
    assert "of a program" in reported["tenants.token_issued"]
    assert post_office.mails_to(new)


@pytest.mark.parametrize("how", ["changed", "reset"])
async def test_a_new_password_ends_tokens_and_ways_in(how: str, ours: School, visitors: People) -> None:
    here = School(ours.host, ours.space)
    client = await owner(here, visitors, f"{secrets.token_hex(4)}@mail.example")
    tokens = {}
    for title in ("first", "second"):
        answer = await client.http.post("/auth/tokens", json={"title": title, "password": PASSWORD})
        tokens[title] = visitors.visitor(here.space)
        tokens[title].http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        assert [] == await tokens[title].refused("{ __typename }")
    thief = thief_of(client, visitors)
    handed = (await thief.http.post("/auth/handover", json={"space": here.space.slug})).json()
    listed = {each["title"]: each for each in (await client.http.get("/auth/tokens")).json()}
    assert listed["first"]["last_used_at"] is not None
    if how == "changed":
        keep = [listed["second"]["id"]]
        assert (204, "") == await asked(client, "/auth/password", old=PASSWORD, new=NEW, keep=keep)
    else:
        code, _ = await here.host.directory.reset_link(client.account)  # type: ignore[attr-defined]
        assert (204, "") == await asked(visitors.visitor(here.space), "/auth/reset", code=code, new=NEW)
    assert ["UNAUTHENTICATED"] == await tokens["first"].refused("{ __typename }")
    assert ([] if how == "changed" else ["UNAUTHENTICATED"]) == await tokens["second"].refused("{ __typename }")
    assert (401, "UNAUTHENTICATED") == await asked(visitors.visitor(here.space), "/auth/enter", **handed)


async def test_going_back_and_forth_keeps_nobody_signed_in_for_ever(
    later: Clock, posting: Host, ours: School, visitors: People
) -> None:
    here = School(posting, ours.space)
    client = await owner(here, visitors, f"{secrets.token_hex(4)}@mail.example")
    for _ in range(5):
        later.advance(timedelta(hours=2, minutes=50))
        handed = await client.http.post("/auth/handover", json={"space": here.space.slug})
        if handed.status_code == 401:
            break
        client = visitors.visitor(here.space)
        assert 200 == (await client.http.post("/auth/enter", json=handed.json())).status_code
    assert 401 == handed.status_code


async def test_who_ends_all_others_ends_what_is_under_way(ours: School, visitors: People) -> None:
    client = await owner(School(ours.host, ours.space), visitors, f"{secrets.token_hex(4)}@mail.example")
    thief = thief_of(client, visitors)
    handed = (await thief.http.post("/auth/handover", json={"space": ours.space.slug})).json()
    there = await visitors.visitor(ours.space).sign_in(client.login, PASSWORD)
    found = (await there.http.get("/auth/sessions")).json()
    assert [True, False] == [each["current"] for each in found]
    ended = await there.http.delete("/auth/sessions", headers={"X-Homeroom-CSRF": "1"})
    assert {"ended": 1} == ended.json()
    assert (401, "UNAUTHENTICATED") == await asked(visitors.visitor(ours.space), "/auth/enter", **handed)
