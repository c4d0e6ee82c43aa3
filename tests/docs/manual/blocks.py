"""The code blocks of a Markdown page, with what their information line says about them.

The first word names the language; the words after it are for the tests: ``as=secretary`` runs a block as somebody,
``keep=name:path`` keeps a value of the answer for later blocks, and so on (see :mod:`manual.play`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["ROOT", "Block", "all_pages", "blocks_of"]

ROOT = Path(__file__).resolve().parents[3]
_LABEL = re.compile(r"`(?P<file>[\w./-]+)`:?")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block.

    Args:
        page: The file, relative to the repository.
        line: The line of its fence, from 1.
        language: The first word of its information line.
        words: The other words; ``a=b`` as a key and a value, a lone word with an empty value.
        text: What it holds.
        file: The path that the paragraph before it consists of, or an empty text.
    """

    page: str
    line: int
    language: str
    words: dict[str, str] = field(default_factory=dict)
    text: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def all_pages() -> list[Path]:
    """Every page that is written for people."""
    top = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    return [*top, *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(page: Path | str) -> list[Block]:
    """The blocks of a page, from the top. An open fence at its end is an error."""
    path = ROOT / page
    name = path.relative_to(ROOT).as_posix()
    blocks: list[Block] = []
    opened: Block | None = None
    held: list[str] = []
    before = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            if opened is None:
                language, *words = line[3:].split() or [""]
                pairs = dict(word.partition("=")[::2] for word in words)
                label = _LABEL.fullmatch(before)
                opened, held = Block(name, number, language, pairs, file=label["file"] if label else ""), []
            else:
                text = "\n".join(held) + "\n"
                blocks.append(Block(name, opened.line, opened.language, opened.words, text, opened.file))
                opened = None
                before = ""
        elif opened is not None:
            held.append(line)
        elif line.strip():
            before = line.strip()
    assert opened is None, f"{opened}: the fence is never closed"
    return blocks
