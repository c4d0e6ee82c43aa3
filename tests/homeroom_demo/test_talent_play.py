"""The talent year as a person plays it: every step does what it should, and the papers are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from homeroom_demo.cli import command

pytestmark = pytest.mark.slow


def test_the_talent_year_is_played_in_one_command(tmp_path: Path) -> None:
    played = CliRunner().invoke(command, ["play", "talent", "--papers", str(tmp_path)])
    assert 0 == played.exit_code, played.output
    assert 13 == sum(line.startswith("ok ") for line in played.output.splitlines())
    heads = {
        each.suffixes[0]: PdfReader(each).pages[0].extract_text() for each in tmp_path.glob("talent-profile.*.pdf")
    }
    for language, head in ((".en", "Competition results"), (".zh-Hant", "比賽成績"), (".vi", "Kết quả thi đấu")):
        assert head in heads[language]
