"""`homeroom tenant` and `homeroom account`."""

from __future__ import annotations

import secrets

import pytest
from click.testing import CliRunner, Result

from homeroom.cli import main
from homeroom.host import Host
from homeroom.settings import Settings


@pytest.fixture
def run(host: Host, database_settings: Settings, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Runs the command line over the test's database."""
    for name, value in database_settings.environment().items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert fails == (result.exit_code != 0), result.output
        return result

    return invoke


@pytest.mark.slow
def test_a_school_and_its_people_are_made_on_the_command_line(run) -> None:  # type: ignore[no-untyped-def]
    slug, district = f"s-{secrets.token_hex(4)}", f"d-{secrets.token_hex(4)}"
    login = f"test-{secrets.token_hex(6)}"
    run("tenant", "create", district, "--region", "vn", "--kind", "district")
    made = run("tenant", "create", slug, "--region", "vn", "--name", "Trường Một", "--district", district).output
    assert made.startswith(f"{slug}.localhost")
    assert f"{slug}\tschool\tvn\tTrường Một" in run("tenant", "list").output
    assert "gradebook" in run("tenant", "plugins", slug).output
    off = run("tenant", "plugins", slug, "--off", "gradebook", "--off", "vn").output.split()
    assert "gradebook" not in off
    assert "school" in off
    assert "zh-Hant" == run("tenant", "language", slug, "zh-Hant").output.strip()
    assert "vi" == run("tenant", "language", slug, "vi").output.strip()
    run("tenant", "language", slug, "fr", fails=True)
    run("tenant", "host", slug, f"{slug}.example")
    run("account", "create", login, "--name", "Mai", "--password", "correct horse battery")
    run("account", "member", login, slug, "--role", "teacher", "--until", "2040-01-01")
    assert f"{login}\tMai\tteacher\t" in run("account", "members", slug).output
    assert run("account", "token", login, slug, "--title", "test").output.startswith("hrt_")
    run("account", "password", login, "--password", "another phrase")
    assert "hrr_" in run("account", "reset", login).output
    assert "" == run("account", "address", login).output.strip()
    assert "mai@mail.example" == run("account", "address", login, "mai@Mail.example").output.strip()
    run("account", "address", login, "no address", fails=True)
    assert "mai@mail.example" == run("account", "address", login).output.strip()
    assert "" == run("account", "address", login, "--none").output.strip()
    run("account", "disable", login)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("tenant", "create", "Bad Slug", "--region", "vn"), "slug"),
        (("tenant", "create", "fine", "--region", "atlantis"), "region"),
        (("tenant", "plugins", "there-is-none"), "slug"),
        (("account", "member", "nobody-at-all", "there-is-none", "--role", "teacher"), "slug"),
        (("account", "create", "a b", "--password", "correct horse battery"), "login"),
        (("account", "create", "mai", "--password", "short"), "password"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(run, arguments: tuple[str, ...], field: str) -> None:  # type: ignore[no-untyped-def]
    result = run(*arguments, fails=True)
    assert f"field {field}" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en_GB.UTF-8", "There is no school or district"),
        ("vi_VN.UTF-8", "Không có"),
        ("zh_TW.UTF-8", "沒有"),
        ("zh_CN.UTF-8", "没有"),
    ],
)
def test_it_answers_in_the_language_of_the_locale(
    run,
    monkeypatch: pytest.MonkeyPatch,
    locale: str,
    text: str,  # type: ignore[no-untyped-def]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert text in run("tenant", "plugins", "there-is-none", fails=True).output
