"""One PostgreSQL cluster in one folder: made, started and stopped by running the server's programs.

The folder holds ``data`` (the server's own, 0700), ``run`` (its socket, 0700), ``secrets.json`` (0600) and
two locks. ``server.lock`` is inherited by the server's processes, so that the kernel says whether any of them
is alive, whatever a ``postmaster.pid`` claims that a crash or a restarted container left behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from homeroom.database.providers.access import APP_ROLE, DATABASE, OWNER_ROLE, ProviderError
from homeroom.database.providers.identity import ServerUser
from homeroom.database.providers.locks import FileLock
from homeroom.database.providers.secrets import ClusterSecrets

__all__ = ["Cluster"]

_PORT = 5432
#: The longest path of a socket (sockaddr_un.sun_path less its final zero), in bytes.
_SOCKET_PATH = 107
_SECONDS_TO_START = 60

_CONFIGURATION = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    # Many small requests share few cores: compiling or spreading one costs the others more than it saves.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "idle_in_transaction_session_timeout": "5min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "'postgres-%a.log'",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
}
_FLEETING = {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "logging_collector": "off",
}


class Cluster:
    """One cluster and its server.

    Args:
        home: Its folder; made by :meth:`ensure`.
        user: The account that the server runs as.
        programs: The folder with ``initdb`` and ``pg_ctl``.
        durable: Whether what was committed must survive a crash of the machine.
    """

    def __init__(self, home: Path, user: ServerUser, programs: Path, *, durable: bool = True) -> None:
        self.home = home
        self.user = user
        self.data = home / "data"
        self._programs = programs
        self._durable = durable
        self._alive = FileLock(home / "server.lock")

    def ensure(self) -> ClusterSecrets:
        """Make the cluster if there is none, and its server answer. The caller holds the start lock.

        Raises:
            ProviderError: The server cannot be made to answer; the end of its log is in the message.
        """
        made = self.data.exists()
        secrets = ClusterSecrets.load_or_make(self.home / "secrets.json", may_make=not made)
        if not made:
            self._make(secrets)
        self._check_version()
        if not self._attach(secrets):
            self._start()
        self._provision(secrets)
        return secrets

    def url(self, role: str, password: str, database: str = DATABASE) -> str:
        """How to connect as a role, for asyncpg and libpq alike."""
        folder = quote(str(self.socket_folder), safe="/")
        return f"postgresql://{role}:{password}@/{database}?host={folder}&port={_PORT}"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: ``run``, or a short folder elsewhere if that path is too long."""
        near = self.home / "run"
        if len(os.fsencode(near / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH:
            return near
        note = self.home / "socket_folder"
        try:
            return Path(note.read_text())
        except FileNotFoundError:
            return near

    def postmaster(self) -> psutil.Process | None:
        """The server's first process, if it is alive and really that of this cluster."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            if process.cwd() == str(self.data.resolve()):  # a server works in its data folder; nobody else does
                return process
        except (FileNotFoundError, ValueError, psutil.Error):
            pass
        return None

    def version(self, secrets: ClusterSecrets) -> int | None:
        """The version number that the server answers with, or none if it does not answer."""
        try:
            with psycopg.connect(self.url(APP_ROLE, secrets.app), connect_timeout=2) as connection:
                return connection.info.server_version
        except psycopg.Error:
            return None

    def stop(self, *, at_once: bool = False) -> None:
        """End the server, if it is alive and ours. Connections are closed, what was committed is kept.

        Args:
            at_once: Skip the checkpoint; the next start recovers.
        """
        if self.postmaster() is None:
            return
        answer = ""
        for mode in ("immediate",) if at_once else ("fast", "immediate"):
            result = self._control("stop", "-m", mode, "-t", "60")
            if result.returncode == 0 or self.postmaster() is None:
                return
            answer = result.stdout.strip()
        raise ProviderError(f"the database in {self.home} does not stop: {answer}")

    def remove(self) -> None:
        """Delete the folder, and the socket's if that lies elsewhere. The server must be stopped."""
        folder = self.socket_folder
        if folder.parent != self.home and self.user.owns_privately(folder):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    # -- making ---------------------------------------------------------------------------------

    def _make(self, secrets: ClusterSecrets) -> None:
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)  # an earlier attempt was interrupted
        self.user.make_folder(draft)
        read, write = os.pipe()
        os.write(write, secrets.superuser.encode() + b"\n")
        os.close(write)
        try:
            if self.user.switch:
                os.fchown(read, self.user.uid, self.user.gid)
            # No ICU and no libc collation: names are sorted by keys of our own, the same on every machine.
            result = self.user.run(
                [
                    self._programs / "initdb",
                    f"--pgdata={draft}",
                    f"--pwfile=/dev/fd/{read}",
                    "--username=postgres",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                    *(() if self._durable else ("--no-sync",)),
                ],
                keep=[read],
            )
        finally:
            os.close(read)
        if result.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise ProviderError(f"initdb failed in {self.home}:\n{result.stdout.strip()}")
        # Only the socket, only by password; whatever else initdb would let in is not.
        self._write(draft / "pg_hba.conf", "local all all scram-sha-256\n")
        with (draft / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'homeroom.conf'\n")
        draft.rename(self.data)

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_name(path.name + ".new")
        draft.write_text(text)
        draft.chmod(0o600)
        if self.user.switch:
            os.chown(draft, self.user.uid, self.user.gid)
        draft.rename(path)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        answer = self.user.run([self._programs / "postgres", "--version"]).stdout
        offered = answer.split()[-1].split(".")[0]
        if found != offered:
            raise ProviderError(
                f"the database in {self.home} was made by PostgreSQL {found}, and {offered} is installed:"
                " dump it with the old one and restore it into a new folder, or install the old one again"
            )

    # -- starting -------------------------------------------------------------------------------

    def _attach(self, secrets: ClusterSecrets) -> bool:
        """Whether a server runs already and answers; one that runs without answering is ended first."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._alive.acquire() or self.postmaster() is not None:
            self._alive.release()
            if self.postmaster() is not None:
                if self._answers(secrets):
                    return True
                if not (self.socket_folder / f".s.PGSQL.{_PORT}").exists() and self._settled():
                    self.stop()  # its socket was swept away: it can serve nobody any more
            if time.monotonic() > deadline:
                raise ProviderError(f"a server in {self.home} neither answers nor ends")
            time.sleep(0.1)
        # Nothing of an earlier server is left. Its pid may belong to somebody else by now, or to a zombie
        # that nobody reaps: PostgreSQL would take that for itself and refuse to start. So what a crash
        # left is removed.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.socket_folder.glob(f".s.PGSQL.{_PORT}*"):
            leftover.unlink(missing_ok=True)
        return False

    def _answers(self, secrets: ClusterSecrets) -> bool:
        try:
            psycopg.connect(self.url("postgres", secrets.superuser, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _settled(self) -> bool:
        process = self.postmaster()
        return process is not None and time.time() - process.create_time() > 5

    def _start(self) -> None:
        """Start a server; we hold the lock that it inherits."""
        folder = self._ready_socket_folder()
        settings = (
            _CONFIGURATION
            | ({} if self._durable else _FLEETING)
            | {"unix_socket_directories": "'" + str(folder).replace("'", "''") + "'"}
        )
        self._write(self.data / "homeroom.conf", "".join(f"{name} = {value}\n" for name, value in settings.items()))
        log = self.data / "start.log"
        log.unlink(missing_ok=True)
        try:
            result = self._control("start", "-t", str(_SECONDS_TO_START), "-l", str(log), keep=[self._alive.descriptor])
        finally:
            self._alive.drop()
        if result.returncode != 0:
            said = "\n".join([result.stdout.strip(), *self._last_words(log)])
            raise ProviderError(f"PostgreSQL does not start in {self.home}:\n{said}")

    def _last_words(self, log: Path) -> list[str]:
        """The ends of what the server wrote before and after it opened its own log."""
        own = sorted((self.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return [path.read_text(errors="replace")[-1500:].strip() for path in (log, *own[-1:]) if path.exists()]

    def _ready_socket_folder(self) -> Path:
        folder = self.socket_folder
        if self.user.owns_privately(folder):
            return folder
        near = self.home / "run"
        if len(os.fsencode(near / f".s.PGSQL.{_PORT}")) <= _SOCKET_PATH:
            self.user.make_folder(near)
            return near
        # Not a name that others could foresee and occupy.
        folder = Path(tempfile.mkdtemp(prefix="homeroom-", dir="/tmp"))
        if self.user.switch:
            os.chown(folder, self.user.uid, self.user.gid)
        (self.home / "socket_folder").write_text(str(folder))
        return folder

    def _control(self, *words: str, keep: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        return self.user.run(
            [self._programs / "pg_ctl", "-D", self.data, "-w", *words],
            seconds=_SECONDS_TO_START + 30,
            keep=keep,
        )

    # -- roles ----------------------------------------------------------------------------------

    def _provision(self, secrets: ClusterSecrets) -> None:
        """Make the roles and the database that are missing; an interrupted first start is finished so."""
        with psycopg.connect(
            self.url("postgres", secrets.superuser, "postgres"), autocommit=True, connect_timeout=10
        ) as connection:
            found = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for role, rights, password in (
                (OWNER_ROLE, "CREATEDB", secrets.owner),
                (APP_ROLE, "NOCREATEDB", secrets.app),
            ):
                if role not in found:
                    connection.execute(
                        sql.SQL(
                            "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {} PASSWORD {}"
                        ).format(sql.Identifier(role), sql.SQL(rights), password)
                    )
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if row is None:
                connection.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}")
            connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE}")
