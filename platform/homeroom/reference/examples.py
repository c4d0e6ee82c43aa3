"""Where a name that plugins may import is used: in code of the manual that tests run, or in a bundled plugin.

So the page of Python has examples that are true: nobody writes them for the page alone.
"""

from __future__ import annotations

import ast
import importlib.resources
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from homeroom.parts import plugin_package
from homeroom.reference.public import HOST_PACKAGES
from homeroom.scaffold import NewDistribution

if TYPE_CHECKING:
    from homeroom.plugins import PluginRegistry

__all__ = ["Examples"]

#: Pages whose files are taken from them and run by tests.
_PLAYED: Final = ("plugins.md", "plugins-second.md", "plugins-pages.md")
#: A plugin that shows what plugins declare; tests run it.
_TALENTS: Final = "tests/kit/talents"
_FENCE: Final = re.compile(r"^```")
_FILE: Final = re.compile(r"`[\w./]+\.py`:")
_HEADING: Final = re.compile(r"#{2,6} (.+)")


class Examples:
    """Finds where names are used.

    Args:
        registry: The plugins whose code is looked through.
        docs: The folder of the manual.
    """

    def __init__(self, registry: PluginRegistry, docs: Path) -> None:
        self._found: dict[Any, str] = {}
        for page in _PLAYED:
            for heading, code in _blocks((docs / page).read_text(encoding="utf-8")):
                anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
                self._take(code, f"[{heading}](../{page}#{anchor})")
        for place, code in (*_scaffold(), *_sources(registry, docs.parent)):
            self._take(code, place)

    def of(self, module: str, name: str) -> str:
        """Where a name is used, as Markdown; empty if it is used nowhere."""
        return self._found.get(_meant(module, name), "")

    def _take(self, code: str, place: str) -> None:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in HOST_PACKAGES:
                for each in node.names:
                    self._found.setdefault(_meant(node.module, each.name), place)


def _meant(module: str, name: str) -> Any:
    """The same for a name that several modules give: what it is, if that has a place of its own."""
    value = getattr(import_module(module), name, None)
    own = getattr(value, "__qualname__", None)
    return (value.__module__, own) if value is not None and own else (module, name)


def _blocks(page: str) -> Iterator[tuple[str, str]]:
    """The files in Python of a page, each with the heading above it."""
    heading, before = "", ""
    block: list[str] | None = None
    for line in page.splitlines():
        if _FENCE.match(line):
            if block is None:
                block = []
            else:
                if _FILE.fullmatch(before):
                    yield heading, "\n".join(block)
                block, before = None, ""
        elif block is not None:
            block.append(line)
        elif line.strip():
            before = line.strip()
            if found := _HEADING.fullmatch(before):
                heading = found[1]


def _scaffold() -> Iterator[tuple[str, str]]:
    """What ``homeroom plugin new`` writes."""
    for path, text in NewDistribution("library", "book").files():
        if path.endswith(".py"):
            yield "[Five minutes](../plugins.md#five-minutes)", text


def _sources(registry: PluginRegistry, root: Path) -> Iterator[tuple[str, str]]:
    """The modules of a plugin that tests play, and of those that are no parts of the host: path, and text."""
    packages = dict.fromkeys(plugin_package(each).partition(".")[0] for each in registry.in_order())
    folders = [Path(str(importlib.resources.files(each))) for each in packages if each not in HOST_PACKAGES]
    for folder in (root / _TALENTS, *folders):
        for file in sorted(folder.rglob("*.py")):
            yield f"`{file.relative_to(root).as_posix()}`", file.read_text(encoding="utf-8")
