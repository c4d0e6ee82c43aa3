"""Mail: handed to a real server, again when it was out of sorts, and never saying more than it may."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bulletin.acting import School, work
from bulletin.plugin import all_signed, gossip, post_bulletin
from bulletin.post_office import PostOffice
from hypothesis import given
from hypothesis import strategies as st

from homeroom.errors import ConfigurationError, Refusal
from homeroom.host import Host
from homeroom.notices.kinds import LANGUAGES, kind_faults
from homeroom.notices.letters import LETTERS
from homeroom.notices.mail import Mail, checked_address
from homeroom.notices.smtp import MailServer
from homeroom.settings import Settings, SettingsError

STATE = "SELECT state, attempts, error, sent_at IS NOT NULL AS sent FROM notice_delivery ORDER BY id"


def at(host: Host, school: School) -> School:
    """The same school, at another process of the installation."""
    return School(host, school.space)


async def test_a_notice_is_sent_by_mail_with_its_subject_alone(
    posting: Host, ours: School, theirs: School, post_office: PostOffice
) -> None:
    here = at(posting, ours)
    await here.member("porter", address="an@mail.example")
    await at(posting, theirs).member("porter", address="foreign@mail.example")
    await here.do(post_bulletin, title="Họp phụ huynh 家長會", roles=["porter"])
    assert [] == post_office.took
    # The dispatcher asks for each mail, and for itself once more: in whichever order those two come.
    assert ["notices.mail.deliver", "notices.mail.dispatch", "notices.mail.dispatch"] == sorted(
        await work(posting, here.space)
    )
    ((to, mail),) = post_office.took
    assert ("an@mail.example", "Họp phụ huynh 家長會", "auto-generated") == (
        to,
        mail["Subject"],
        mail["Auto-Submitted"],
    )
    assert f"{here.space.name} <office@schools.example>" == mail["From"]
    text = mail.get_content()
    assert f"{here.space.slug}.schools.example" in text
    assert "Bạn có một thông báo" in text
    assert "SECRET" not in mail.as_string()
    assert mail["List-Unsubscribe"] is None  # nobody may turn it off
    assert [{"state": "sent", "attempts": 1, "error": None, "sent": True}] == await here.rows(STATE)


async def test_a_body_is_sent_where_the_kind_lets_it(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    account = await here.member("porter", address="binh@mail.example")
    async with posting.database.transaction(here.space.id) as transaction:
        await transaction.execute(
            "INSERT INTO notice_preference (id, account_id, kind, mode) VALUES (gen_random_uuid(), $1, $2, 'mail')",
            account,
            "bulletin.gossip",
        )
    await here.do(gossip, roles=["porter"])
    await work(posting, here.space)
    (mail,) = post_office.mails_to("binh@mail.example")
    assert mail.get_content().startswith("Không sao.")
    assert "mailto:office@schools.example" in mail["List-Unsubscribe"]


async def test_what_is_undone_is_not_mailed(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="an@mail.example")
    with pytest.raises(Refusal):
        await here.do(post_bulletin, title="never", roles=["porter"], regret=True)
    assert [] == await work(posting, here.space)
    assert [] == post_office.took


async def test_a_server_out_of_sorts_is_asked_again(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="chi@mail.example")
    post_office.answers["chi@mail.example"] = "451 4.7.1 come back later"
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(posting, here.space)
    (waits,) = await here.rows(STATE)
    assert ("queued", 1, "the mail server said 451: 4.7.1 come back later") == (
        waits["state"], waits["attempts"], waits["error"],
    )  # fmt: skip
    post_office.answers.clear()
    await work(posting, here.space, retry=True)
    assert [{"state": "sent", "attempts": 2, "error": None, "sent": True}] == await here.rows(STATE)
    assert 1 == len(post_office.mails_to("chi@mail.example"))


async def test_a_server_that_is_gone_and_comes_back(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="dung@mail.example")
    post_office.close()
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(posting, here.space)
    (waits,) = await here.rows(STATE)
    assert "queued" == waits["state"]
    assert waits["error"].startswith("the mail server cannot be reached")
    post_office.open()
    await work(posting, here.space, retry=True)
    assert 1 == len(post_office.mails_to("dung@mail.example"))


async def test_an_address_that_nobody_has_holds_nobody_up(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="gone@mail.example")
    await here.member("porter", address="em@mail.example")
    post_office.answers["gone@mail.example"] = "550 5.1.1 no such person"
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(posting, here.space)
    states = {(row["state"], row["error"]) for row in await here.rows(STATE)}
    assert {("failed", "the mail server said 550: 5.1.1 no such person"), ("sent", None)} == states
    assert [] == await work(posting, here.space, retry=True)
    assert 1 == len(post_office.took)


async def test_a_mail_that_comes_twice_can_be_recognised(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="giang@mail.example")
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(posting, here.space)
    # As if the worker had died between the server's answer and its own commit.
    async with posting.database.transaction(here.space.id) as transaction:
        await transaction.execute("UPDATE notice_delivery SET state = 'queued', sent_at = NULL")
        await transaction.execute("UPDATE job SET state = 'queued' WHERE name = 'notices.mail.deliver'")
    await work(posting, here.space)
    first, second = post_office.mails_to("giang@mail.example")
    assert first["Message-ID"] == second["Message-ID"]
    assert str(first["Message-ID"]).endswith("@schools.example>")


async def test_without_a_server_mail_is_held_and_is_sent_when_there_is_one(
    posting: Host, board: Host, ours: School, post_office: PostOffice
) -> None:
    await ours.member("porter", address="hoa@mail.example")
    homeless = await ours.member("porter")
    await ours.do(post_bulletin, title="x", roles=["porter"])
    assert [] == await work(board, ours.space)
    assert {"no mail server is set"} == {row["error"] for row in await ours.rows(STATE)}
    here = at(posting, ours)
    await _resume(here)
    assert 1 == len(post_office.took)
    held = await here.rows("SELECT state, account_id FROM notice_delivery WHERE state = 'held'")
    assert [{"state": "held", "account_id": homeless}] == held
    await posting.database.call("homeroom.set_address($1, $2)", homeless, "found@mail.example")
    await _resume(here)
    assert 1 == len(post_office.mails_to("found@mail.example"))


async def _resume(here: School) -> None:
    from homeroom.audit import AuditTrail
    from homeroom.context import Context
    from homeroom.notices.delivering import resume

    async with here.host.database.transaction(here.space.id) as transaction:
        caller = here.host.system_caller(here.space, login="schedule", via="job")
        context = Context(here.host, caller, transaction, AuditTrail("schedule"), here.host.clock())
        await context.enqueue(resume)
    await work(here.host, here.space)


async def test_who_left_is_not_written_to(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    account = await here.member("porter", address="left@mail.example")
    await here.do(post_bulletin, title="x", roles=["porter"])
    await posting.directory.store.remove_member(here.space.id, account, None)  # type: ignore[attr-defined]
    await work(posting, here.space)
    assert [("failed", "the account is no member any more")] == [
        (row["state"], row["error"]) for row in await here.rows(STATE)
    ]
    assert [] == post_office.took
    assert 0 == await here.do(all_signed, key="nothing")


async def test_nobody_writes_a_head_of_their_own(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = at(posting, ours)
    await here.member("porter", address="khanh@mail.example")
    title = "Hello\r\nBcc: everybody@mail.example\r\n\r\nA body"
    await here.do(post_bulletin, title=title, roles=["porter"])
    await work(posting, here.space)
    ((to, mail),) = post_office.took
    assert ("khanh@mail.example", None) == (to, mail["Bcc"])
    assert "Hello Bcc: everybody@mail.example A body" == mail["Subject"]


@given(st.text(), st.text(), st.text())
def test_a_mail_has_the_heads_that_it_has(subject: str, text: str, name: str) -> None:
    mail = Mail("1", "a@mail.example", subject, text.encode("utf-8", "replace").decode(), name)
    try:
        message = mail.message("office@schools.example", _MOMENT)
        sent = message.as_bytes()
    except (ValueError, UnicodeEncodeError):
        return  # refused; nothing that the house writes is, because its texts are one line
    head = sent.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert {
        b"from", b"to", b"subject", b"date", b"message-id", b"auto-submitted", b"content-type",
        b"content-transfer-encoding", b"mime-version",
    } == set(names)  # fmt: skip
    assert len(names) == len(set(names))
    assert sent.isascii()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("an@mail.example", "an@mail.example"),
        (" An.Tran+hk@Mail.EXAMPLE ", "An.Tran+hk@mail.example"),
        ("mai@bücher.example", "mai@xn--bcher-kva.example"),
        ("mai@學校.example", "mai@xn--2rq3rm98c.example"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert address.partition("@")[0] == checked_address(text).partition("@")[0]
    assert checked_address(text).isascii()
    assert checked_address(text) == checked_address(checked_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "", "an", "an@", "@mail.example", "an@localhost", "an@mail..example", "an..b@mail.example",
        '"a b"@mail.example',
        "an@mail.example\r\nBcc: x@y.example", "an@[127.0.0.1]", "hoa@-mail.example", "ân@mail.example",
        "a" * 65 + "@mail.example", "an@" + "a." * 150 + "example", "a@b@mail.example", "an <an@mail.example>",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_address(text, field="email")
    assert "email" == refused.value.problems[0].field


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://u%40x:p%2Fw@mail.example", MailServer("mail.example", 587, "starttls", "u@x", "p/w")),
        ("smtps://mail.example", MailServer("mail.example", 465, "tls")),
        ("smtp://127.0.0.1:25?tls=none", MailServer("127.0.0.1", 25, "none")),
    ],
)
def test_the_server_of_a_url(url: str, server: MailServer) -> None:
    assert server == MailServer.parse(url)


@pytest.mark.parametrize(
    "url", ["smtp://", "smtp://u:hidden@h?tls=none", "smtps://h?tls=none", "smtp://h?x=1", "smtp://h:x"]
)
def test_a_url_that_says_nothing_useful(url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        MailServer.parse(url)
    assert "hidden" not in str(refused.value)


def test_a_server_wants_a_sender() -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        Settings(mail_url="smtp://mail.example")
    with pytest.raises(SettingsError, match="MAIL_URL"):
        Settings(mail_url="http://mail.example", mail_from="a@b.example")
    assert "hidden" not in repr(Settings(mail_url="smtp://u:hidden@h", mail_from="a@b.example"))


def test_our_own_letters_lack_no_language() -> None:
    assert [] == [fault for kind in LETTERS for fault in kind_faults(kind)]
    assert 4 == len(LANGUAGES)


_MOMENT = datetime(2025, 10, 20, 8, tzinfo=UTC)
