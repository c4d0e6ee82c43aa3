"""Who the embedded server runs as: PostgreSQL refuses to run as root, and rightly so."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeroom.database.providers.access import ProviderError
from homeroom.settings import SettingsError

__all__ = ["ServerUser", "choose_server_user"]

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The account of the server's processes.

    Args:
        uid: Its user id.
        gid: Its group id.
        switch: Whether we are root and must become this account to act as it.
    """

    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str | Path], *, seconds: float = 120, keep: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account: no inherited variables, no terminal, no groups of ours.

        Args:
            command: The program and its arguments.
            seconds: How long it may take.
            keep: Open files that it inherits.

        Returns:
            The finished process; standard error is part of ``stdout``.
        """
        become: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        return subprocess.run(
            [os.fspath(part) for part in command],
            check=False,
            cwd="/",
            env=_ENVIRONMENT,
            pass_fds=keep,
            start_new_session=True,  # so that Ctrl-C on the terminal reaches us and not the database
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
            timeout=seconds,
            umask=0o077,
            **become,
        )

    def reaches(self, folder: Path) -> bool:
        """Whether this account gets into a folder, through all that lie above it."""
        return self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make a private folder (0700) of this account's."""
        folder.mkdir(mode=0o700)
        if self.switch:
            os.chown(folder, self.uid, self.gid)

    def owns_privately(self, folder: Path) -> bool:
        """Whether a path is a folder of this account's that nobody else may enter, and no link to one."""
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        return (found.st_uid, found.st_mode & 0o177777) == (self.uid, 0o040700)


def choose_server_user(name: str | None, existing: Path) -> ServerUser:
    """The account to run the server as.

    Without root's rights it is our own. Root's server keeps the account that owns its data; a new one takes
    the account that was named, or ``homeroom`` if the machine has it, or ``nobody``.

    Args:
        name: The account of the settings, if one is named there.
        existing: The server's data folder, which need not exist.

    Raises:
        SettingsError: The named account does not exist or is root.
        ProviderError: The data belong to another account than ours.
    """
    uid = os.geteuid()
    owner = existing.stat() if existing.is_dir() else None
    if uid != 0:
        if owner is not None and owner.st_uid != uid:
            raise ProviderError(f"the database in {existing} belongs to another user of this machine")
        return ServerUser(uid, os.getegid(), switch=False)
    if owner is not None and owner.st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid, switch=True)
    for candidate in (name,) if name else ("homeroom", "nobody"):
        try:
            account = pwd.getpwnam(candidate)
        except KeyError:
            continue
        if account.pw_uid == 0:
            break
        return ServerUser(account.pw_uid, account.pw_gid, switch=True)
    raise SettingsError("HOMEROOM_EMBEDDED_USER", "expected an account of this machine that is not root")
