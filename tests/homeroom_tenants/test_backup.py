"""A backup holds every school, comes back whole into an empty cluster, and never over somebody's schools."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.database.backup import BackupError, back_up
from homeroom.database.providers import EmbeddedProvider
from homeroom.database.providers.clients import find_client
from homeroom.settings import Settings
from homeroom.testing import Client
from in_process import Done, homeroom

ROSTER = Path(__file__).parents[2] / "docs" / "examples" / "roster"
PASSWORD = "a phrase that nobody has leaked"
VERSION = 180000


@dataclass(frozen=True)
class Installation:
    """Homeroom over an embedded server of its own.

    Args:
        home: The folder of its cluster.
    """

    home: Path

    def run(self, *words: str, **variables: str) -> Done:
        """Run ``homeroom``."""
        environment = {"HOMEROOM_DATA_DIR": str(self.home / "data"), "HOMEROOM_EMBEDDED_DIR": str(self.home)}
        return homeroom(environment | variables, *words)

    def done(self, *words: str) -> str:
        """What a command says that must succeed."""
        process = self.run(*words)
        assert 0 == process.returncode, process.stdout + process.stderr
        return process.stdout

    def refused(self, *words: str, **variables: str) -> str:
        """What a command says that must be refused in a sentence."""
        process = self.run(*words, **variables)
        assert 1 == process.returncode, process.stdout + process.stderr
        assert "Traceback" not in process.stderr
        return process.stderr

    def provider(self) -> EmbeddedProvider:
        """Its server."""
        return EmbeddedProvider(self.home)

    async def digests(self) -> dict[str, tuple[int, str]]:
        """Table to the number of its rows and a digest of them, the signing key aside."""
        with self.provider() as access:
            connection = await asyncpg.connect(access.owner_url)
            try:
                await connection.execute("SET homeroom.maintenance = 'on'")
                tables = await connection.fetch(
                    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables"
                    " WHERE schemaname IN ('public', 'homeroom') AND tablename <> 'context_key'"
                )
                found = {}
                for table in tables:
                    row = await connection.fetchrow(
                        f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                        f" FROM {table['name']} t"
                    )
                    found[table["name"]] = (row[0], row[1])
                return found
            finally:
                await connection.close()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that every account of the machine can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def source(place: Path) -> Iterator[Installation]:
    """Two schools: one of Vietnam with a roster, one of Hong Kong."""
    made = Installation(place / "source")
    made.done("tenant", "create", "an-binh", "--region", "vn", "--name", "Trường An Bình")
    made.done("tenant", "create", "harbour", "--region", "hk")
    made.done("import", str(ROSTER), "--school", "an-binh", "--organisation", "HS")
    made.done("account", "create", "mai", "--password", PASSWORD)
    for school in ("an-binh", "harbour"):
        made.done("account", "member", "mai", school, "--role", "registrar")
    with made.provider():  # its server keeps running, instead of starting for each command
        yield made


@pytest.fixture(scope="module")
def saved(source: Installation, place: Path) -> Path:
    """A backup of both."""
    file = place / "homeroom.dump"
    reported = source.done("backup", str(file))
    assert reported.startswith(f"{file}: schools and districts 2, tables ")
    return file


@pytest.fixture
def empty(place: Path, tmp_path: Path) -> Installation:
    """An installation that has never started."""
    return Installation(place / f"empty-{tmp_path.name}")


@pytest.mark.slow
async def test_two_schools_come_back_in_an_empty_cluster_and_people_go_on(
    source: Installation, saved: Path, empty: Installation
) -> None:
    assert 0o600 == saved.stat().st_mode & 0o777
    reported = empty.done("restore", str(saved)).splitlines()
    assert reported[0].startswith(f"{saved}: schools and districts 2, tables ")
    assert reported[1].startswith("0 migration(s) applied")
    before, after = await source.digests(), await empty.digests()
    assert before == after
    assert 2 < sum(number > 0 for name, (number, _) in after.items() if name.startswith("public."))

    with empty.provider() as access:
        settings = access.apply(Settings())
        host = build_host(settings)
        await host.open()
        app = create_app(host)
        try:
            counts = {}
            for slug in ("an-binh", "harbour"):
                client = Client(app, await host.directory.space(slug), settings)
                await client.sign_in("mai", PASSWORD)
                seen = await client.gql("{ students { totalCount } viewer { space { slug } } }")
                counts[seen["viewer"]["space"]["slug"]] = seen["students"]["totalCount"]
                await client.close()
        finally:
            await host.close()
    assert 0 < counts["an-binh"]
    assert 0 == counts["harbour"]


@pytest.mark.slow
async def test_one_school_is_brought_back_beside_another(
    source: Installation, saved: Path, empty: Installation
) -> None:
    """Twice: over what there is of it now, and after it was deleted."""
    empty.done("restore", str(saved))
    before = await source.digests()

    async def school_rows() -> dict[str, tuple[int, str]]:
        # The row of the space itself counts its changes.
        return {name: found for name, found in (await empty.digests()).items() if name != "homeroom.space"}

    wanted = {name: found for name, found in before.items() if name != "homeroom.space"}
    assert "Suspend it and give --replace" in empty.refused("tenant", "restore", "an-binh", str(saved))
    assert "Suspend it before it is replaced" in (
        empty.refused("tenant", "restore", "an-binh", str(saved), "--replace")
    )
    assert "has no school or district 'nobody'" in empty.refused("tenant", "restore", "nobody", str(saved))
    empty.done("tenant", "suspend", "an-binh", "--reason", "a wrong import")
    empty.done("import", str(ROSTER), "--school", "harbour", "--organisation", "HS")
    other = await school_rows()
    empty.done("tenant", "restore", "an-binh", str(saved), "--replace")
    assert "an-binh\tschool\tvn\tTrường An Bình\tsuspended" in empty.done("tenant", "list").splitlines()
    after = await school_rows()
    assert before["public.student"][0] * 2 == after["public.student"][0], "the other school keeps what came since"
    assert other["public.student"] == after["public.student"]
    assert other["public.audit_entry"] != after["public.audit_entry"], (
        "the entry of the suspension is not in the backup"
    )

    empty.done("tenant", "close", "harbour", "--reason", "merged")
    assert "Only a closed school can be deleted" in (
        empty.refused("tenant", "delete", "an-binh", "--confirm", "an-binh", "--reason", "x")
    )
    reported = empty.done("tenant", "delete", "harbour", "--confirm", "harbour", "--reason", "merged with another")
    assert reported.startswith("harbour: ")
    empty.done("tenant", "restore", "harbour", str(saved))
    assert wanted == await school_rows()
    assert ["an-binh", "harbour"] == [line.split("\t")[0] for line in empty.done("tenant", "list").splitlines()]
    empty.done("tenant", "reopen", "an-binh")
    assert "an-binh\tschool\tvn\tTrường An Bình" in empty.done("tenant", "list").splitlines()


@pytest.mark.slow
async def test_nothing_is_brought_back_over_schools(source: Installation, saved: Path, empty: Installation) -> None:
    before = await source.digests()
    assert "the database has schools: an-binh, harbour; restore into an empty one" in (
        source.refused("restore", str(saved))
    )
    assert before == await source.digests()
    # An account without any school is somebody's as well.
    empty.done("account", "create", "early", "--password", PASSWORD)
    assert "the database is in use: homeroom.account has rows" in empty.refused("restore", str(saved))
    assert 1 == (await empty.digests())["homeroom.account"][0]


@pytest.mark.slow
async def test_tables_that_nobody_has_used_make_room(source: Installation, saved: Path, empty: Installation) -> None:
    empty.done("migrate")
    empty.done("restore", str(saved))
    assert await source.digests() == await empty.digests()


@pytest.mark.slow
async def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(
    saved: Path, empty: Installation, tmp_path: Path
) -> None:
    half, letter = tmp_path / "half.dump", tmp_path / "letter.dump"
    half.write_bytes(saved.read_bytes()[: saved.stat().st_size // 2])
    letter.write_text("Dear school")
    for file in (half, letter):
        assert f"{file} is no whole backup: " in empty.refused("restore", str(file))
    assert {} == await empty.digests()


@pytest.mark.slow
async def test_a_dump_that_lacks_the_rows_of_schools_is_refused(
    source: Installation, saved: Path, empty: Installation, tmp_path: Path
) -> None:
    """Such as pg_dump makes it by itself: the owner sees no rows of schools."""
    blind = tmp_path / "blind.dump"
    with source.provider() as access:
        words = ["--enable-row-security", "--format=custom", f"--file={blind}", str(access.owner_url)]
        subprocess.run([str(find_client("pg_dump", VERSION)), *words], check=True)
    assert "the file has no rows of an-binh, harbour" in empty.refused("restore", str(blind))
    assert {} == await empty.digests()
    empty.done("restore", str(saved))
    assert await source.digests() == await empty.digests()


@pytest.mark.slow
async def test_a_backup_that_would_lack_something_is_not_made(
    source: Installation, saved: Path, tmp_path: Path
) -> None:
    assert f"{saved} is there already" in source.refused("backup", str(saved))
    assert "cannot write" in source.refused("backup", str(tmp_path / "nowhere" / "x.dump"))

    async def one_more(_connection: object) -> dict[str, str]:
        return {"00000000-0000-0000-0000-000000000000": "lost-school"}

    with source.provider() as access:
        with pytest.raises(BackupError, match="the file has no rows of lost-school"):
            await back_up(str(access.owner_url), tmp_path / "x.dump", one_more)
        reported = source.refused(
            "backup",
            str(tmp_path / "y.dump"),
            HOMEROOM_DATABASE_URL=access.app_url,
            HOMEROOM_OWNER_DATABASE_URL=access.app_url,
            HOMEROOM_SECRET_KEY="k" * 40,
        )
    assert "HOMEROOM_OWNER_DATABASE_URL connects as a role that does not own" in reported
    assert [] == list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_file_does_not_hold_what_signs_for_the_schools(saved: Path) -> None:
    program = find_client("pg_restore", VERSION)
    text = subprocess.run([str(program), "--file=-", str(saved)], check=True, capture_output=True, text=True).stdout
    assert "COPY homeroom.space " in text
    assert "COPY homeroom.context_key " not in text
