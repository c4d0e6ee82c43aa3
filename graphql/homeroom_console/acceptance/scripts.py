"""Whether the scripts of pages are modules of browsers that make neither code nor HTML of data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from homeroom_console.acceptance.markup import elsewhere
from homeroom_console.acceptance.parts import declared_by, place_of
from homeroom_console.acceptance.templates import sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from homeroom.acceptance import Subject

__all__ = ["said_by_scripts", "script_faults"]

_UNREAD: Final = "scripts are read by tree-sitter: pip install 'homeroom[dev]'"
_CODE: Final = frozenset({"eval", "Function", "execScript"})
_TIMERS: Final = frozenset({"setTimeout", "setInterval"})
_HTML: Final = frozenset({"innerHTML", "outerHTML", "srcdoc"})
_HTML_CALLS: Final = frozenset(
    {"insertAdjacentHTML", "setHTMLUnsafe", "createContextualFragment", "write", "writeln", "parseHTMLUnsafe"}
)
#: Properties that people read.
_READ: Final = frozenset({"textContent", "innerText", "placeholder", "title", "ariaLabel"})
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_RUN: Final = re.compile(r"/run/([\w.]+)/(\w+)")


def script_faults(subject: Subject) -> Iterator[str]:
    """What is wrong with the scripts of pages and widgets, and with what they and templates run."""
    for file in _modules(subject):
        if file.suffix not in (".js", ".mjs"):
            yield f"{place_of(subject, file)}: a module is a file whose name ends in .js"
            continue
        try:
            faults = list(_faults(_read(file)))
        except ImportError:
            yield f"{place_of(subject, file)}: {_UNREAD}"
            continue
        yield from (f"{place_of(subject, file, line)}: {fault}" for line, fault in faults)
    pages = {each.name: each for each in subject.host.hooks.collect("pages")}
    for file in [*_modules(subject), *(each.path for each in sources_of(subject))]:
        text = file.read_text("utf-8")
        for match in _RUN.finditer(text):
            page = pages.get(match[1])
            if page is None or match[2] not in page.operations:
                line = text.count("\n", 0, match.start()) + 1
                yield f"{place_of(subject, file, line)}: {match[0]} is no operation of a page"


def said_by_scripts(subject: Subject) -> Iterator[tuple[Path, int, str]]:
    """Texts that scripts show as they are written in them: file, line and text."""
    for file in _modules(subject):
        try:
            tree = _read(file)
        except ImportError:  # which the other point reports
            return
        for node in _all(tree):
            if node.type == "assignment_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                said = _literal(right) if _property(left) in _READ else None
            elif node.type == "call_expression" and _name(node.child_by_field_name("function")) in ("alert", "confirm"):
                said = _literal(_argument(node, 0))
            else:
                continue
            if said and _WORD.search(said):
                yield file, node.start_point[0] + 1, said


def _modules(subject: Subject) -> list[Path]:
    return list(dict.fromkeys(file for each in declared_by(subject) for file in each.modules))


def _read(file: Path) -> Any:
    """The syntax tree of a script. Raises ImportError if there is nothing that reads it."""
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    parser = Parser(Language(tree_sitter_javascript.language()))
    return parser.parse(file.read_bytes()).root_node


def _faults(root: Any) -> Iterator[tuple[int, str]]:
    broken = next((each for each in _all(root) if each.is_error or each.is_missing), None) if root.has_error else None
    if broken is not None:
        yield broken.start_point[0] + 1, "it is no JavaScript"
        return
    for node in _all(root):
        for fault in _node_faults(node):
            yield node.start_point[0] + 1, fault


def _node_faults(node: Any) -> Iterator[str]:
    match node.type:
        case "call_expression":
            yield from _call_faults(node)
        case "new_expression" if _name(node.child_by_field_name("constructor")) in _CODE:
            yield "new Function makes code of a text, which browsers are kept from running"
        case "assignment_expression" | "augmented_assignment_expression":
            name = _property(node.child_by_field_name("left"))
            if name in _HTML and _literal(node.child_by_field_name("right")) is None:
                yield f"{name} makes HTML of data; use textContent or createElement"
            elif name == "exports":
                yield "it is a module of Node and no module of browsers"
        case "import_statement":
            source = _literal(node.child_by_field_name("source")) or ""
            yield f"it imports {source!r}, which browsers do not find; name each file in `modules`"
        case "string" | "template_string":
            text = _literal(node) or ""
            if elsewhere(text) and len(text) > len("https://"):
                yield f"{text}, an address of another host"
        case "with_statement":
            yield "with is not for modules"


def _call_faults(node: Any) -> Iterator[str]:
    function = node.child_by_field_name("function")
    name = _name(function)
    if name in _CODE:
        yield f"{name} makes code of a text, which browsers are kept from running"
    elif name in _TIMERS and _literal(_argument(node, 0)) is not None:
        yield f"{name} with a text makes code of it, which browsers are kept from running"
    elif function is not None and function.type == "import":
        yield "it imports while it runs; name each file in `modules`"
    elif name == "require":
        yield "it is a module of Node and no module of browsers"
    elif _property(function) in _HTML_CALLS and _html_of_data(node, _property(function)):
        yield f"{_property(function)} makes HTML of data; use textContent or createElement"


def _html_of_data(node: Any, name: str) -> bool:
    if name in ("write", "writeln"):  # of the document, and not of the clipboard
        return _name(node.child_by_field_name("function").child_by_field_name("object")) == "document"
    return _literal(_argument(node, 1 if name == "insertAdjacentHTML" else 0)) is None


def _all(root: Any) -> Iterator[Any]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _name(node: Any) -> str:
    """What is called: a name, or the last part of ``window.name``."""
    if node is None:
        return ""
    if node.type == "identifier":
        return str(node.text.decode())
    if node.type == "member_expression" and _name(node.child_by_field_name("object")) in (
        "window",
        "globalThis",
        "self",
    ):
        return _property(node)
    return ""


def _property(node: Any) -> str:
    found = node.child_by_field_name("property") if node is not None and node.type == "member_expression" else None
    return "" if found is None else str(found.text.decode())


def _argument(node: Any, place: int) -> Any:
    given = node.child_by_field_name("arguments")
    found = [] if given is None else given.named_children
    return found[place] if place < len(found) else None


def _literal(node: Any) -> str | None:
    """A text that is written down as it is; none if it is put together."""
    if node is None or node.type not in ("string", "template_string"):
        return None
    if any(each.type == "template_substitution" for each in node.children):
        return None
    return str(node.text.decode())[1:-1]
