"""Calls that may be repeated: a key makes the second one give the first one's result and write nothing.

A caller whose connection broke does not know whether its command was carried out. If it sent a key, it simply asks
again. The record of the call lies in the command's own transaction: a refused command leaves none, so its key is
free for the corrected call. Keys belong to an account in a space and are good for seven days.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from homeroom.database.ids import new_id
from homeroom.errors import Problem, Refusal
from homeroom.refusals import KEY_REUSED, LENGTH, Code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from homeroom.callers import Caller
    from homeroom.commands import Command
    from homeroom.database.engine import Transaction

__all__ = ["FIELD", "RecordedCall"]

#: The input field that carries the key, in GraphQL spelling.
FIELD = "idempotencyKey"
_LONGEST = 200
#: Begins a kept result beside which rows were left out. No declared value has a field of this name.
_LEFT_OUT = "!"
#: The installation itself has no account.
_INSTALLATION = UUID(int=0)
_encode = msgspec.json.Encoder(decimal_format="string", order="deterministic").encode

# The second of two equal calls waits here until the first one's transaction ends. Old keys go at this occasion.
_CLAIM = """
WITH forgotten AS (
    DELETE FROM command_call WHERE account_id = $2 AND key <> $3 AND at < $6::timestamptz - interval '7 days')
INSERT INTO command_call (id, account_id, key, command, arguments_hash, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, account_id, key) DO NOTHING RETURNING id
"""


class RecordedCall:
    """One call of a command under a key.

    Args:
        transaction: The command's transaction.
        caller: Whose key it is.
        command: What is called.
        key: 1 to 200 characters that the caller chose.

    Raises:
        Refusal: The key is empty or too long.
    """

    __slots__ = ("_account", "_command", "_id", "_key", "_transaction")

    def __init__(self, transaction: Transaction, caller: Caller, command: Command, key: str) -> None:
        if not 1 <= len(key) <= _LONGEST:
            raise Refusal(LENGTH, FIELD, most=_LONGEST)
        self._transaction = transaction
        self._account = caller.account or _INSTALLATION
        self._command = command
        self._key = key
        self._id = new_id()

    async def claim(self, arguments: Mapping[str, Any], at: datetime) -> bool:
        """Take the key, waiting for another call that has just taken it.

        Args:
            arguments: The command's arguments.
            at: The moment of the call, UTC.

        Returns:
            Whether this is the first call. If not, :meth:`result` has the first one's.

        Raises:
            Refusal: The key was used for another command, or with other arguments.
        """
        digest = hashlib.sha256(_encode(arguments)).digest()
        claimed = await self._transaction.fetchval(
            _CLAIM, self._id, self._account, self._key, self._command.name, digest, at
        )
        if claimed is not None:
            return True
        first = await self._first("command, arguments_hash")
        if (first["command"], first["arguments_hash"]) != (self._command.name, digest):
            raise Refusal(KEY_REUSED, FIELD)
        return False

    async def keep(self, result: Any, problems: Sequence[Problem] = ()) -> None:
        """Keep the result of the first call, and what was wrong with the rows that it left out."""
        kept = {_LEFT_OUT: [_stored(each) for each in problems], "result": result} if problems else result
        await self._transaction.execute(
            "UPDATE command_call SET result = $2::jsonb WHERE id = $1", self._id, _encode(kept).decode()
        )

    async def result(self) -> tuple[Any, list[Problem]]:
        """The result of the first call: ids as UUIDs if the command returns a resource, else the value.

        Returns:
            The result, and what was wrong with the rows that it left out.
        """
        kept = msgspec.json.decode((await self._first("result"))["result"])
        problems: list[Problem] = []
        if isinstance(kept, dict) and _LEFT_OUT in kept:
            problems, kept = [_restored(each) for each in kept[_LEFT_OUT]], kept["result"]
        if self._command.value is not None:
            return msgspec.convert(kept, self._command.value), problems
        if self._command.returns is None:
            return None, problems
        return msgspec.convert(kept, list[UUID] if self._command.many else UUID | None), problems

    async def _first(self, columns: str) -> Any:
        return await self._transaction.fetchrow(
            f"SELECT {columns} FROM command_call WHERE account_id = $1 AND key = $2", self._account, self._key
        )


def _stored(problem: Problem) -> dict[str, Any]:
    """A problem as it is kept with the first call. Its text is made when it is shown."""
    return {
        "code": str(problem.code),
        "text": problem.code.text,
        "field": problem.field,
        "row": problem.row,
        "values": {name: each if isinstance(each, int | float) else str(each) for name, each in problem.values.items()},
    }


def _restored(kept: Mapping[str, Any]) -> Problem:
    """The problem that was kept. Before version 0.2 its text was kept as it was shown."""
    text = kept.get("text") or kept["message"].replace("{", "{{").replace("}", "}}")
    return Problem(Code(kept["code"], text), kept["field"], kept["row"], **kept.get("values", {}))
