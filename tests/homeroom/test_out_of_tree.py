"""Somebody else's plugin: built, installed by pip, switched on for one school, broken, mended and taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path
from typing import Any

import pytest
from bookshelf.places import FreshDatabase

from homeroom.settings import Settings

HERE = Path(__file__).parent / "out_of_tree"
NAMES = (
    "import json; from homeroom.plugins import PluginRegistry; print(json.dumps([*PluginRegistry.discover().plugins]))"
)


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
        self.environment |= settings.environment()

    def run(self, *arguments: str | Path) -> str:
        """Run Python; what it printed."""
        done = subprocess.run(
            [self.python, *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    def pip(self, *arguments: str | Path) -> None:
        """Run pip without any network."""
        self.run("-m", "pip", "--disable-pip-version-check", *arguments)

    def visit(self, wanted: str, *slugs: str) -> dict[str, Any]:
        """What members of schools see; whoever can, founds a club."""
        seen: dict[str, Any] = json.loads(self.run(HERE / "visit.py", wanted, *slugs))
        return seen


@pytest.fixture
def installation(tmp_path: Path, fresh_database: FreshDatabase) -> Installation:
    """An installation that nobody has used yet."""
    return Installation(tmp_path / "venv", fresh_database())


@pytest.mark.slow
def test_it_is_installed_used_broken_mended_and_taken_away(installation: Installation, tmp_path: Path) -> None:
    source = tmp_path / "homeroom-clubs"
    shutil.copytree(HERE / "homeroom-clubs", source)
    installation.pip("install", "--no-build-isolation", "--no-deps", "--no-index", source)

    # Installed and switched on for one school: there it is in the schema and works, elsewhere nobody sees it.
    seen = installation.visit("Go", "first", "second")
    assert {} == seen["quarantined"]
    assert ["club", "clubMembers", "clubs", "students"] == seen["first"]["fields"]
    assert ["Chess", "Go"] == seen["first"]["clubs"]  # its own hook made the first when it was switched on
    assert ["students"] == seen["second"]["fields"]
    assert ["GRAPHQL_VALIDATION_FAILED"] == seen["second"]["refused"]

    # Broken: reported, and everything else runs on.
    module = installation.site / "homeroom_clubs" / "plugin.py"
    sound = module.read_text()
    module.write_text("import nothing_of_this_name\n")
    seen = installation.visit("Never", "first")
    assert {"clubs"} == seen["quarantined"].keys()
    assert "cannot be imported: ModuleNotFoundError" in seen["quarantined"]["clubs"]
    assert "homeroom-clubs" in seen["quarantined"]["clubs"]
    assert ["students"] == seen["first"]["fields"]

    # Mended: the school finds its clubs as it left them.
    module.write_text(sound)
    seen = installation.visit("Shogi", "first")
    assert {} == seen["quarantined"]
    assert ["Chess", "Go", "Shogi"] == seen["first"]["clubs"]

    # Taken away: as if it had never been there.
    installation.pip("uninstall", "--yes", "homeroom-clubs")
    names = json.loads(installation.run("-c", NAMES))
    assert "school" in names
    assert "clubs" not in names
