"""An installation of its own, for plugins that are installed, broken and taken away."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import venv
from pathlib import Path

from homeroom.settings import Settings

__all__ = ["COMMANDS", "Installation"]

#: A program that runs each of its arguments as a command of ``homeroom``.
COMMANDS = """
import shlex, sys
from homeroom.cli import main
for each in sys.argv[1:]:
    try:
        main(shlex.split(each), "homeroom")
    except SystemExit as ended:
        if ended.code:
            raise
"""


class Installation:
    """An environment of its own that sees the packages of this one, with a database of its own."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        venv.create(folder, with_pip=False)
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        (self.site,) = folder.glob("**/site-packages")
        # A .pth file that runs addsitedir: the .pth files over there, an editable install's, are read as well.
        here = sysconfig.get_paths()["purelib"]
        (self.site / "parent.pth").write_text(f"import site; site.addsitedir({here!r})\n")
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HOMEROOM_", "PYTEST_", "PYTHONPATH"))
        }
        # pytest would import them whenever it starts here, and no test of these plugins needs them.
        self.environment["PYTEST_ADDOPTS"] = "-p no:faker -p no:schemathesis"
        self.environment |= settings.environment()

    def run(self, *arguments: str | Path, where: Path | None = None) -> str:
        """Run Python; what it printed."""
        done = self.attempt(*arguments, where=where)
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    def attempt(self, *arguments: str | Path, where: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python, which may fail."""
        return subprocess.run(
            [self.python, *arguments],
            env=self.environment,
            cwd=where or self.folder,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def homeroom(self, *commands: str) -> str:
        """Run commands such as ``tenant list`` one after another in one process; what they printed.

        A process takes longer to load the house than a command takes.
        """
        return self.run("-c", COMMANDS, *commands)

    def pip(self, *arguments: str | Path) -> None:
        """Run pip without any network."""
        self.run("-m", "pip", "--disable-pip-version-check", *arguments)
