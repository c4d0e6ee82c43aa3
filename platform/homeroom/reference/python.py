"""The page of the Python that plugins may import."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from homeroom.reference.examples import Examples
from homeroom.reference.markdown import first_sentence, from_docstring
from homeroom.reference.public import PUBLIC

if TYPE_CHECKING:
    from pathlib import Path

    from homeroom.plugins import PluginRegistry

__all__ = ["PublicName", "example_in", "names_of", "python_page", "shown_names"]

_WORD: Final = re.compile(r"\w+")


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
        """Of a class, its own methods and properties as they are written, and the first sentence on each.

        Those of a base that the class's package keeps for itself are its own, too.
        """
        classes = [self.value, *_kept_bases(self.value)] if inspect.isclass(self.value) else []
        found: dict[str, Any] = {}
        for each in classes:
            found = {**found, **{name: value for name, value in vars(each).items() if name not in found}}
        for name, each in found.items():
            function = getattr(each, "__func__", each)
            if name.startswith("_") or not (isinstance(each, property) or inspect.isfunction(function)):
                continue
            if description := inspect.cleandoc(each.__doc__ or ""):
                shown = name if isinstance(each, property) else f"{name}{_arguments(function, bound=True)}"
                yield f"{'await ' if _is_async(function) else ''}{shown}", first_sentence(description)


def _kept_bases(value: type) -> list[type]:
    package = value.__module__.rpartition(".")[0]
    beside = [each for each in value.__mro__[1:] if package and each.__module__.startswith(f"{package}.")]
    return [each for each in beside if not hasattr(import_module(package), each.__name__)]


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
    for name in sorted(getattr(found, "__all__", ())):
        yield PublicName(module, name, getattr(found, name))


def example_in(name: PublicName) -> str:
    """The code in the section ``Example:`` of its docstring, or an empty text."""
    heading = "Example:\n"
    block = next((each for each in name.description.split("\n\n") if each.startswith(heading)), "")
    return textwrap.dedent(block.removeprefix(heading))


def shown_names(registry: PluginRegistry, docs: Path) -> dict[str, dict[str, str]]:
    """The names on the page: by module and name, where an example of each is, as Markdown.

    A function or a class that nothing shows how to use is the host's own, and on no page. Shown are those that the
    manual or a plugin uses, those with an example in their docstring, and the classes that occur in how these are
    called. Constants follow one of their module that is used.

    Args:
        registry: The plugins of this distribution.
        docs: The folder of the manual.
    """
    examples = Examples(registry, docs)
    shown: dict[str, dict[str, str]] = {module: {} for module in PUBLIC}
    names = [name for module in PUBLIC for name in names_of(module)]
    for each in names:
        if found := examples.of(each.module, each.name):
            shown[each.module][each.name] = f"Example: {found}."
        elif example_in(each):
            shown[each.module][each.name] = ""
    used = {each.module for each in names if not each.is_described and each.name in shown[each.module]}
    waiting = [each for each in names if each.name not in shown[each.module]]
    last = [each for each in names if each.is_described and each.name in shown[each.module]]
    while last:
        words = {word: each for each in reversed(last) for word in _WORD.findall(_called(each))}
        last = [each for each in waiting if inspect.isclass(each.value) and each.name in words]
        for each in last:
            shown[each.module][each.name] = f"See `{words[each.name].name}`."
            waiting.remove(each)
    for each in waiting:
        if not each.is_described and each.module in used and not isinstance(each.value, tuple):
            shown[each.module][each.name] = ""
    return shown


def _called(name: PublicName) -> str:
    """How a name and its members are called."""
    return " ".join([name.signature, *(member for member, _ in name.members)])


def python_page(registry: PluginRegistry, docs: Path) -> str:
    """Every module for plugins with its names: signature, what it does, arguments and errors, and an example.

    Args:
        registry: The plugins of this distribution, whose code has examples.
        docs: The folder of the manual, whose code has examples.
    """
    lines = [
        "# Python",
        "",
        "What a plugin may import from the host. Each name has an example: in the manual, in a plugin, or here.",
        "What is not on this page may change with any release. Codes of refusals are on [their page](errors.md), and",
        "[hooks](hooks.md) on another.",
        "",
    ]
    shown = shown_names(registry, docs)
    seen: dict[int, str] = {}
    for module in PUBLIC:
        documentation = inspect.cleandoc(import_module(module).__doc__ or "")
        lines += [f"## {module}", "", from_docstring(documentation.split("\n\n")[0]), ""]
        constants = []
        for each in names_of(module):
            if each.name not in shown[module]:
                continue
            example = shown[module][each.name]
            if not each.is_described:
                constants.append(f"`{each.name}`")
            elif id(each.value) in seen:
                lines += [f"`{each.name}`: see `{seen[id(each.value)]}`.", ""]
            else:
                seen[id(each.value)] = f"{module}.{each.name}"
                # How a class is called is no statement of Python.
                language = "" if each.signature.startswith("class ") else "python"
                lines += [f"```{language}", each.signature, "```", "", from_docstring(each.description), ""]
                if members := [f"- `{member}`: {what}" for member, what in each.members]:
                    lines += [*members, ""]
                if example:
                    lines += [example, ""]
        if constants:
            lines += [f"Further names: {', '.join(constants)}.", ""]
    return "\n".join(lines)
