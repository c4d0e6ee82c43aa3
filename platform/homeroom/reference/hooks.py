"""The page of the hooks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from homeroom import hookspecs
from homeroom.parts import part_of
from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import from_docstring

__all__ = ["HookDoc", "hooks_of", "hooks_page"]

_INTRODUCTION = """# Hooks

This is version {version} of the hooks. A plugin states the versions that it was written for (`api`); a host of another
version quarantines it."""
_SECTION = re.compile(r"^# (?P<title>.+?) -{3,}$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HookDoc:
    """One hook.

    Args:
        name: Its name.
        section: Its heading in its module.
        signature: As the module declares it.
        description: Its docstring.
        part: Where a plugin's package holds what it gives; empty if it has no part.
        implemented_by: The bundled plugins that implement it, in start order.
    """

    name: str
    section: str
    signature: str
    description: str
    part: str
    implemented_by: tuple[str, ...]


def hooks_of(module: ModuleType, registry: PluginRegistry) -> Iterator[HookDoc]:
    """The hooks that a module specifies, in its order."""
    source = inspect.getsource(module)
    sections = [(found.start(), found["title"]) for found in _SECTION.finditer(source)]
    for name, function in vars(module).items():
        if inspect.isfunction(function) and hasattr(function, "homeroom_spec"):
            place = re.search(rf"^(async )?def {name}\(", source, re.MULTILINE)
            assert place is not None
            title = next((title for start, title in reversed(sections) if start < place.start()), "")
            word = "async def" if inspect.iscoroutinefunction(function) else "def"
            implementations = {each.plugin_name for each in getattr(registry.manager.hook, name).get_hookimpls()}
            yield HookDoc(
                name,
                title,
                f"{word} {name}{_signature(function)}",
                inspect.getdoc(function) or "",
                str(part_of(function) or ""),
                tuple(each for each in registry.plugins if each in implementations),
            )


def _signature(function: object) -> str:
    """The signature without quotes around its annotations, which are texts here."""
    return str(inspect.signature(function)).replace("'", "")  # type: ignore[arg-type]


def hooks_page(registry: PluginRegistry) -> str:
    """Every hook of the kernel, and those that bundled plugins offer to others."""
    parts = [_INTRODUCTION.format(version=hookspecs.API_VERSION), from_docstring(hookspecs.__doc__ or "")]
    section = ""
    for hook in hooks_of(hookspecs, registry):
        if hook.section != section:
            section = hook.section
            parts.append(f"## {section}")
        parts += _described(hook)
    for plugin in registry.in_order():
        for module in plugin.hookspecs:
            parts.append(f"## Of the plugin {plugin.name}\n\n{from_docstring(module.__doc__ or '')}")
            for hook in hooks_of(module, registry):
                parts += _described(hook)
    return "\n\n".join(parts)


def _described(hook: HookDoc) -> Iterator[str]:
    yield f"### {hook.name}"
    yield f"```python\n{hook.signature}\n```"
    yield from_docstring(hook.description)
    if hook.part:
        yield f"Part: `{hook.part}` in the plugin's package."
    if hook.implemented_by:
        yield "Used by: " + ", ".join(f"`{name}`" for name in hook.implemented_by) + "."
