"""Reading for a paper: a query as the caller, whose answer must be whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

from homeroom.errors import Failure, Forbidden, Refusal
from homeroom.messages import Message
from homeroom.refusals import INVALID
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError
from homeroom_graphql.refusals import BAD_INPUT, NOT_READABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.refusals import FailureCode

__all__ = ["Reader"]


class Reader:
    """Asks what a paper shows.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._executor = Executor(host)

    async def read(self, caller: Caller, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The data of a query.

        Raises:
            Forbidden: Something of it is denied: half a paper looks like a whole one.
            Refusal: A variable is missing or wrong.
            Failure: It asks for too much.
        """
        try:
            answer = msgspec.json.decode(await self._executor.execute(caller, query, variables, writes=False))
        except RequestError as error:
            message: Message = error.errors[0]["message"]
            if message.code != BAD_INPUT:
                raise Failure(cast("FailureCode", message.code), **message.values) from None
            problem: Message = message.values.get("problem", Message(INVALID))
            raise Refusal(problem.code, error.errors[0]["extensions"].get("variable"), **problem.values) from None
        for each in answer.get("errors", ()):
            denied = each["extensions"].get("field")
            raise Failure() if denied is None else Forbidden(NOT_READABLE, name=denied)
        data: dict[str, Any] = answer["data"]
        return data
