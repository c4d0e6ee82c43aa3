"""What a message says: which command, when, and the ids of the rows that it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from homeroom.queries import queries_of

if TYPE_CHECKING:
    import asyncpg

    from homeroom.callers import Caller
    from homeroom.host import Host

__all__ = ["body_of"]

#: Rows that one message names at most.
_MOST_ROWS: Final = 1_000
_ROWS: Final = """
SELECT noun, row_id FROM (SELECT DISTINCT noun, row_id FROM audit_line WHERE entry_id = $1) changed
ORDER BY noun, row_id LIMIT $2
"""


async def body_of(host: Host, caller: Caller, delivery: asyncpg.Record) -> bytes:
    """The body of a message: ids and nothing of a person, beside the answer to the registrant's own query.

    Args:
        host: The host.
        caller: The account that registered the endpoint, with its rights now.
        delivery: The delivery, with the document of its endpoint.

    Raises:
        Refusal: The query cannot be answered.
        Failure: The caller may do nothing here any more.
    """
    variant = host.variant_of(caller.space)
    async with host.database.transaction(caller.space.id, read_only=True) as transaction:
        changed = await transaction.fetch(_ROWS, delivery["entry_id"], _MOST_ROWS + 1)
    rows: dict[str, list[str]] = {}
    variables: dict[str, list[str]] = {}
    for noun, row in changed[:_MOST_ROWS]:
        resource = variant.by_table.get(noun)
        if resource is not None:
            rows.setdefault(resource.name, []).append(f"{resource.name}_{row}")
            variables[resource.plural] = rows[resource.name]
    data: dict[str, Any] = {"school": caller.space.slug, "rows": rows, "complete": len(changed) <= _MOST_ROWS}
    if delivery["document"] is not None:
        queries = queries_of(host)
        wanted = await queries.check(variant, delivery["document"])
        given = {name: variables.get(name, []) for name in wanted}
        data["answer"] = msgspec.Raw(await queries.answer(caller, delivery["document"], given))
    return msgspec.json.encode({"type": delivery["event"], "timestamp": delivery["occurred_at"], "data": data})
