"""The page of the error codes, found where the code gives them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from homeroom import refusals
from homeroom.errors import Failure, Refusal
from homeroom.messages import codes_in, declared_codes
from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import first_sentence, table
from homeroom.refusals import FailureCode

__all__ = ["CodeDoc", "codes_of", "codes_page"]

_CODE = re.compile(r"[A-Z][A-Z_]{3,}")
_WORD = re.compile(r"[a-z]+(_[a-z0-9]+)*")
#: What reports a fault of a file: how many arguments it takes (any number, if none) and which of them is the code, in
#: lower case. Answers show it in upper case.
_REPORTERS: Mapping[str, tuple[int | None, int]] = {"Problem": (5, 3), "fault": (4, 2), "_refuse": (None, 0)}
#: What makes an error of a whole request from a message and a code.
_REQUESTS = frozenset({"of", "_errors", "_shown"})
#: What is said of codes whose messages come from elsewhere, and their status.
_FOREIGN: Mapping[str, tuple[str, str]] = {
    "GRAPHQL_PARSE_FAILED": ("The document is not GraphQL", "400"),
    "GRAPHQL_VALIDATION_FAILED": ("The document asks for what this school's schema does not have", "400"),
    "OPERATION_RESOLUTION_FAILURE": ("The document has several operations and none was chosen, or not that one", "400"),
    "TOO_COMPLEX": ("The query is too deep or asks for too many fields", "400"),
}
_OF_REQUESTS = """Somebody may not do this, or the request is wrong as a whole. GraphQL shows these codes in
`errors[].extensions.code`, the other routes in `errors[].code`. With the media type
`application/graphql-response+json` a request that was not executed has the status of the table. Without it, what is
wrong with the document or its variables comes with 200. An error of one field always comes with 200."""
_OF_COMMANDS = """A command was refused and nothing was written. The payload shows these codes:
`errors { code message field row }`. The status is 200. A fault of a roster's file has its line as `row`."""
#: A module without any of these gives no code.
_SIGN = re.compile(r"\bcode\b|Problem\(|RequestError|BadRequest|_errors\(|_shown\(|\.fault\(|_refuse\(")
_LEFT_OUT = frozenset({"testing", "reference", "migrations", "cli"})


@dataclass(slots=True)
class CodeDoc:
    """One code.

    Args:
        code: As answers show it.
        meanings: What the class that has it says of itself.
        messages: What is told with it; ``…`` stands for what varies.
        statuses: HTTP statuses that come with it.
        packages: Where it is given.
    """

    code: str
    meanings: dict[str, None] = field(default_factory=dict)
    messages: dict[str, None] = field(default_factory=dict)
    statuses: dict[str, None] = field(default_factory=dict)
    packages: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    refusals: dict[str, CodeDoc] = field(default_factory=dict)
    failures: dict[str, CodeDoc] = field(default_factory=dict)


def codes_of(registry: PluginRegistry) -> tuple[dict[str, CodeDoc], dict[str, CodeDoc]]:
    """The codes of refusals (a payload's errors) and of failures (a request's errors), by code."""
    packages = {"homeroom", *(type(plugin).__module__.partition(".")[0] for plugin in registry.in_order())}
    found = _Found()
    for package in sorted(packages):
        for module, tree in _modules(package):
            _Reading(found, package, module).visit(tree)
    _add_declared(found, registry)
    return dict(sorted(found.refusals.items())), dict(sorted(found.failures.items()))


def _add_declared(found: _Found, registry: PluginRegistry) -> None:
    """What is declared in modules ``refusals``."""
    declared = [("homeroom", codes_in(refusals))]
    declared += [(type(plugin).__module__.partition(".")[0], declared_codes(plugin)) for plugin in registry.in_order()]
    for package, codes in declared:
        for code in codes:
            doc = _entry(found.failures if isinstance(code, FailureCode) else found.refusals, str(code), package)
            doc.messages[re.sub(r"\{\w+\}", "…", code.text)] = None
            if isinstance(code, FailureCode):
                doc.statuses[str(code.status)] = None
                if str(code) in _FOREIGN:
                    doc.meanings[_FOREIGN[str(code)][0]] = None


def _modules(package: str) -> Iterator[tuple[str, ast.Module]]:
    root = Path(str(importlib.import_module(package).__file__)).parent
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        text = file.read_text(encoding="utf-8")
        if not _LEFT_OUT.intersection(parts) and _SIGN.search(text):
            yield ".".join([package, *(part for part in parts if part != "__init__")]), ast.parse(text)


