"""Reading for a paper: a query as the caller, whose answer must be whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from homeroom.errors import Failure, Forbidden, Refusal
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.callers import Caller
    from homeroom.host import Host

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
            first = error.errors[0]
            code = first["extensions"].get("code")
            if code == "BAD_USER_INPUT":
                raise Refusal(str(first["message"]), field=first["extensions"].get("variable")) from None
            raise Failure(str(first["message"]), code=code or "BAD_REQUEST", status=400) from None
        if answer.get("errors"):
            raise Forbidden(answer["errors"][0]["message"])
        data: dict[str, Any] = answer["data"]
        return data
