"""``homeroom mail`` and ``homeroom notices``: what an operator sees and does about mail."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from bulletin.acting import School
from bulletin.post_office import PostOffice
from click.testing import CliRunner, Result

from homeroom.callers import Space
from homeroom.cli import main
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom_tenants.notices import PASSWORD_CHANGED, tell_owner

Run = Callable[..., Result]
JOBS = "SELECT name FROM job WHERE name LIKE 'notices.%' ORDER BY id"


@pytest.fixture
def run(host: Host, database_settings: Settings, post_office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line over the test's database, with a mail server or without."""

    def invoke(*arguments: str, fails: bool = False, mail: bool = True) -> Result:
        settings = database_settings
        if mail:
            settings = msgspec.structs.replace(settings, mail_url=post_office.url, mail_from="office@schools.example")
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(main, arguments)
        assert fails == (result.exit_code != 0), result.output
        return result

    return invoke


def test_a_trial_mail_tells_what_the_server_said(run: Run, post_office: PostOffice) -> None:
    assert "took it" in run("mail", "test", "an@mail.example").output
    (mail,) = post_office.mails_to("an@mail.example")
    assert "Homeroom can send mail" == mail["Subject"]
    post_office.answers["gone@mail.example"] = "550 nobody of that name"
    assert "550: nobody of that name" in run("mail", "test", "gone@mail.example", fails=True).output
    assert "not a valid e-mail address" in run("mail", "test", "nobody", fails=True).output
    post_office.close()
    assert "cannot be reached" in run("mail", "test", "an@mail.example", fails=True).output
    post_office.open()


def test_without_a_server_it_says_which_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOMEROOM_MAIL_URL", raising=False)
    for arguments in (("mail", "test", "an@mail.example"), ("notices", "send")):
        assert "HOMEROOM_MAIL_URL" in run(*arguments, fails=True, mail=False).output


async def test_held_mail_is_counted_and_sent_when_there_is_a_server(
    host: Host, make_space: Callable[..., Awaitable[Space]], database_settings: Settings
) -> None:
    ours, theirs = School(host, await make_space("vn")), School(host, await make_space("hk"))
    directory = host.directory
    for school in (ours, theirs):
        account = await school.member("teacher", address=f"{secrets.token_hex(4)}@mail.example")
        await tell_owner(PASSWORD_CHANGED, host, directory, account, school.space)  # type: ignore[arg-type]
    held = [row["state"] for row in await ours.rows("SELECT state FROM notice_delivery")]
    assert ["held"] == held
    post_office = PostOffice()
    variables = msgspec.structs.replace(
        database_settings, mail_url=post_office.url, mail_from="office@schools.example"
    ).environment()
    state = await _in_thread(["notices", "state"], database_settings.environment())
    assert f"{ours.space.slug}\theld\t1\tno mail server is set" in state.output
    sent = await _in_thread(["notices", "send", ours.space.slug], variables)
    assert (0, f"{ours.space.slug}\t1\n") == (sent.exit_code, sent.output)
    assert ["notices.mail.dispatch"] == [row["name"] for row in await ours.rows(JOBS)]
    assert [] == await theirs.rows(JOBS)


async def _in_thread(arguments: list[str], variables: dict[str, str]) -> Result:
    """The command line, which has an event loop of its own."""
    import asyncio

    return await asyncio.to_thread(CliRunner(env=variables).invoke, main, arguments)
