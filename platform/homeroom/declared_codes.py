"""The codes of refusals and failures that the kernel and plugins declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom import refusals
from homeroom.parts import plugin_module
from homeroom.reading import refusals as of_files
from homeroom.refusals import Code

if TYPE_CHECKING:
    from homeroom.plugins import Plugin

__all__ = ["codes_in", "declared_codes", "shared_codes"]


def codes_in(module: Any) -> list[Code]:
    """The codes that a module holds, those included that it imports."""
    return [each for each in vars(module).values() if isinstance(each, Code)]


def shared_codes() -> list[Code]:
    """The codes of the kernel, which every plugin may use."""
    found = [*codes_in(refusals), *codes_in(of_files)]
    return list({id(code): code for code in found}.values())


def declared_codes(plugin: Plugin) -> list[Code]:
    """What a plugin's package has in its module ``refusals``; a plugin of one single module has its codes there."""
    module = plugin_module(plugin, "refusals")
    return [] if module is None else codes_in(module)
