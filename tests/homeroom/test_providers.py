"""The embedded server: made, shared, stopped, found again after every accident, and closed to others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from homeroom.database.providers import DatabaseAccess, EmbeddedProvider, ProviderError, throwaway
from homeroom.settings import Settings, SettingsError

START_AND_SAY = """
import sys
from pathlib import Path
from homeroom.database.providers import EmbeddedProvider
provider = EmbeddedProvider(Path(sys.argv[1]))
print(provider.start().app_url, flush=True)
sys.stdin.read()
provider.stop()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder that every account of the machine can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def provider(place: Path) -> Iterator[EmbeddedProvider]:
    """A provider that has not started; whatever it starts is stopped."""
    made = EmbeddedProvider(place / "home", durable=False)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedProvider]:
    """One that runs, for tests that look at it and change nothing."""
    folder = Path(tempfile.mkdtemp(prefix="homeroom-test-"))
    folder.chmod(0o755)
    with EmbeddedProvider(folder / "home", durable=False):
        yield EmbeddedProvider(folder / "home", durable=False)
    shutil.rmtree(folder)


def ask(url: str | None, statement: str) -> object:
    """The first value of a statement's answer."""
    assert url is not None
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None


def run(url: str | None, statement: str) -> None:
    """Run a statement that answers nothing."""
    assert url is not None
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        connection.execute(statement.encode())


def postmaster(home: Path) -> psutil.Process:
    """The server's first process."""
    return psutil.Process(int((home / "data" / "postmaster.pid").read_text().split()[0]))


def mode(path: Path) -> str:
    """The permission bits of a path, as an octal text."""
    return oct(path.stat().st_mode & 0o7777)


