"""After an incident: what somebody did and saw, in all schools, and a file that proves it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest
from click.testing import CliRunner
from sealed_office import KEY, Office

from homeroom.audit.chain import Seal, SealedEntry, digest_of, genesis, link
from homeroom.cli import main
from homeroom_school.commands.structure import create_subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from homeroom.callers import Space
    from homeroom.settings import Settings


@pytest.fixture
def run(office: Office, database_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs the command line over the office's database and heads."""
    settings = msgspec.structs.replace(database_settings, audit_dir=office.folder, audit_key=KEY.decode())
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)

    async def invoke(*words: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, main, ["audit", *words])

    return invoke


async def test_what_somebody_did_is_found_in_all_schools(office: Office, run: Any, school_b: Space) -> None:
    caller = office.host.system_caller(school_b, login="mallory")
    await office.host.execute(caller, create_subject, code="M1", title="Left here", audit_reason="mischief")
    await office.host.execute(
        office.host.system_caller(office.space, login="mallory"), create_subject, code="M1", title="And here"
    )
    reported = await run("list", "--login", "mallory", "--lines")
    assert 0 == reported.exit_code, reported.output
    rows = [line.split("\t") for line in reported.output.splitlines()]
    entries = [row for row in rows if row[0]]
    assert {school_b.slug, office.space.slug} == {row[0] for row in entries}
    assert {("mallory", "cli", "school.subject.create", "1")} == {tuple(row[2:6]) for row in entries}
    (left,) = [row for row in rows if not row[0] and "Left here" in row[4]]
    concerned = await run("rows", "--login", "mallory", "--school", school_b.slug)
    assert [school_b.slug, "subject", left[2], "0 shown", "1 changed"] == concerned.output.split("\t")[:5]


async def test_evidence_is_proved_by_the_heads_that_come_along(office: Office, run: Any, tmp_path: Path) -> None:
    file = tmp_path / "evidence.zip"
    reported = await run("export", str(file), "--school", office.space.slug)
    assert 0 == reported.exit_code, reported.output
    assert f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file}\n" == reported.output
    assert 0o600 == file.stat().st_mode & 0o777
    with zipfile.ZipFile(file) as held:
        names = held.namelist()
        entries = [json.loads(line) for line in held.read(f"{office.space.slug}.jsonl").splitlines()]
        (heads,) = [held.read(name).splitlines() for name in names if name.startswith("heads/")]
        assert f"{office.space.slug}  {len(entries)} sealed entries" in held.read("verification.txt").decode()
    before = genesis(office.space.id)
    for position, each in enumerate(sorted(entries, key=lambda one: one["position"]), start=1):
        names = ("salt", "digest", "line_ids", "line_salts", "line_digests")
        seal = Seal(*(bytes.fromhex(each[name]) for name in names))
        entry = SealedEntry.of(_read(each), [_read(line) for line in each["lines"]])
        assert seal.digest == digest_of(seal.salt, entry.values)
        digests = [digest_of(salt, line.values) for line, (_, salt, _) in zip(entry.lines, seal.lines(), strict=True)]
        assert [digest for _, _, digest in seal.lines()] == digests
        before = link(before, position, seal.content(entry))
        assert before.hex() == each["chain"]
    assert before.hex() == json.loads(heads[-1])["head"]["chain"]
    assert any("Weaving 1" in (line["new_values"] or "") for each in entries for line in each["lines"])
    again = await run("export", str(file), "--school", office.space.slug)
    assert (1, True) == (again.exit_code, "is there already" in again.output)


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """What was written as text, with Python's own types."""
    made = {name: UUID(row[name]) for name in ("id", "account_id", "row_id") if row.get(name)}
    return {**row, **({"at": datetime.fromisoformat(row["at"])} if "at" in row else {}), **made}
