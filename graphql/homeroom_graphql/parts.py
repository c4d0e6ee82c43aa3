"""The parts of a query that the compiler does not answer: the schema itself, and computed queries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import graphql

from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Refusal
from homeroom.messages import Message, spelt
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
        return Shower(operation.fragments, run.variables).show(query.value, value, nodes), []
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


def field_error(error: Failure, key: str) -> dict[str, Any]:
    """The error of a root field that failed."""
    return {"message": Message(error.code, error.values), "path": [key], "extensions": {"code": str(error.code)}}
