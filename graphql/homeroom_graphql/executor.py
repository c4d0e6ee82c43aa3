"""Executing operations: a query is one statement, a mutation one transaction per field."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from homeroom.database.connection import AWAY
from homeroom.database.walls import InSpace
from homeroom.errors import Failure, Unavailable
from homeroom.messages import language_for
from homeroom.requests import note_operation
from homeroom_graphql.compiler import Compiler
from homeroom_graphql.json_text import encode, member
from homeroom_graphql.limits import Limits
from homeroom_graphql.mutations import MutationField
from homeroom_graphql.novelty import Novelty
from homeroom_graphql.operations import Operation, Operations, RequestError
from homeroom_graphql.parts import compute, field_error, introspect
from homeroom_graphql.permissions import INTROSPECT
from homeroom_graphql.plans import Plan, Run, plan_key
from homeroom_graphql.refusals import LOOK_FIRST, OVER_WEBSOCKET, POST_NEEDED, SCHEMA_NOT_READABLE, VARIABLES_TOO_DEEP
from homeroom_graphql.request_errors import REFUSED, refusal
from homeroom_graphql.requests import BadRequest
from homeroom_graphql.schemas import known_operations, operations_of
from homeroom_graphql.sensitive import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.callers import Caller
    from homeroom.host import Host

__all__ = ["AboutSchema", "Executor", "Prepared", "response"]

logger = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """An operation with its variables.

    Args:
        operations: The schema that it was asked of.
        operation: What was asked.
        run: Its execution.
        shape: What of the variables decides the plan.
    """

    operations: Operations
    operation: Operation
    run: Run
    shape: Any


class AboutSchema(bytes):
    """A response that holds nothing but what was asked of the schema: no person's data, and no secret."""


