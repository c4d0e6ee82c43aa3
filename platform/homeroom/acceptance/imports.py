"""What a plugin imports of other plugins, read from its source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from homeroom.parts import plugin_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance.subject import Subject

__all__ = ["foreign_imports"]


def foreign_imports(subject: Subject) -> Iterator[str]:
    """Imports of plugins that are not required, and of names that are not meant for others.

    Args:
        subject: Whose package is read. Its tests may import whatever they like.
    """
    required = _required(subject)
    own = subject.package.partition(".")[0]
    owners = {
        plugin_package(each).partition(".")[0]: each.name
        for each in subject.registry.in_order()
        if plugin_package(each).partition(".")[0] != own
    }
    owners.pop("homeroom", None)  # parts of the host that lie in the kernel's package
    for file in sorted(subject.folder.rglob("*.py")):
        place = file.relative_to(subject.folder.parent).as_posix()
        for line, module, name in _imports(file):
            top = module.partition(".")[0]
            if top in owners and owners[top] not in required:
                yield f"{place}:{line} imports {top}, of the plugin {owners[top]}, which it does not require"
            hidden = [each for each in (*module.split("."), name) if each.startswith("_") and not each.startswith("__")]
            if top != own and hidden and (top in owners or top == "homeroom"):
                yield f"{place}:{line} imports {hidden[0]} of {top}, which is not for others"


def _required(subject: Subject) -> frozenset[str]:
    """The plugins that it requires, and those that these require."""
    found: set[str] = set()
    stack = list(subject.plugin.requires)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += subject.registry.plugins[name].requires
    return frozenset(found)


def _imports(file: Path) -> Iterator[tuple[int, str, str]]:
    """Each import: line, module, name within it or an empty text. Those for type checkers alone never happen."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    blocks = (each for each in tree.body if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING")
    unread = {id(node) for block in blocks for each in block.body for node in ast.walk(each)}
    for node in ast.walk(tree):
        if id(node) in unread:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            yield from ((node.lineno, node.module, each.name) for each in node.names)
