"""Links lead somewhere, and files that pages speak of are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from manual.blocks import ROOT, all_pages, blocks_of

_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (?P<title>.+)$", re.MULTILINE)
#: Paths of this repository in code font: they begin with one of its folders.
_PATH = re.compile(
    r"`(?P<path>(?:\./)?(?:docs|platform|tenants|policies|graphql|plugins|tests|\.ci)/[\w./<>-]*|\./\w+|[\w-]+\.(?:toml|txt))`"
)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    titles = [found["title"] for found in _HEADING.finditer(prose(page))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def pages() -> list[str]:
    """All pages, by name."""
    return [page.relative_to(ROOT).as_posix() for page in all_pages()]


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for found in _LINK.finditer(prose(path)):
        target, _, anchor = found["target"].partition("#")
        assert not re.match(r"\w+:", target), f"{page}: {found[0]} leads out of the house"
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{page}: {found[0]}"
        assert file.is_relative_to(ROOT), f"{page}: {found[0]}"
        if anchor:
            assert anchor in anchors(file), f"{page}: {found[0]}: {sorted(anchors(file))}"


@pytest.mark.parametrize("page", pages())
def test_paths_are_there(page: str) -> None:
    reported = {block.file for block in blocks_of(page)}  # files that the page itself gives
    for found in _PATH.finditer(prose(ROOT / page)):
        name = found["path"].removeprefix("./")
        # What is between angle brackets is for the reader to choose.
        here = list(ROOT.glob(re.sub(r"<\w+>", "*", name).rstrip("/")))
        assert here or name in reported, f"{page}: `{found['path']}`"


def test_every_page_is_reached_from_the_first() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = (found["target"].partition("#")[0] for found in _LINK.finditer(prose(page)))
        waiting += [(page.parent / target).resolve() for target in targets if target]
    assert set() == set(all_pages()) - reached
