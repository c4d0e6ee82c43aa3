"""The parts of a query that the compiler does not answer: the schema itself, and computed queries."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import graphql
import msgspec

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Refusal
from homeroom.messages import Message, spelt
from homeroom.values import Shared
from homeroom_graphql.json_text import encode
from homeroom_graphql.request_errors import REFUSED, refusal
from homeroom_graphql.values import Shower

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.host import Host
    from homeroom_graphql.operations import Operation, Operations
    from homeroom_graphql.plans import Run

__all__ = ["compute", "field_error", "introspect"]

logger = logging.getLogger(__name__)

Errors = list[dict[str, Any]]
#: Shared value to operation and response key to what was shown of it.
_SHOWN: Final[WeakKeyDictionary[Shared, dict[tuple[int, str], tuple[Operation, msgspec.Raw]]]] = WeakKeyDictionary()
#: Frontends send one or two documents that ask for such a value.
_MOST_SHOWN: Final = 2


def introspect(
    operations: Operations, operation: Operation, root: Mapping[str, Sequence[FieldNode]], raw: Mapping[str, Any]
) -> tuple[Mapping[str, Any], Errors]:
    """What is asked of the schema itself, answered by graphql-core.

    Args:
        operations: The schema.
        operation: What was asked.
        root: The root fields that ask for the schema, by response key.
        raw: The variables as JSON values.

    Returns:
        The answers by response key, and errors.
    """
    result = operation.about_schema
    if result is None:
        document = operation.asking([node for nodes in root.values() for node in nodes])
        answer = graphql.execute(operations.schema.whole(), document, variable_values=dict(raw))
        assert isinstance(answer, graphql.ExecutionResult)
        result = answer
        if not operation.variables:  # a schema does not change, and tools ask for all of it
            operation.about_schema = result
    return result.data or {}, [dict(error.formatted) for error in result.errors or ()]


async def compute(
    host: Host, operations: Operations, operation: Operation, run: Run, key: str, nodes: Sequence[FieldNode]
) -> tuple[Any, Errors]:
    """The answer of a computed query; null, with errors, if it fails.

    Args:
        host: The host.
        operations: The schema.
        operation: What was asked.
        run: Its execution.
        key: The field's response key.
        nodes: Its merged nodes.
    """
    query, coerce = operations.queries[nodes[0].name.value]
    try:
        arguments = coerce(operations.arguments.json("Query", nodes[0], run.variables))
        value = await host.ask(run.caller, query, arguments, purpose=run.purpose, accept=run.accept)
        shower = Shower(operation.fragments, run.variables)
        if isinstance(value, Shared) and not operation.variables:
            return await _shown_once(shower, query.value, value, operation, key, nodes), []
        return shower.show(query.value, value, nodes), []
    except Refusal as refused:
        return None, [
            {
                "message": Message(each.code, each.values),
                "path": [key],
                "extensions": {"code": str(each.code), "field": spelt(each.field), "row": each.row},
            }
            for each in refused.problems
        ]
    except Failure as error:
        return None, [field_error(error, key)]
    except REFUSED as error:
        return None, [{**each, "path": [key]} for each in refusal(error).errors]
    except AWAY:
        raise
    except Exception:
        logger.exception("query %s failed", query.name)
        return None, [field_error(Failure(), key)]


async def _shown_once(
    shower: Shower, annotation: Any, value: Shared, operation: Operation, key: str, nodes: Sequence[FieldNode]
) -> msgspec.Raw:
    """What an operation without variables shows of a shared value, as JSON that was written once."""
    known = _SHOWN.setdefault(value, {})
    found = known.get((id(operation), key))
    if found is None:
        # It may take a tenth of a second, for which others should not wait.
        written = await asyncio.to_thread(lambda: encode(shower.show(annotation, value, nodes)))
        # The operation is kept with it, so that no other has its identity.
        found = known[id(operation), key] = (operation, msgspec.Raw(written))
        while len(known) > _MOST_SHOWN:
            known.pop(next(iter(known)), None)
    return found[1]


def field_error(error: Failure, key: str) -> dict[str, Any]:
    """The error of a root field that failed."""
    return {"message": Message(error.code, error.values), "path": [key], "extensions": {"code": str(error.code)}}
