"""The embedded server: PostgreSQL from a wheel, in a folder of its own, reached through a private socket.

A cluster is shared by all processes of this account that use its folder: the first starts the server, the
last to leave stops it. Nothing is opened to the network, and no other account of the machine gets in.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from homeroom.database.providers.access import APP_ROLE, OWNER_ROLE, DatabaseAccess, ProviderError, Status
from homeroom.database.providers.binaries import find_programs
from homeroom.database.providers.cluster import Cluster
from homeroom.database.providers.identity import ServerUser, choose_server_user
from homeroom.database.providers.locks import FileLock
from homeroom.database.providers.secrets import ClusterSecrets
from homeroom.settings import Settings, SettingsError

__all__ = ["EmbeddedProvider", "throwaway"]

#: What root's servers and their programs lie in: private to them, and reachable by an account that is not
#: root.
_ROOTS_FOLDER = Path("/var/lib/homeroom")
_THROWAWAY = "homeroom-throwaway-"
_SECONDS_TO_WAIT = 180


class EmbeddedProvider:
    """A server of ours.

    Args:
        home: The folder of its cluster.
        user_name: The account that root's server runs as; see :class:`~homeroom.settings.Settings`.
        durable: Whether what was committed must survive a crash of the machine.
    """

    kind = "embedded"

    def __init__(self, home: Path, *, user_name: str | None = None, durable: bool = True) -> None:
        self.home = home
        self._user_name = user_name
        self._durable = durable
        self._lease = FileLock(home / "lease.lock")

    @classmethod
    def of(cls, settings: Settings) -> EmbeddedProvider:
        """The provider of an installation."""
        home = settings.embedded_dir
        if home is None and os.geteuid() == 0:
            name = re.sub(r"[^a-z0-9]+", "-", settings.data_dir.parent.name.lower()).strip("-") or "root"
            digest = hashlib.sha256(os.fsencode(settings.data_dir)).hexdigest()[:12]
            home = _ROOTS_FOLDER / f"{name[:20]}-{digest}"
        return cls(home or settings.data_dir / "postgres", user_name=settings.embedded_user)

    def start(self) -> DatabaseAccess:
        """Start the server, or join the one that runs. See :meth:`Provider.start`."""
        user = choose_server_user(self._user_name, self.home / "data")
        self._make_home(user)
        programs = find_programs(user, _ROOTS_FOLDER)
        cluster = Cluster(self.home, user, programs, durable=self._durable)
        with self._turn():
            self._lease.acquire(shared=True)
            try:
                secrets = cluster.ensure()
            except BaseException:
                self._lease.release()
                raise
        return DatabaseAccess(cluster.url(APP_ROLE, secrets.app), cluster.url(OWNER_ROLE, secrets.owner), secrets.key)

    def stop(self) -> None:
        """Leave the server; the last one to leave ends it."""
        if not self._lease.held:
            return
        with self._turn():
            self._lease.release()
            others = FileLock(self._lease.path)
            if others.acquire():  # nobody shares it any more
                try:
                    self._cluster().stop()
                finally:
                    others.release()

    def status(self) -> Status:
        """Look without changing anything. See :meth:`Provider.status`."""
        version = None
        secrets = self.home / "secrets.json"
        if secrets.exists():
            version = self._cluster().version(ClusterSecrets.load_or_make(secrets, may_make=False))
        return Status(self.kind, running=version is not None, location=str(self.home), version=version)

    def __enter__(self) -> DatabaseAccess:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _cluster(self) -> Cluster:
        user = choose_server_user(self._user_name, self.home / "data")
        return Cluster(self.home, user, find_programs(user, _ROOTS_FOLDER), durable=self._durable)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with FileLock(self.home / "start.lock").waiting(_SECONDS_TO_WAIT) as had:
            if not had:
                raise ProviderError(f"another process has been starting or stopping the database in {self.home}")
            yield

    def _make_home(self, user: ServerUser) -> None:
        try:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self.home.stat()
            if found.st_uid != os.geteuid():
                raise ProviderError(f"{self.home} belongs to another user of this machine")
            # Root's server passes through to its own folders, and sees nothing else in here.
            self.home.chmod(0o711 if user.switch else 0o700)
            if user.switch and self.home.parent == _ROOTS_FOLDER:
                _ROOTS_FOLDER.chmod(0o755)
        except OSError as error:
            raise SettingsError("HOMEROOM_EMBEDDED_DIR", f"cannot use {self.home}: {error}") from None
        if not user.reaches(self.home):
            raise SettingsError(
                "HOMEROOM_EMBEDDED_DIR",
                f"the server's account cannot reach {self.home}: a folder above it is closed to others",
            )


class _Throwaway(EmbeddedProvider):
    kind = "throwaway"

    def stop(self) -> None:
        if self._lease.held:
            cluster = self._cluster()
            cluster.stop(at_once=True)
            cluster.remove()
            self._lease.release()


@contextlib.contextmanager
def throwaway(*, user_name: str | None = None, durable: bool = False) -> Iterator[DatabaseAccess]:
    """A server with an empty database that is gone when the block ends.

    What an earlier one left behind that was killed is removed first.

    Args:
        user_name: The account that root's server runs as; see :class:`~homeroom.settings.Settings`.
        durable: Whether to write as carefully as a real server does, for measuring.
    """
    base = _temporary_base(user_name)
    _sweep(base, user_name)
    draft = Path(tempfile.mkdtemp(prefix=".homeroom-", dir=base))
    # Locked before it has the name by which sweepers find it.
    lease = FileLock(draft / "lease.lock")
    lease.acquire(shared=True)
    home = draft.with_name(_THROWAWAY + draft.name.removeprefix(".homeroom-"))
    draft.rename(home)
    provider = _Throwaway(home, user_name=user_name, durable=durable)
    try:
        yield provider.start()
    finally:
        try:
            provider.stop()
        finally:
            lease.release()
            if home.exists():
                _remove(home, user_name)


def _temporary_base(user_name: str | None) -> Path:
    base = Path(tempfile.gettempdir())
    user = choose_server_user(user_name, base / "none")
    if user.switch and not user.reaches(base):
        base = _ROOTS_FOLDER
        base.mkdir(mode=0o755, parents=True, exist_ok=True)
    return base


def _sweep(base: Path, user_name: str | None) -> None:
    """Remove the throw-away clusters of this account whose makers are dead: their locks ended with them."""
    for home in base.glob(_THROWAWAY + "*"):
        with contextlib.suppress(OSError, ProviderError):
            found = home.lstat()
            if (found.st_uid, found.st_mode & 0o170000) != (os.geteuid(), 0o040000):
                continue
            lease = FileLock(home / "lease.lock")
            if lease.acquire():
                try:
                    _remove(home, user_name)
                finally:
                    lease.release()


def _remove(home: Path, user_name: str | None) -> None:
    user = choose_server_user(user_name, home / "data")
    cluster = Cluster(home, user, find_programs(user, _ROOTS_FOLDER), durable=False)
    cluster.stop(at_once=True)
    cluster.remove()
