"""The page of the error codes, as the modules ``refusals`` declare them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from homeroom.declared_codes import declared_codes, shared_codes
from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import table
from homeroom.refusals import FailureCode

__all__ = ["CodeDoc", "codes_of", "codes_page"]

#: Texts of a code that the page shows.
_MOST_SHOWN = 4
_OF_REQUESTS = """Somebody may not do this, or the request is wrong as a whole. GraphQL shows these codes in
`errors[].extensions.code`, the other routes in `errors[].code`. With the media type
`application/graphql-response+json` a request that was not executed has the status of the table. Without it, what is
wrong with the document or its variables comes with 200. An error of one field always comes with 200."""
_OF_COMMANDS = """A command was refused and nothing was written. The payload shows these codes:
`errors { code message field row column }`. The status is 200. A fault of a file has its line as `row`, and the
header of its column as `column`."""


@dataclass(slots=True)
class CodeDoc:
    """One code.

    Args:
        code: As answers show it.
        messages: Its texts; ``…`` stands for what varies.
        statuses: HTTP statuses that come with it.
        packages: Where it is declared.
    """

    code: str
    messages: dict[str, None] = field(default_factory=dict)
    statuses: dict[str, None] = field(default_factory=dict)
    packages: dict[str, None] = field(default_factory=dict)


def codes_of(registry: PluginRegistry) -> tuple[dict[str, CodeDoc], dict[str, CodeDoc]]:
    """The codes of refusals (a payload's errors) and of failures (a request's errors), by code."""
    refusals: dict[str, CodeDoc] = {}
    failures: dict[str, CodeDoc] = {}
    declared = [("homeroom", shared_codes())]
    declared += [(type(plugin).__module__.partition(".")[0], declared_codes(plugin)) for plugin in registry.in_order()]
    for package, codes in declared:
        for code in codes:
            found = failures if isinstance(code, FailureCode) else refusals
            doc = found.setdefault(str(code), CodeDoc(str(code)))
            doc.packages[package] = None
            doc.messages[re.sub(r"\{\w+\}", "…", code.text)] = None
            if isinstance(code, FailureCode):
                doc.statuses[str(code.status)] = None
    return dict(sorted(refusals.items())), dict(sorted(failures.items()))


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
                [(f"`{doc.code}`", ", ".join(doc.statuses), _shown(doc)) for doc in failures.values()],
            ),
            "## Of a command",
            _OF_COMMANDS,
            table(("Code", "Meaning"), [(f"`{doc.code}`", _shown(doc)) for doc in refusals.values()]),
        ]
    )


def _shown(doc: CodeDoc) -> str:
    """Some of the texts; one that says nothing by itself says what the parser of GraphQL says."""
    texts = [f"“{each}”" for each in doc.messages if each.strip("… :")] or ["What the GraphQL parser says"]
    return "; ".join(texts[:_MOST_SHOWN])
