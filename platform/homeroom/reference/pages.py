"""Which pages there are, and writing them."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from homeroom.errors import ConfigurationError
from homeroom.plugins import GROUP, PluginRegistry
from homeroom.reference.cli import cli_page
from homeroom.reference.codes import codes_page
from homeroom.reference.hooks import hooks_page
from homeroom.reference.labels import labels_page
from homeroom.reference.permissions import permissions_page
from homeroom.reference.python import python_page
from homeroom.reference.settings import settings_page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["COMMAND", "PAGES", "bundled", "refuse_stale_installation", "render", "write"]

#: What to run when a page is not what the code says.
COMMAND = "homeroom reference write"
_DISTRIBUTION = "homeroom"

#: File name to the function that makes the page from the plugins. The page of Python reads the manual, too.
_OF_PLUGINS: Mapping[str, Callable[[PluginRegistry], str]] = {
    "hooks.md": hooks_page,
    "settings.md": settings_page,
    "permissions.md": permissions_page,
    "cli.md": cli_page,
    "errors.md": codes_page,
    "labels.md": labels_page,
}
PAGES = (*_OF_PLUGINS, "python.md")
_NOTE = f"<!-- Made by `{COMMAND}` from the code. Change the code, not this page. -->\n\n"


def bundled() -> PluginRegistry:
    """The plugins of this distribution, without those that somebody installed beside it."""
    registry = PluginRegistry.discover()
    for name in [name for name, origin in registry.origins.items() if origin != _DISTRIBUTION]:
        registry.remove(name, "does not come with Homeroom")
    return registry


def refuse_stale_installation(project: Path) -> None:
    """Refuse to write pages where a plugin of the checkout was not installed yet: they would leave it out.

    Args:
        project: The ``pyproject.toml`` of the checkout.

    Raises:
        ConfigurationError: It names plugins that are not installed.
    """
    declared = tomllib.loads(project.read_text(encoding="utf-8"))["project"].get("entry-points", {}).get(GROUP, {})
    installed = {each.name for each in entry_points(group=GROUP)}
    if missing := sorted(set(declared) - installed):
        raise ConfigurationError(f"not installed yet: {', '.join(missing)}; run ./run plugins")


def render(folder: Path) -> dict[str, str]:
    """Every page: file name to Markdown.

    Args:
        folder: Where they lie, in the folder of the manual.
    """
    registry = bundled()
    made = {name: page(registry) for name, page in _OF_PLUGINS.items()}
    made["python.md"] = python_page(registry, folder.resolve().parent)
    return {name: _NOTE + page.rstrip() + "\n" for name, page in made.items()}


def write(folder: Path) -> list[str]:
    """Write the pages that differ.

    Args:
        folder: Where they lie.

    Returns:
        The names of the files that changed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in render(folder).items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed
