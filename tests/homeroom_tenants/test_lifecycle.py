"""What becomes of schools and accounts: made in bulk, suspended, renamed, listed."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from homeroom.cli import main
from homeroom_tenants.lifecycle import SpaceState, set_state

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def run(host: Host, database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line over the test's database."""
    for name, value in database_settings.environment().items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert fails == (result.exit_code != 0), result.output
        return result

    return invoke


@pytest.mark.slow
def test_schools_of_a_table_are_made_and_a_second_run_continues(run: Run, tmp_path: Path) -> None:
    mark = secrets.token_hex(3)
    file = tmp_path / "schools.csv"
    head = "slug;name;region;kind;district;plugins;host\n"
    lines = [
        f"a-{mark};Trường A;vn;;d-{mark};;a-{mark}.example\n",
        f"b-{mark};;hk;school;;school;\n",
        f"d-{mark};Sở;vn;district;;;\n",
    ]
    file.write_text(head + "".join(lines) + f"A B;;vn;;;;\nc-{mark};;xx;;nowhere;;\n", encoding="utf-8")
    refused = run("tenant", "import", str(file), fails=True).output
    for said in ("schools.csv:5 [slug]", "schools.csv:6 [region]: There is no preset", "schools.csv:6 [district]"):
        assert said in refused
    assert mark not in run("tenant", "list").output

    file.write_text(head + lines[0] + lines[2], encoding="utf-8")
    made = run("tenant", "import", str(file)).output
    assert f"d-{mark}\tcreated\na-{mark}\tcreated\n" in made
    file.write_text(head + "".join(lines), encoding="utf-8")
    again = run("tenant", "import", str(file)).output
    assert f"d-{mark}\tunchanged\na-{mark}\tunchanged\nb-{mark}\tcreated\n" in again
    assert f"a-{mark}\tschool\tvn\tTrường A" in run("tenant", "list").output
    assert "gradebook" not in run("tenant", "plugins", f"b-{mark}").output

    run("tenant", "rename", f"b-{mark}", "--name", "Harbour", "--slug", f"h-{mark}")
    assert f"h-{mark}\tschool\thk\tHarbour" in run("tenant", "list").output
    assert (
        "is already taken. [DUPLICATE]"
        in run("tenant", "rename", f"h-{mark}", "--slug", f"a-{mark}", fails=True).output
    )
    run("tenant", "leave", f"a-{mark}")


@pytest.mark.slow
def test_accounts_are_listed_and_opened_again(run: Run) -> None:
    mark = secrets.token_hex(3)
    slug, login = f"s-{mark}", f"mai-{mark}"
    run("tenant", "create", slug, "--region", "hk")
    run("account", "create", login, "--name", "Mai", "--password", "correct horse battery")
    run("account", "member", login, slug, "--role", "teacher")
    assert f"{login}\tMai\t" in run("account", "list", "--school", slug).output
    run("account", "disable", login)
    listed = run("account", "list", "--disabled").output
    assert "\tdisabled 2" in next(line for line in listed.splitlines() if line.startswith(login))
    run("account", "enable", login)
    assert login not in run("account", "list", "--disabled").output
    run("account", "enable", login, fails=True)


async def test_a_suspended_school_lets_nobody_in_and_loses_nothing(
    host: Host, school_a: Any, school_b: Any, as_role: Any
) -> None:
    ours, theirs = await as_role.as_role(school_a, "registrar"), await as_role.as_role(school_b, "registrar")
    stranger = await as_role.newcomer(school_a)
    asked = {"query": "{ viewer { space { slug } } }"}
    assert 200 == (await ours.http.post("/graphql", json=asked)).status_code
    await set_state(host, host.directory, school_a, SpaceState.SUSPENDED, "unpaid")  # type: ignore[arg-type]
    try:
        refused = await ours.http.post("/graphql", json=asked)
        assert 403 == refused.status_code
        error = refused.json()["errors"][0]
        assert ("SCHOOL_NOT_OPEN", True) == (error["extensions"]["code"], "unpaid" in error["message"])
        assert "unpaid" not in (await stranger.http.post("/graphql", json=asked)).text
        assert 200 == (await theirs.http.post("/graphql", json=asked)).status_code
        assert not await host.directory.is_open(school_a.id)
    finally:
        await set_state(host, host.directory, school_a, SpaceState.OPEN, None)  # type: ignore[arg-type]
    assert 200 == (await ours.http.post("/graphql", json=asked)).status_code
    async with host.database.transaction(school_a.id) as transaction:
        entries = await transaction.fetch(
            "SELECT reason FROM audit_entry WHERE command = 'tenants.space.set_state' ORDER BY at, id"
        )
    assert ["unpaid", None] == [entry["reason"] for entry in entries]