def test_data_are_kept_over_a_restart_that_takes_seconds(provider: EmbeddedProvider) -> None:
    access = provider.start()
    run(access.owner_url, "CREATE TABLE kept (number int); INSERT INTO kept VALUES (42)")
    provider.stop()
    assert provider.status().running is False

    began = time.monotonic()
    again = provider.start()
    assert time.monotonic() - began < 60
    assert 42 == ask(again.owner_url, "SELECT number FROM kept")
    assert access == again
    assert (True, 18) == (provider.status().running, (provider.status().version or 0) // 10000)


def test_the_server_is_nobody_elses_business(shared: EmbeddedProvider) -> None:
    with shared as access:
        home = shared.home
        assert "0o700" == mode(home / "data") == mode(home / "run")
        assert "0o600" == mode(home / "secrets.json")
        assert postmaster(home).uids().real != 0
        assert [] == postmaster(home).net_connections(kind="inet")
        assert "" == ask(access.owner_url, "SHOW listen_addresses")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(access.app_url.replace("homeroom_app:", "homeroom_app:x"), "SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            ask(access.app_url.replace("/homeroom?", "/postgres?"), "SELECT 1")


def test_the_application_role_has_no_power(shared: EmbeddedProvider) -> None:
    with shared as access:
        rights = "rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
        for url, expected in ((access.app_url, "(f,f,f,f,f)"), (access.owner_url, "(f,t,f,f,f)")):
            assert expected == ask(url, f"SELECT ({rights})::text FROM pg_roles WHERE rolname = current_user")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(access.app_url, "CREATE TABLE public.mine (number int)")
        run(access.owner_url, "CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")


def test_text_is_ordered_and_folded_the_same_on_every_machine(shared: EmbeddedProvider) -> None:
    with shared as access:
        assert (
            ask(access.app_url, "SELECT datlocprovider::text FROM pg_database WHERE datname = current_database()"),
            ask(access.app_url, "SHOW timezone"),
        ) == ("b", "UTC")
        assert "ĐỨC" == ask(access.app_url, "SELECT upper('đức')")


def test_the_last_to_leave_stops_the_server(provider: EmbeddedProvider) -> None:
    provider.start()
    other = EmbeddedProvider(provider.home, durable=False)
    access = other.start()
    provider.stop()
    assert 1 == ask(access.app_url, "SELECT 1")
    other.stop()
    with pytest.raises(psycopg.OperationalError):
        ask(access.app_url, "SELECT 1")


def test_two_that_start_at_once_share_one_server(place: Path) -> None:
    command = [sys.executable, "-c", START_AND_SAY, str(place / "home")]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    urls = [process.stdout.readline().strip() for process in both if process.stdout]
    try:
        assert urls[0] == urls[1]
        assert 1 == ask(urls[0], "SELECT 1")
    finally:
        for process in both:
            process.communicate(timeout=900)
    assert [0, 0] == [process.returncode for process in both]
    assert not (place / "home" / "data" / "postmaster.pid").exists()


def test_a_crashed_server_is_started_again_with_its_data(place: Path) -> None:
    provider = EmbeddedProvider(place / "home", durable=True)
    access = provider.start()
    run(access.owner_url, "CREATE TABLE kept (number int); INSERT INTO kept VALUES (7)")
    with psycopg.connect(access.app_url):  # a session that outlives the first process for a moment
        postmaster(provider.home).send_signal(signal.SIGKILL)
        access = provider.start()
    assert 7 == ask(access.owner_url, "SELECT number FROM kept")
    provider.stop()


def test_a_stale_pid_of_somebody_else_is_neither_obeyed_nor_killed(
    provider: EmbeddedProvider,
) -> None:
    provider.start()
    uid = postmaster(provider.home).uids().real
    pid_file = provider.home / "data" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    provider.stop()
    become = {"user": uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "120"], **become) as stranger:  # type: ignore[call-overload]
        try:
            pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
            shutil.chown(pid_file, uid)
            access = provider.start()
            assert 1 == ask(access.app_url, "SELECT 1")
            provider.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_an_interrupted_first_start_is_begun_again(provider: EmbeddedProvider) -> None:
    (provider.home / "data.new").mkdir(parents=True)
    (provider.home / "data.new" / "PG_VERSION").write_text("18\n")
    assert 1 == ask(provider.start().app_url, "SELECT 1")


def test_a_path_too_long_for_a_socket_is_served_from_a_short_folder(place: Path) -> None:
    deep = place / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    provider = EmbeddedProvider(deep / "home", durable=False)
    with provider as access:
        folder = Path((deep / "home" / "socket_folder").read_text())
        assert "0o700" == mode(folder)
        assert 1 == ask(access.app_url, "SELECT 1")
    with provider as again:
        assert access == again
    folder.rmdir()


def test_data_of_another_major_version_and_lost_passwords_are_refused(provider: EmbeddedProvider) -> None:
    provider.start()
    provider.stop()
    version = provider.home / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(ProviderError, match="made by PostgreSQL 17"):
        provider.start()
    assert not (provider.home / "data" / "postmaster.pid").exists()
    version.write_text("18\n")
    # They are not made again over data that are there.
    (provider.home / "secrets.json").unlink()
    with pytest.raises(ProviderError, match=r"secrets\.json"):
        provider.start()


def test_a_throwaway_leaves_nothing() -> None:
    with throwaway() as access:
        assert isinstance(access, DatabaseAccess)
        folder = Path(access.app_url.split("host=")[1].split("&")[0]).parent
        assert folder.exists()
    assert not folder.exists()


def test_a_throwaway_whose_maker_was_killed_is_removed_with_the_next(place: Path) -> None:
    program = (
        "import time\nfrom homeroom.database.providers import throwaway\n"
        "with throwaway() as access:\n    print(access.app_url, flush=True)\n    time.sleep(100)\n"
    )
    environment = os.environ | {"TMPDIR": str(place)}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as maker:
        assert maker.stdout is not None
        url = maker.stdout.readline().strip()
        maker.kill()
    assert 1 == ask(url, "SELECT 1")
    once = "from homeroom.database.providers import throwaway\nwith throwaway(): pass"
    subprocess.run([sys.executable, "-c", once], check=True, env=environment, timeout=900)
    assert [] == list(place.iterdir())


def test_a_password_never_shows(shared: EmbeddedProvider) -> None:
    with shared as access:
        password = access.app_url.split(":")[2].split("@")[0]
        assert password not in repr(access)
        assert password not in str(shared.status())
        command_lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
        assert not [line for line in command_lines if password in line]


def test_the_embedded_folder_of_an_installation(place: Path) -> None:
    asked = EmbeddedProvider.of(Settings(data_dir=place / "x", embedded_dir=place / "pg"))
    assert place / "pg" == asked.home
    default = EmbeddedProvider.of(Settings(data_dir=place / "x")).home
    root = os.geteuid() == 0
    assert (Path("/var/lib/homeroom") if root else place / "x") == default.parent


def test_a_system_account_that_does_not_exist_is_refused_by_name(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root's server runs as another account")
    with pytest.raises(SettingsError) as caught:
        EmbeddedProvider(place / "home", user_name="no-such-account").start()
    assert "HOMEROOM_EMBEDDED_USER" == caught.value.variable
