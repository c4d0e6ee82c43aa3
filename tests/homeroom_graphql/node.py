"""Tools of Node.js that come to the application from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

__all__ = ["node_modules"]

_ROOT = Path(__file__).resolve().parents[2]
#: Where the tools lie between runs; the folder belongs to no commit.
_TOOLS = _ROOT / ".homeroom" / "node"


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
        made = subprocess.run([*npm, *packages], cwd=folder, capture_output=True, text=True, check=False, timeout=900)
        assert made.returncode == 0, made.stderr
        (folder / "complete").touch()
    return folder
