"""The application behind a real socket, and tools of Node.js that come to it from outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

__all__ = ["node_modules", "served"]

_ROOT = Path(__file__).resolve().parents[2]
#: Where the tools lie between runs; the folder belongs to no commit.
_TOOLS = _ROOT / ".homeroom" / "node"


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[int]:
    """Serve an application whose host is open already, on this event loop; gives the port."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, lifespan="off", log_level="warning", access_log=False, ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


def node_modules(*packages: str) -> Path:
    """A folder in which these packages (``name@version``) are installed, for Node.js to run in.

    On a machine without Node.js the test does not run, and says so; where ``HOMEROOM_TEST_NODE=required``, as in CI,
    it fails.
    """
    missing = [program for program in ("node", "npm") if shutil.which(program) is None]
    if missing:
        text = f"NOT CHECKED: there is no {' and no '.join(missing)} on this machine"
        if os.environ.get("HOMEROOM_TEST_NODE") == "required":
            pytest.fail(text)
        warnings.warn_explicit(text, pytest.PytestWarning, __file__, 0)
        pytest.skip(text)
    folder = _TOOLS / "-".join(each.rpartition("@")[0] + each.rpartition("@")[2] for each in packages).replace("/", "_")
    if not (folder / "complete").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')
        npm = ["npm", "install", "--no-package-lock", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        made = subprocess.run([*npm, *packages], cwd=folder, capture_output=True, text=True, check=False, timeout=240)
        assert made.returncode == 0, made.stderr
        (folder / "complete").touch()
    return folder
