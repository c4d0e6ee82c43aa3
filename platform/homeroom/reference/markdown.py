"""Docstrings and tables as Markdown."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["first_sentence", "from_docstring", "table"]

_ROLE = re.compile(r":(?:mod|class|func|meth|data|attr|ref):`~?([^`]+)`")
_HEADINGS = ("Args:", "Returns:", "Raises:", "Yields:")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars within cells are escaped.

    Args:
        headings: One for each column.
        rows: Cells, as many as headings.
    """
    lines = [_row(headings), "|" + " --- |" * len(headings)]
    return "\n".join([*lines, *(_row(row) for row in rows)])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, on one line and without its full stop."""
    paragraph = " ".join(inspect.cleandoc(text).split("\n\n")[0].split())
    return _plain(re.split(r"(?<=[.:])\s", paragraph, maxsplit=1)[0]).rstrip(".:")


def from_docstring(text: str) -> str:
    """A docstring in this house's form as Markdown: paragraphs, and a list for each of its sections."""
    made: list[str] = []
    for block in inspect.cleandoc(text).split("\n\n"):
        heading, _, rest = block.partition("\n")
        if heading == "Example:":
            made.append(f"```python\n{textwrap.dedent(rest)}\n```")
        elif heading in _HEADINGS:
            items = list(_items(inspect.cleandoc(rest)))
            if heading in ("Args:", "Raises:"):
                made.append("\n".join(f"- `{name.strip()}`: {_plain(said)}" for name, said in items))
            else:
                made.append(f"{heading[:-1]}: " + _plain(" ".join(f"{a}: {b}" if b else a for a, b in items)))
        else:
            made.append(_plain(block))
    return "\n\n".join(made)


def _items(text: str) -> Iterator[tuple[str, str]]:
    """The entries of a section; lines that are indented belong to the entry before."""
    entries: list[str] = []
    for line in text.splitlines():
        if line.startswith(" ") and entries:
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    for entry in entries:
        name, colon, said = entry.partition(": ")
        yield (name, said) if colon else (entry, "")


def _plain(text: str) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", _ROLE.sub(r"`\1`", text)).replace("::", ":").strip()
