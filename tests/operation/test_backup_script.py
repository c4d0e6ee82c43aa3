"""The backup of every night: whole or not there, and old ones go only when there is a new one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from homeroom.settings import Settings

SCRIPT = Path(__file__).parents[2] / "deploy" / "backup" / "homeroom-backup"
OLD = ("2024-12-31", "2025-10-01", "2025-10-15", "2025-11-02", "2025-11-03", "2025-11-20")

pytestmark = [
    pytest.mark.usefixtures("host"),
    pytest.mark.skipif(shutil.which("rsync") is None, reason="there is no rsync here"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with backups of other days."""
    for day in OLD:
        (tmp_path / "backups" / day / "files").mkdir(parents=True)
    return tmp_path / "backups"


def backed_up(settings: Settings, files: Path, folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Runs the script: the last two days are kept, and the first day of each of the last three months."""
    program = Path(sys.executable).with_name("homeroom")
    environment = os.environ | settings.environment()
    environment |= {"HOMEROOM": str(program), "HOMEROOM_FILES_DIR": str(files)} | changed
    return subprocess.run(
        [str(SCRIPT), str(folder), "2", "3"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def test_it_is_whole_and_old_ones_go(database_settings: Settings, folder: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "a school").mkdir(parents=True)
    (files / "a school" / "content").write_text("of a file")
    done = backed_up(database_settings, files, folder)
    assert 0 == done.returncode, done.stderr
    *others, today = sorted(each.name for each in folder.iterdir())
    assert ["2025-10-01", "2025-11-02", "2025-11-20"] == others
    assert abs((datetime.now(UTC) - datetime.fromisoformat(f"{today}T00:00:00Z")).days) <= 1
    assert (folder / today / "homeroom.dump").stat().st_size > 0
    assert "of a file" == (folder / today / "files" / "a school" / "content").read_text()
    assert 0o700 == (folder / today).stat().st_mode & 0o777


def test_one_that_fails_leaves_the_others(database_settings: Settings, folder: Path, tmp_path: Path) -> None:
    done = backed_up(
        database_settings, tmp_path, folder, HOMEROOM_OWNER_DATABASE_URL="postgresql://nobody@127.0.0.1:1/x"
    )
    assert 0 != done.returncode
    assert list(OLD) == sorted(each.name for each in folder.iterdir() if each.name != "unfinished")
