"""The way to the mail server: encrypted and signed in as the settings say, or mail waits and says why."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import trustme
from bulletin.acting import School, registry, work
from bulletin.plugin import post_bulletin
from bulletin.post_office import PostOffice

from homeroom.boot import build_host
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.notices.smtp import MailServer

STATE = "SELECT state, attempts, error FROM notice_delivery"
SENT = {"state": "sent", "error": None}
TO = "an@mail.example"
SECRET = "long enough"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def identity(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
def office(authority: trustme.CA) -> Iterator[PostOffice]:
    """A mail server of a provider: STARTTLS, and a user with a password. To be opened."""
    made = PostOffice(identity(authority.issue_cert("localhost")), password=SECRET)
    yield made
    made.close()


@asynccontextmanager
async def set_to(board: Host, url: str) -> AsyncIterator[Host]:
    """The installation, once its operator has set a mail server."""
    settings = msgspec.structs.replace(board.settings, mail_url=url, mail_from="office@schools.example")
    made = build_host(settings, registry())
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def ask(host: Host, school: School) -> School:
    """Ask for one mail, and try to send it; gives the school at this process of the installation."""
    here = School(host, school.space)
    await here.member("porter", address=TO)
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(host, here.space)
    return here


async def outcome(school: School) -> dict[str, object]:
    """What has become of the one mail."""
    ((row),) = await school.rows(STATE)
    return {name: row[name] for name in ("state", "error")}


def url(office: PostOffice, scheme: str = "smtp", who: str = f"homeroom:{SECRET.replace(' ', '%20')}@") -> str:
    """Where a server is, and as whom one signs in."""
    return f"{scheme}://{who}localhost:{office.port}"


@pytest.mark.parametrize("implicit", [False, True])
async def test_mail_is_handed_in_by_tls_and_under_a_name(
    board: Host, ours: School, office: PostOffice, implicit: bool
) -> None:
    office.implicit = implicit
    office.open()
    async with set_to(board, url(office, "smtps" if implicit else "smtp")) as host:
        await ask(host, ours)
        assert await outcome(ours) == SENT
    assert ([(True, "homeroom")], [SECRET]) == (office.came, office.tried)
    assert 1 == len(office.mails_to(TO))


@pytest.mark.parametrize("implicit", [False, True])
async def test_a_wrong_password_loses_nothing(board: Host, ours: School, office: PostOffice, implicit: bool) -> None:
    office.implicit = implicit
    office.open()
    scheme = "smtps" if implicit else "smtp"
    async with set_to(board, url(office, scheme, "homeroom:wrong@")) as host:
        here = await ask(host, ours)
        assert {"state": "queued", "error": "the mail server does not let us in: 535"} == await outcome(ours)
        assert "wrong" not in str(await here.rows("SELECT error FROM job"))
    assert ([], {"wrong"}) == (office.took, set(office.tried))
    async with set_to(board, url(office, scheme)) as host:
        await work(host, ours.space, retry=True)
        assert await outcome(ours) == SENT
    assert 1 == len(office.mails_to(TO))


async def test_nothing_is_said_to_a_server_that_offers_no_starttls(
    board: Host, ours: School, office: PostOffice
) -> None:
    proof, office.identity = office.identity, None
    office.open()
    async with set_to(board, url(office)) as host:
        here = await ask(host, ours)
        found = await outcome(ours)
        assert ("queued", True) == (found["state"], "offers no STARTTLS" in str(found["error"]))
        assert ([], []) == (office.took, office.tried)  # neither mail nor password
        office.close()
        office.identity = proof
        office.open()
        await work(host, here.space, retry=True)
        assert await outcome(ours) == SENT
    assert [(True, "homeroom")] == office.came


async def test_a_server_that_lets_nobody_sign_in(board: Host, ours: School, office: PostOffice) -> None:
    office.password = None
    office.open()
    async with set_to(board, url(office)) as host:
        await ask(host, ours)
        found = await outcome(ours)
        assert ("queued", True) == (found["state"], "lets nobody sign in" in str(found["error"]))
    async with set_to(board, url(office, who="")) as host:
        await work(host, ours.space, retry=True)
        assert await outcome(ours) == SENT


async def test_a_server_that_wants_a_name_and_is_given_none(board: Host, ours: School, office: PostOffice) -> None:
    office.open()
    async with set_to(board, url(office, who="")) as host:
        await ask(host, ours)
        found = await outcome(ours)
        assert ("queued", True) == (found["state"], "530" in str(found["error"]))
    async with set_to(board, url(office)) as host:
        await work(host, ours.space, retry=True)
        assert await outcome(ours) == SENT


def of_another_authority(_: trustme.CA) -> trustme.LeafCert:
    """By somebody whom this machine does not trust."""
    return trustme.CA().issue_cert("localhost")


def for_another_name(authority: trustme.CA) -> trustme.LeafCert:
    """Of somebody else."""
    return authority.issue_cert("elsewhere.example")


def over(authority: trustme.CA) -> trustme.LeafCert:
    """That was good until yesterday."""
    now = datetime.now(UTC)
    return authority.issue_cert("localhost", not_before=now - timedelta(days=9), not_after=now - timedelta(days=1))


@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize(
    ("certificate", "fault"),
    [(of_another_authority, "issuer"), (for_another_name, "mismatch"), (over, "expired")],
)
async def test_nothing_is_said_to_a_server_that_proves_to_be_another(
    board: Host, ours: School, office: PostOffice, authority: trustme.CA, implicit: bool, fault: str,
    certificate: Callable[[trustme.CA], trustme.LeafCert],
) -> None:  # fmt: skip
    good, office.identity, office.implicit = office.identity, identity(certificate(authority)), implicit
    office.open()
    async with set_to(board, url(office, "smtps" if implicit else "smtp")) as host:
        here = await ask(host, ours)
        found = await outcome(ours)
        assert ("queued", True) == (found["state"], fault in str(found["error"]).lower())
        assert str(found["error"]).startswith("the certificate of the mail server is not to be trusted: ")
        assert ([], []) == (office.took, office.tried)
        office.close()
        office.identity = good
        office.open()
        await work(host, here.space, retry=True)
        assert await outcome(ours) == SENT


@pytest.mark.parametrize("answer", ["550 5.7.1 who are you", "554 5.7.1 no mail from there", "451 later"])
async def test_what_a_server_has_against_us_is_no_fault_of_the_mail(
    board: Host, ours: School, office: PostOffice, answer: str
) -> None:
    office.answer_to_sender = answer
    office.open()
    async with set_to(board, url(office)) as host:
        here = await ask(host, ours)
        assert {"state": "queued", "error": f"the mail server said {answer[:3]}: {answer[4:]}"} == await outcome(ours)
        office.answer_to_sender = None
        await work(host, here.space, retry=True)
        assert await outcome(ours) == SENT


async def test_after_the_last_attempt_it_waits_for_the_operator(board: Host, ours: School, office: PostOffice) -> None:
    from homeroom.notices.delivering import resume

    office.open()
    async with set_to(board, url(office, who="homeroom:wrong@")) as host:
        here = await ask(host, ours)
        async with host.database.transaction(here.space.id) as transaction:
            await transaction.execute("UPDATE notice_delivery SET attempts = 59")
            await transaction.execute("UPDATE job SET attempts = 59 WHERE name = 'notices.mail.deliver'")
        await work(host, here.space, retry=True)
        assert {"state": "failed", "error": "the mail server does not let us in: 535"} == await outcome(ours)
    async with set_to(board, url(office)) as host:
        here = School(host, ours.space)
        await again(here, resume)
        assert await outcome(ours) == SENT


async def again(here: School, resume: object) -> None:
    """What the operator does with `homeroom notices send --again`."""
    from homeroom.audit import AuditTrail
    from homeroom.context import Context
    from homeroom.jobs import Job

    assert isinstance(resume, Job)
    async with here.host.database.transaction(here.space.id) as transaction:
        caller = here.host.system_caller(here.space)
        context = Context(here.host, caller, transaction, AuditTrail(resume.name), here.host.clock())
        assert 1 == await context.run_job(resume, {"again": True})
    await work(here.host, here.space)


async def test_whatever_a_server_says_can_be_noted(posting: Host, ours: School, post_office: PostOffice) -> None:
    here = School(posting, ours.space)
    await here.member("porter", address=TO)
    post_office.answers[TO] = "550 no\x00 such\x1b[31m person"
    await here.do(post_bulletin, title="x", roles=["porter"])
    await work(posting, here.space)
    assert {"state": "failed", "error": "the mail server said 550: no such [31m person"} == await outcome(ours)


@pytest.mark.parametrize("who", ["homeroom@", "homeroom:@"])
def test_a_name_without_a_password_is_a_mistake(who: str) -> None:
    with pytest.raises(ConfigurationError, match="password"):
        MailServer.parse(f"smtp://{who}mail.example")
