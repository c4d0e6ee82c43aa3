"""The page of the Python that plugins may import."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from homeroom.reference.markdown import first_sentence, from_docstring

if TYPE_CHECKING:
    from homeroom.plugins import PluginRegistry

__all__ = ["PUBLIC", "PublicName", "names_of", "python_page"]

#: The modules whose names in ``__all__`` are for plugins, in the order of the page.
PUBLIC: Final = (
    "homeroom",
    "homeroom.plugins",
    "homeroom.parts",
    "homeroom.columns",
    "homeroom.nouns",
    "homeroom.nouns.dating",
    "homeroom.database.tables",
    "homeroom.database.migrations",
    "homeroom.database.dated",
    "homeroom.database.twins",
    "homeroom.database.within",
    "homeroom.database.ids",
    "homeroom.resources",
    "homeroom.commands",
    "homeroom.computed_queries",
    "homeroom.context",
    "homeroom.callers",
    "homeroom.permissions",
    "homeroom.presets",
    "homeroom.refusals",
    "homeroom.errors",
    "homeroom.removal",
    "homeroom.merging",
    "homeroom.jobs",
    "homeroom.background",
    "homeroom.subscriptions",
    "homeroom.notices",
    "homeroom.documents",
    "homeroom.sheets",
    "homeroom.uploads",
    "homeroom.files.keeping",
    "homeroom.files.kinds",
    "homeroom.files.pictures",
    "homeroom.files.picture_archives",
    "homeroom.files.addresses",
    "homeroom.files.forgetting",
    "homeroom.imports",
    "homeroom.imports.sync",
    "homeroom.code_tables",
    "homeroom.school_settings",
    "homeroom.personal_data",
    "homeroom.privacy.proposals",
    "homeroom.texts",
    "homeroom.names",
    "homeroom.identifiers",
    "homeroom.numbers",
    "homeroom.worked_examples",
    "homeroom.dates",
    "homeroom.testing",
)


@dataclass(frozen=True, slots=True)
class PublicName:
    """One name that plugins may import.

    Args:
        module: The module to import it from.
        name: The name.
        value: What it is.
    """

    module: str
    name: str
    value: Any

    @property
    def is_described(self) -> bool:
        """Whether it is something that has a docstring of its own: a function, or a class that is no alias."""
        return inspect.isroutine(self.value) or inspect.isclass(self.value)

    @property
    def description(self) -> str:
        """Its own docstring: what it does, its arguments, its errors; empty for constants."""
        if not self.is_described:
            return ""
        return inspect.cleandoc(self.value.__doc__ or "")

    @property
    def signature(self) -> str:
        """How it is called, as it is written, or its name alone."""
        if not self.is_described:
            return self.name
        word = "class" if inspect.isclass(self.value) else "async def" if _is_async(self.value) else "def"
        return f"{word} {self.name}{_arguments(self.value)}"

    @property
    def members(self) -> Iterator[tuple[str, str]]:
        """Of a class, its own methods and properties as they are written, and the first sentence on each."""
        for name, each in vars(self.value).items() if inspect.isclass(self.value) else ():
            function = getattr(each, "__func__", each)
            if name.startswith("_") or not (isinstance(each, property) or inspect.isfunction(function)):
                continue
            if description := inspect.cleandoc(each.__doc__ or ""):
                shown = name if isinstance(each, property) else f"{name}{_arguments(function, bound=True)}"
                yield f"{'await ' if _is_async(function) else ''}{shown}", first_sentence(description)


class _Written:
    """Prints as the text that it was made of."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _is_async(value: Any) -> bool:
    return inspect.iscoroutinefunction(value)


def _arguments(value: Any, *, bound: bool = False) -> str:
    """The arguments and what is returned, with annotations and defaults as they are written."""
    try:
        given = inspect.signature(value)
    except (TypeError, ValueError):
        return ""
    parameters = []
    for number, each in enumerate(given.parameters.values()):
        if bound and number == 0:
            continue  # self
        default, annotation = each.default, each.annotation
        if not isinstance(default, str | int | float | bool | None) and default is not each.empty:
            default = _Written("...")  # whole objects, whose texts may have addresses in them
        parameters.append(each.replace(default=default, annotation=_as_written(annotation)))
    returned = given.empty if inspect.isclass(value) else _as_written(given.return_annotation)
    return str(given.replace(parameters=parameters, return_annotation=returned))


def _as_written(annotation: Any) -> Any:
    return _Written(annotation) if isinstance(annotation, str) else annotation


def names_of(module: str) -> Iterator[PublicName]:
    """The public names of a module, in the order of the alphabet."""
    found = import_module(module)
    for name in sorted(found.__all__):
        yield PublicName(module, name, getattr(found, name))


def python_page(registry: PluginRegistry) -> str:
    """Every module for plugins with its names: signature, what it does, arguments and errors.

    Args:
        registry: Not used: the page is about the host.
    """
    lines = [
        "# Python",
        "",
        "What a plugin may import from the host. What is not on this page may change with any release.",
        "[The manual for authors](../plugins.md) shows how these names are used. [Hooks](hooks.md) have a page.",
        "",
    ]
    seen: dict[int, str] = {}
    for module in PUBLIC:
        documentation = inspect.cleandoc(import_module(module).__doc__ or "")
        lines += [f"## {module}", "", from_docstring(documentation.split("\n\n")[0]), ""]
        constants = []
        for each in names_of(module):
            if not each.is_described:
                constants.append(f"`{each.name}`")
            elif id(each.value) in seen:
                lines += [f"`{each.name}`: see `{seen[id(each.value)]}`.", ""]
            else:
                seen[id(each.value)] = f"{module}.{each.name}"
                # How a class is called is no statement of Python.
                language = "" if each.signature.startswith("class ") else "python"
                lines += [f"```{language}", each.signature, "```", "", from_docstring(each.description), ""]
                if members := [f"- `{shown}`: {what}" for shown, what in each.members]:
                    lines += [*members, ""]
        if constants:
            lines += [f"Further names: {', '.join(constants)}.", ""]
    return "\n".join(lines)
