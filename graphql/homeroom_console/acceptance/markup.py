"""What browsers are kept from running, or must not be given: in templates, in what these become, in style sheets."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

from jinja2 import nodes

from homeroom.pages import Page
from homeroom_console.acceptance.parts import called, code_of, declared_by, place_of
from homeroom_console.acceptance.rendering import rendered_by
from homeroom_console.acceptance.templates import elements_of, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance import Subject
    from homeroom_console.acceptance.templates import Element, Source

__all__ = ["elsewhere", "markup_faults"]

#: Elements that the content security policy gives nothing to, or that change what addresses mean.
_BARRED: Final = frozenset({"applet", "base", "embed", "frame", "iframe", "object", "portal"})
#: Attributes that are for people, in which an address does nothing.
_PROSE: Final = frozenset({"alt", "content", "placeholder", "title", "value"})
_ELSEWHERE: Final = re.compile(r"\s*(?:(?:https?|wss?|ftp):|//)", re.IGNORECASE)
_SCRIPT_ADDRESS: Final = re.compile(r"\s*(?:javascript|js|vbscript):", re.IGNORECASE)
_STYLE_ELSEWHERE: Final = re.compile(r"@import|url\(\s*['\"]?\s*(?:(?:https?|ftp):|//)", re.IGNORECASE)


def markup_faults(subject: Subject) -> Iterator[str]:
    """What must not be in templates, in rendered pages, in style sheets, and in the code beside them."""
    for source in sources_of(subject):
        for element in source.elements():
            for fault in _element_faults(element):
                yield f"{place_of(subject, source.path, element.line)}: {fault}"
        for line, fault in _tree_faults(source):
            yield f"{place_of(subject, source.path, line)}: {fault}"
    yield from dict.fromkeys(_rendered_faults(subject))
    for file in code_of(subject):
        for line in _marked_data(file):
            yield f"{place_of(subject, file, line)}: Markup() of data is HTML that nobody has escaped"
    sheets = dict.fromkeys(each for what in subject.given("pages", Page) for each in what.styles)
    for sheet in sheets:
        text = sheet.read_text("utf-8")
        for match in _STYLE_ELSEWHERE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{place_of(subject, sheet, line)}: {match[0]} loads what does not belong to the plugin"


def elsewhere(value: str) -> bool:
    """Whether a text begins as an address of another host does."""
    return bool(_ELSEWHERE.match(value)) and not value.startswith("http://www.w3.org/")


def _element_faults(element: Element) -> Iterator[str]:
    tag = element.tag
    if tag == "script" and not {"src", "data-src"} & element.attributes.keys():
        if element.attributes.get("type", "") not in ("application/json", "text/plain"):
            yield "a script within the page; put it into a file, and name it in `modules`"
    elif tag == "style":
        yield "a style sheet within the page; put it into a file, and name it in `styles`"
    elif tag in _BARRED:
        yield f"the element <{tag}>, which browsers show nothing in"
    for name, value in element.attributes.items():
        if name == "style":
            yield "an attribute style; give the element a class, and name a file in `styles`"
        elif name.startswith(("on", "hx-on", "data-hx-on")):
            yield f"the handler {name}; a file in `modules` adds it with addEventListener"
        elif _SCRIPT_ADDRESS.match(value) and name not in _PROSE:
            yield f"a script as the value of {name}"
        elif elsewhere(value) and name not in _PROSE and not name.startswith(("aria-", "xmlns")):
            yield f"{value.strip()} in {name}, an address of another host"
        elif name in ("hx-trigger", "data-hx-trigger") and "[" in value:
            yield f"a condition in {name}, which is code that browsers are kept from running"


def _tree_faults(source: Source) -> Iterator[tuple[int, str]]:
    """What in Jinja keeps data from being escaped."""
    for found in source.tree.find_all(nodes.Filter):
        if found.name == "safe" and not _constant(found.node):
            yield found.lineno, "|safe on data is HTML that nobody has escaped"
    for modifier in source.tree.find_all((nodes.ScopedEvalContextModifier, nodes.EvalContextModifier)):
        yield modifier.lineno, "autoescape is switched off"


def _constant(node: object) -> bool:
    if isinstance(node, nodes.CondExpr):
        return _constant(node.expr1) and (node.expr2 is None or _constant(node.expr2))
    return isinstance(node, nodes.Const)


def _rendered_faults(subject: Subject) -> Iterator[str]:
    """What only the rendered pages have, such as a handler that a macro puts together."""
    written = {
        source.path: {fault for each in source.elements() for fault in _element_faults(each)}
        for source in sources_of(subject)
    }
    pages = {each.template.resolve() for each in declared_by(subject)}
    shared = {fault for path, faults in written.items() if path not in pages for fault in faults}
    for rendered in rendered_by(subject):
        known = shared | written.get(rendered.what.template.resolve(), set())
        for element in elements_of(rendered.html) if rendered.language == "en" else ():
            for fault in _element_faults(element):
                if fault not in known:
                    yield f"the {called(rendered.what)}, rendered: <{element.tag}> has {fault}"


def _marked_data(file: Path) -> Iterator[int]:
    """Lines on which ``Markup`` is made of anything but a text that is written there."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name == "Markup" and node.args and not isinstance(node.args[0], ast.Constant):
            yield node.lineno
