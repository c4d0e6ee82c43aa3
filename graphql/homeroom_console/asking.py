"""Asking GraphQL in the process, as the reader: pages have no other way to rows, and no other way to write."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from graphql import OperationDefinitionNode, parse, print_ast

from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from homeroom.host import Host
    from homeroom_console.reader import Reader

__all__ = ["Answer", "Asking", "variables_of"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What GraphQL answers.

    Args:
        data: The data; empty if nothing was executed.
        errors: The errors of the response, in the reader's language.
    """

    data: Mapping[str, Any]
    errors: Sequence[Mapping[str, Any]] = ()

    @property
    def first(self) -> Any:
        """The first field of the answer; none if it is null or if there is no answer."""
        return next(iter(self.data.values()), None)

    @property
    def broken(self) -> str:
        """Why the document cannot be asked at all by anybody; empty if it can."""
        return "; ".join(
            each["message"]
            for each in self.errors
            if str((each.get("extensions") or {}).get("code", "")).startswith("GRAPHQL_")
        )


class Asking:
    """Asks for the pages of one host.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        # The documents are the host's own: readers do not pay for new ones.
        self._executor = Executor(host, own_documents=True)
        self._host = host

    async def ask(
        self, reader: Reader, document: str, variables: Mapping[str, Any] | None = None, *, purpose: str | None = None
    ) -> Answer:
        """The answer to a query or a mutation.

        Args:
            reader: Who asks.
            document: One operation.
            variables: JSON values; files may be among them.
            purpose: Why the reader looks at what is sensitive, for the audit.
        """
        try:
            answered = await self._executor.execute(
                reader.caller, document, variables or {}, purpose=purpose, accept=reader.accept
            )
        except RequestError as error:
            return Answer({}, self._host.messages.errors(error.errors, reader.language))
        answer = msgspec.json.decode(answered)
        return Answer(answer.get("data") or {}, answer.get("errors", ()))


def variables_of(document: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that a query declares, of those that are known.

    Args:
        document: The query; empty if nothing is asked.
        known: Texts of an address, and JSON values.
    """
    return {name: _typed(kind, known[name]) for name, kind in _declared(document) if known.get(name) is not None}


@functools.lru_cache(maxsize=1024)
def _declared(document: str) -> Sequence[tuple[str, str]]:
    """The variables of a query, each with the name of its type."""
    if not document:
        return ()
    (operation, *_) = (each for each in parse(document).definitions if isinstance(each, OperationDefinitionNode))
    return [
        (each.variable.name.value, print_ast(each.type).strip("[]!")) for each in operation.variable_definitions or ()
    ]


def _typed(kind: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if kind == "Int" and value.removeprefix("-").isdecimal() and len(value) < 11:
        return int(value)
    return value == "true" if kind == "Boolean" else value
