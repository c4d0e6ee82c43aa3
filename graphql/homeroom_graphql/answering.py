"""Questions from within the host: see :mod:`homeroom.queries`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import OperationDefinitionNode, OperationType

from homeroom.errors import Refusal
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import ONE_QUERY
from homeroom_graphql.schemas import operations_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.variants import Variant

__all__ = ["Answering"]


class Answering:
    """Answers the questions of one host.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._executor = Executor(host)

    async def check(self, variant: Variant, document: str) -> frozenset[str]:
        """The variables of a document, which is one query. Raises Refusal."""
        operations = await operations_of(variant, self._executor.limits)
        try:
            parsed = operations.check(document)
        except RequestError as error:
            raise error.refusal("document") from None
        found = [each for each in parsed.definitions if isinstance(each, OperationDefinitionNode)]
        if len(found) != 1 or found[0].operation is not OperationType.QUERY:
            raise Refusal(ONE_QUERY, "document")
        return frozenset(each.variable.name.value for each in found[0].variable_definitions or ())

    async def answer(self, caller: Caller, document: str, variables: Mapping[str, Any]) -> bytes:
        """The answer to a query. Raises Refusal."""
        try:
            return await self._executor.execute(caller, document, variables, writes=False)
        except RequestError as error:
            raise error.refusal() from None
