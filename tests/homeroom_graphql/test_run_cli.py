"""``homeroom run``: every mutation of a school on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from homeroom.callers import Space
from homeroom.cli import main
from homeroom.settings import Settings
from homeroom.testing import People

Said = Callable[..., Awaitable[Result]]


@pytest.fixture
def said(database_settings: Settings, tmp_path: Path) -> Said:
    """Runs ``homeroom run`` over the test's database."""
    environment = {**database_settings.environment(), "HOMEROOM_DATA_DIR": str(tmp_path), "LC_ALL": "C.UTF-8"}

    async def run(*words: str | Path, **more: str) -> Any:
        given = ["run", *map(str, words)]
        return await asyncio.to_thread(CliRunner().invoke, main, given, env={**environment, **more})

    return run


def rows(*given: dict[str, Any]) -> str:
    return json.dumps({"rows": list(given)})


async def test_any_verb_is_run_in_one_school(said: Said, school_a: Space, school_b: Space, as_role: People) -> None:
    made = await said(school_a.slug, "createCampus", "code=RUN", "name=Cơ sở Một", "--show", "id code name")
    assert 0 == made.exit_code, made.output
    campus = json.loads(made.stdout)["campus"]
    assert {"id": campus["id"], "code": "RUN", "name": "Cơ sở Một"} == campus
    one = rows({"code": "RUN1", "name": "Room 1", "capacity": 3})
    rooms = await said(school_a.slug, "school.room.create", f"campus={campus['id']}", "--input", one)
    assert ["rooms"] == list(json.loads(rooms.stdout)), rooms.output

    # The other school has neither the campus nor its code.
    foreign = await said(school_b.slug, "createRooms", f"campus={campus['id']}", "--input", one)
    assert (1, "", "homeroom: field campus: ") == (foreign.exit_code, foreign.stdout, foreign.stderr[:24])
    rehearsed = await said(school_b.slug, "createCampus", "code=RUN", "name=Campus", "--rehearse")
    assert (0, ["campus"]) == (rehearsed.exit_code, list(json.loads(rehearsed.stdout)))
    registrar = await as_role(school_b, "registrar")
    codes = {each["code"] for each in (await registrar.gql("{ campuses { nodes { code } } }"))["campuses"]["nodes"]}
    assert "RUN" not in codes

    # Every problem has its row and field, in the reader's language.
    two = rows({"code": "RUN2", "name": "Room"}, {"code": "RUN3", "name": "Room", "capacity": 0})
    bad = await said(school_a.slug, "createRooms", f"campus={campus['id']}", "--input", two, LC_ALL="vi_VN.UTF-8")
    assert (1, "") == (bad.exit_code, bad.stdout)
    assert "homeroom: dòng 1: trường rows.capacity: Giá trị phải từ 1 đến 9999. [OUT_OF_RANGE]\n" == bad.stderr
    mistyped = await said(school_a.slug, "createRooms", f"campus={campus['id']}", 'rows=[{"code": 1}]')
    assert (1, "[BAD_USER_INPUT]") == (mistyped.exit_code, mistyped.stderr.split()[-1]), mistyped.stderr
    assert "rows[0].code" in mistyped.stderr


async def test_as_an_account_it_is_what_the_account_may_do(
    said: Said, school_a: Space, school_b: Space, as_role: People
) -> None:
    registrar, teacher = await as_role(school_a, "registrar"), await as_role(school_a, "teacher")
    made = await said(school_a.slug, "createCampus", "code=AS", "name=As", "--as", registrar.login, "--show", "code")
    assert {"campus": {"code": "AS"}} == json.loads(made.stdout), made.output
    for slug, login, problem in (
        (school_a.slug, teacher.login, "[FORBIDDEN]"),
        (school_b.slug, registrar.login, "no such school"),
    ):
        denied = await said(slug, "createCampus", "code=NO", "name=No", "--as", login)
        assert (1, "", True) == (denied.exit_code, denied.stdout, problem in denied.stderr), denied.stderr
    admin = await as_role(school_a, "admin")
    found = (await admin.gql("{ auditEntries(first: 5) { nodes { command via login } } }"))["auditEntries"]["nodes"]
    assert {"command": "school.campus.create", "via": "cli", "login": registrar.login} in found


async def test_a_file_is_given_by_its_path(said: Said, school_a: Space, tmp_path: Path) -> None:
    file = tmp_path / "rooms.csv"
    file.write_text("code,name,campus\nQ7,Room Q7,NONE\n", encoding="utf-8")
    refused = await said(school_a.slug, "importRooms", f"file={file}")
    assert 1 == refused.exit_code
    assert "row 2: column campus: field file: " in refused.stderr, refused.stderr
    refused = await said(school_a.slug, "importRooms", f"file={file}", LC_ALL="zh_HK.UTF-8")
    assert "第 2 列: 欄「campus」: 欄位 file: " in refused.stderr, refused.stderr


async def test_it_says_which_verbs_and_fields_there_are(said: Said, school_a: Space) -> None:
    verbs = [line.split("\t") for line in (await said(school_a.slug)).stdout.splitlines()]
    assert ["createCampus", "school.campus.create"] in [each[:2] for each in verbs]
    fields = (await said(school_a.slug, "createRooms", "--fields")).stdout
    assert "campus\tID!" in fields
    assert "\n  capacity\tInt\t" in fields
    for words, hint in ((("createCampuses",), "createCampus,"), (("createCampus", "nome=A"), "Did you mean name?")):
        unknown = await said(school_a.slug, *words)
        assert (True, True) == (unknown.exit_code > 0, hint in unknown.stderr), unknown.stderr
