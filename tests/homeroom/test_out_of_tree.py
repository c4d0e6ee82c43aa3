"""Somebody else's plugin: built, installed by pip, switched on for one school, broken, mended and taken away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from bookshelf.installation import Installation
from bookshelf.places import FreshDatabase

HERE = Path(__file__).parent / "out_of_tree"
NAMES = (
    "import json; from homeroom.plugins import PluginRegistry; print(json.dumps([*PluginRegistry.discover().plugins]))"
)


def visit(installation: Installation, wanted: str, *slugs: str) -> dict[str, Any]:
    """What members of schools see; anyone who can founds a club."""
    seen: dict[str, Any] = json.loads(installation.run(HERE / "visit.py", wanted, *slugs))
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
    seen = visit(installation, "Go", "first", "second")
    assert {} == seen["quarantined"]
    assert ["club", "clubMembers", "clubs", "students"] == seen["first"]["fields"]
    assert ["Chess", "Go"] == seen["first"]["clubs"]  # its own hook made the first when it was switched on
    assert ["students"] == seen["second"]["fields"]
    assert ["GRAPHQL_VALIDATION_FAILED"] == seen["second"]["refused"]

    # Broken: reported, and everything else runs on.
    module = installation.site / "homeroom_clubs" / "plugin.py"
    sound = module.read_text()
    module.write_text("import nothing_of_this_name\n")
    seen = visit(installation, "Never", "first")
    assert {"clubs"} == seen["quarantined"].keys()
    assert "cannot be imported: ModuleNotFoundError" in seen["quarantined"]["clubs"]
    assert "homeroom-clubs" in seen["quarantined"]["clubs"]
    assert ["students"] == seen["first"]["fields"]

    # Mended: the school finds its clubs as it left them.
    module.write_text(sound)
    seen = visit(installation, "Shogi", "first")
    assert {} == seen["quarantined"]
    assert ["Chess", "Go", "Shogi"] == seen["first"]["clubs"]

    # Taken away: as if it had never been there.
    installation.pip("uninstall", "--yes", "homeroom-clubs")
    names = json.loads(installation.run("-c", NAMES))
    assert "school" in names
    assert "clubs" not in names