class Executor:
    """Executes operations for one host.

    Args:
        host: The host.
        own_documents: Whether the host itself writes the documents, so that those who ask do not pay for new ones.
    """

    def __init__(self, host: Host, *, own_documents: bool = False) -> None:
        self._host = host
        self.limits = Limits.of(host.settings)
        self._novelty = Novelty(0 if own_documents else host.settings.graphql_new_documents)

    async def execute(
        self,
        caller: Caller,
        query: str,
        variables: Mapping[str, Any],
        operation_name: str | None = None,
        *,
        writes: bool = True,
        purpose: str | None = None,
        accept: bytes = b"",
    ) -> bytes:
        """The response to one operation, as JSON.

        Args:
            caller: Who asks.
            query: The document.
            variables: JSON values.
            operation_name: Which operation of the document; not needed if there is but one.
            writes: Whether mutations are allowed, which they are not by GET.
            purpose: Why the caller looks at what is sensitive, for the audit.
            accept: The header ``Accept-Language`` of the request.

        Raises:
            RequestError: The operation was not executed at all.
            BadRequest: A mutation where there may be none.
        """
        operations, operation, run, shape = await self.prepare(caller, query, variables, operation_name)
        run.purpose = purpose
        run.accept = accept
        name = operation.definition.name
        note_operation(operation.kind, name.value if name else "")
        if not writes and operation.kind != "query":
            raise BadRequest.with_headers(POST_NEEDED, (b"allow", b"POST"))
        try:
            if operation.kind == "query":
                return await self._query(operations, operation, run, shape, variables)
            if operation.kind == "mutation":
                return await self._mutation(operations, operation, run, shape)
        except REFUSED as error:
            self._novelty.refused(caller.account, query)
            raise refusal(error) from None
        raise RequestError.of(OVER_WEBSOCKET)

    async def prepare(
        self, caller: Caller, query: str, variables: Mapping[str, Any], operation_name: str | None
    ) -> Prepared:
        """An operation with its variables, ready to run. Raises RequestError."""
        variant = self._host.variant_of(caller.space)
        operations = known_operations(variant) or await operations_of(variant, self.limits)
        operation = operations.known(query, operation_name)
        if operation is None:
            operation = self._new(operations, caller, query, operation_name)
        try:
            coerced, shape = operation.coerce(variables)
        except RecursionError:
            raise RequestError.of(VARIABLES_TOO_DEEP) from None
        return Prepared(operations, operation, self.run_of(caller, coerced), shape)

    def _new(self, operations: Operations, caller: Caller, query: str, operation_name: str | None) -> Operation:
        """An operation that was not asked before."""
        self._novelty.charge(caller.account, query)
        try:
            return operations.get(query, operation_name)
        except RequestError as error:
            self._novelty.refused(caller.account, query)
            # Which names there would have been is a matter of the schema.
            raise error if INTROSPECT in caller.access.commands else error.without_suggestions() from None

    def run_of(self, caller: Caller, variables: Mapping[str, Any]) -> Run:
        """One execution, now.

        Args:
            caller: Who asks.
            variables: Coerced variables.
        """
        now = self._host.clock()
        return Run(
            caller=caller,
            variables=variables,
            context=InSpace(caller.space.id),
            now=now,
            today=now.astimezone(caller.space.time_zone).date(),
        )

    # Queries --------------------------------------------------------------------------------------------

    async def _query(
        self, operations: Operations, operation: Operation, run: Run, shape: Any, raw: Mapping[str, Any]
    ) -> bytes:
        key = (*plan_key(run.caller), shape)
        plan = operation.plans.get(key)
        if plan is None:
            root = operation.root(run.variables)
            if any(nodes[0].name.value in operations.apart for nodes in root.values()):
                return await self._in_parts(operations, operation, run, shape, root, raw)
            plan = self._plan(operations, operation, run, key, root)
        return response(await read(self._host, plan, run), await self.translated(run, plan.errors))

    def _plan(
        self, operations: Operations, operation: Operation, run: Run, key: Any, root: Mapping[str, list[FieldNode]]
    ) -> Plan:
        self._novelty.charge(run.caller.account, "")
        compiler = Compiler(operations, run.caller.access, run.caller.space.logged, operation.fragments, run.variables)
        plan = compiler.query(root)
        operation.remember(key, plan)
        return plan

    async def _in_parts(
        self,
        operations: Operations,
        operation: Operation,
        run: Run,
        shape: Any,
        root: Mapping[str, list[FieldNode]],
        raw: Mapping[str, Any],
    ) -> bytes:
        """A query of which the compiler answers only a part: the schema and computed queries are answered apart."""
        members: dict[str, Any] = dict.fromkeys(root)
        errors: list[dict[str, Any]] = []
        introspected = {key: nodes for key, nodes in root.items() if nodes[0].name.value in ("__schema", "__type")}
        if introspected:
            if INTROSPECT not in run.caller.access.commands:
                raise RequestError.of(SCHEMA_NOT_READABLE)
            if operation.about_schema is None:
                self._novelty.charge(run.caller.account, "")
            about_schema, wrong = introspect(operations, operation, introspected, raw)
            members.update(about_schema)
            errors += wrong
        rest = {key: nodes for key, nodes in root.items() if nodes[0].name.value not in operations.apart}
        if rest:
            of_rest = (*plan_key(run.caller), shape, "rest")
            plan = operation.plans.get(of_rest) or self._plan(operations, operation, run, of_rest, rest)
            members.update(_members_of(await read(self._host, plan, run)))
            errors += plan.errors
        for key, nodes in root.items():
            if key not in introspected and key not in rest:
                members[key], wrong = await compute(self._host, operations, operation, run, key, nodes)
                errors += wrong
        answer = response(encode(members), await self.translated(run, errors))
        return AboutSchema(answer) if len(introspected) == len(root) else answer

    # Mutations ------------------------------------------------------------------------------------------

    async def _mutation(self, operations: Operations, operation: Operation, run: Run, shape: Any) -> bytes:
        members: list[bytes] = []
        errors: list[dict[str, Any]] = []
        for key, nodes in operation.root(run.variables).items():
            if nodes[0].name.value == "__typename":
                members.append(member(key, b'"Mutation"'))
                continue
            field = MutationField(self._host, operations, operation, run, shape, key, nodes)
            shown = b"null"
            try:
                shown = await field.execute()
            except Failure as error:
                errors.append(field_error(error, key))
            except REFUSED as error:
                errors.extend({**each, "path": [key]} for each in refusal(error).errors)
            except AWAY as error:
                logger.warning("mutation %s lost the database: %s", nodes[0].name.value, error)
                errors.append(field_error(Unavailable(LOOK_FIRST), key))
            except Exception:
                logger.exception("mutation %s failed", nodes[0].name.value)
                errors.append(field_error(Failure(), key))
            members.append(member(key, shown))
            errors.extend(field.errors)
        return response(b"{" + b",".join(members) + b"}", await self.translated(run, errors))

    async def translated(self, run: Run, errors: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Errors in the reader's language."""
        if not errors:
            return errors
        return self._host.messages.errors(errors, await language_for(self._host, run.caller, run.accept))


def _members_of(answer: bytes) -> dict[str, msgspec.Raw]:
    """The members of a JSON object, as they are."""
    return msgspec.json.decode(answer, type=dict[str, msgspec.Raw])


def response(data: bytes, errors: Sequence[Mapping[str, Any]]) -> bytes:
    """A response of GraphQL, as JSON."""
    if not errors:
        return b'{"data":%b}' % data
    return b'{"errors":%b,"data":%b}' % (encode(list(errors)), data)