class _Reading(ast.NodeVisitor):
    """Reads one module."""

    def __init__(self, found: _Found, package: str, module: str) -> None:
        self._found = found
        self._package = package
        self._module = module
        self._said: list[dict[str, str]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Know what the function keeps in variables, while its calls are read."""
        self._said.append(self._said[-1] | _assigned(node))
        self.generic_visit(node)
        self._said.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - ast calls it so

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class may be an error with a code."""
        _class(self._found, self._package, self._module, node)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A call may make one."""
        _call(self._found, self._package, node, self._said[-1])
        self.generic_visit(node)


def _class(found: _Found, package: str, module: str, node: ast.ClassDef) -> None:
    if not any(isinstance(each, ast.Assign) and _is_code(each) for each in node.body):
        return
    kind = getattr(importlib.import_module(module), node.name)
    if issubclass(kind, Refusal):
        doc = _entry(found.refusals, kind.code, package)
    elif issubclass(kind, Failure):
        doc = _entry(found.failures, kind.code, package)
        doc.statuses[str(kind.status)] = None
    else:
        return
    doc.meanings[first_sentence(kind.__doc__ or "")] = None


def _is_code(node: ast.Assign) -> bool:
    target = node.targets[0]
    return isinstance(target, ast.Name) and target.id == "code" and isinstance(node.value, ast.Constant)


def _assigned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, str]:
    """The texts that a function keeps in variables before it tells them."""
    return {
        node.targets[0].id: text
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if (text := _text(node.value, {})) != "…"
    }


def _call(found: _Found, package: str, node: ast.Call, said: Mapping[str, str]) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    given = {each.arg: each.value for each in node.keywords if each.arg is not None}
    texts = [_text(each, said) for each in node.args]
    code = _text(given["code"], {}) if "code" in given else ""
    if _CODE.fullmatch(code) and texts:
        _entry(found.refusals, code, package).messages[texts[0]] = None
    elif name == "Problem" and len(texts) > 1 and _CODE.fullmatch(texts[0]):
        _entry(found.refusals, texts[0], package).messages[texts[1]] = None
    elif name in _REQUESTS and len(texts) > 1 and _CODE.fullmatch(texts[1]):
        doc = _entry(found.failures, texts[1], package)
        meaning, status = _FOREIGN.get(doc.code, ("", "400" if name == "of" else ""))
        if status := _text(given["status"], {}) if "status" in given else status:
            doc.statuses[status] = None
        if meaning:
            doc.meanings[meaning] = None
        doc.messages[texts[0]] = None
    elif name in _REPORTERS:
        wanted, place = _REPORTERS[name]
        if (len(texts) == wanted if wanted else len(texts) > 1) and _WORD.fullmatch(texts[place]):
            _entry(found.refusals, texts[place].upper(), package).messages[texts[place + 1]] = None


def _entry(codes: dict[str, CodeDoc], code: str, package: str) -> CodeDoc:
    doc = codes.setdefault(code, CodeDoc(code))
    doc.packages[package] = None
    return doc


def _text(node: ast.expr, said: Mapping[str, str]) -> str:
    """What an expression says as far as it can be known; ``…`` stands for the rest."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return said.get(node.id, "…")
    if isinstance(node, ast.JoinedStr):
        parts = [str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values]
        return re.sub(r"…+", "…", "".join(parts))
    return "…"


def codes_page(registry: PluginRegistry) -> str:
    """Both kinds of codes."""
    refusals, failures = codes_of(registry)
    return "\n\n".join(
        [
            "# Error codes",
            "A code is stable: programs may rely on it. The message is for people and may change.",
            "## Of a request",
            _OF_REQUESTS,
            table(
                ("Code", "HTTP", "Meaning"),
                [(f"`{doc.code}`", ", ".join(doc.statuses), _said(doc)) for doc in failures.values()],
            ),
            "## Of a command",
            _OF_COMMANDS,
            table(("Code", "Meaning"), [(f"`{doc.code}`", _said(doc)) for doc in refusals.values()]),
        ]
    )


def _said(doc: CodeDoc) -> str:
    """What the classes say, else some of the messages that come with it."""
    told = [f"“{each}”" for each in doc.messages if each.strip("… ")]
    return ". ".join(doc.meanings) or "; ".join(told[:4])
