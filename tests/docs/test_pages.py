"""The pages for schools, operators and frontends do what they say, block by block."""

from __future__ import annotations

from manual.play import Play


async def test_the_first_day_of_a_school(play: Play) -> None:
    assert 15 < await play.page("docs/schools.md")
