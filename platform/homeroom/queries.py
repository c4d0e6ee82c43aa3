"""Asking GraphQL questions from within the host, under somebody's rights; a plugin for GraphQL answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["QUERIES", "Queries", "queries_of"]

#: Under which name the host knows what answers them.
QUERIES = "queries"


class Queries(Protocol):
    """Answers questions."""

    async def check(self, variant: Variant, document: str) -> frozenset[str]:
        """The variables of a document, which is one query.

        Raises:
            Refusal: It is none, or the schema does not allow it.
        """

    async def answer(self, caller: Caller, document: str, variables: Mapping[str, Any]) -> bytes:
        """The answer to a query, as JSON.

        Args:
            caller: Under whose rights.
            document: The query.
            variables: JSON values.

        Raises:
            Refusal: It cannot be answered.
        """


def queries_of(host: Host) -> Queries:
    """What answers the questions of a host."""
    if QUERIES not in host.services:
        raise ConfigurationError("no plugin answers queries")
    return cast("Queries", host.services[QUERIES])
