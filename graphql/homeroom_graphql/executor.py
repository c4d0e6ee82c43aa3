"""Executing operations: a query is one statement, a mutation one transaction per field."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import graphql
import msgspec

from homeroom.audit import PARAMETERS
from homeroom.commands import RESERVED
from homeroom.database.connection import AWAY
from homeroom.errors import Failure, Forbidden, Problem, Refusal, Unavailable
from homeroom.requests import note_operation
from homeroom_graphql.compiler import Compiler
from homeroom_graphql.limits import Limits
from homeroom_graphql.novelty import Novelty
from homeroom_graphql.operations import Operation, Operations, RequestError
from homeroom_graphql.plans import Plan, Run, SeenRows
from homeroom_graphql.refusals import REFUSED, refusal
from homeroom_graphql.requests import BadRequest
from homeroom_graphql.rights import INTROSPECT
from homeroom_graphql.schema import payload_field
from homeroom_graphql.schemas import known_operations, operations_of
from homeroom_graphql.selections import collect
from homeroom_graphql.sensitive import note, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.callers import Caller
    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.host import Host

__all__ = ["Executor", "Prepared", "response"]

logger = logging.getLogger(__name__)

_encode = msgspec.json.Encoder(uuid_format="canonical").encode


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


class Executor:
    """Executes operations for one host.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.limits = Limits.of(host.settings)
        self._novelty = Novelty(host.settings.graphql_new_documents)

    async def execute(
        self,
        caller: Caller,
        query: str,
        variables: Mapping[str, Any],
        operation_name: str | None = None,
        *,
        writes: bool = True,
        purpose: str | None = None,
    ) -> bytes:
        """The response to one operation, as JSON.

        Args:
            caller: Who asks.
            query: The document.
            variables: JSON values.
            operation_name: Which operation of the document; not needed if there is but one.
            writes: Whether mutations are allowed, which they are not by GET.
            purpose: Why the caller looks at what is sensitive, for the audit.

        Raises:
            RequestError: The operation was not executed at all.
            BadRequest: A mutation where there may be none.
        """
        operations, operation, run, shape = await self.prepare(caller, query, variables, operation_name)
        run.purpose = purpose
        name = operation.definition.name
        note_operation(operation.kind, name.value if name else "")
        if not writes and operation.kind != "query":
            raise BadRequest.of("send it by POST", "METHOD_NOT_ALLOWED", status=405, headers=((b"allow", b"POST"),))
        try:
            if operation.kind == "query":
                return await self._query(operations, operation, run, shape, variables)
            if operation.kind == "mutation":
                return await self._mutation(operations, operation, run, shape)
        except REFUSED as error:
            self._novelty.refused(caller.account, query)
            raise refusal(error) from None
        raise RequestError.of("subscriptions come over a WebSocket", "OPERATION_NOT_SUPPORTED")

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
            raise RequestError.of("the variables are nested too deeply", "TOO_COMPLEX") from None
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
            context=self._host.database.signer.sign(caller.space.id),
            now=now,
            today=now.astimezone(caller.space.time_zone).date(),
        )

    # Queries --------------------------------------------------------------------------------------------

    async def _query(
        self, operations: Operations, operation: Operation, run: Run, shape: Any, raw: Mapping[str, Any]
    ) -> bytes:
        key = (run.caller.access.key, shape)
        plan = operation.plans.get(key)
        if plan is None:
            self._novelty.charge(run.caller.account, "")
            root = operation.root(run.variables)
            introspected = [k for k, nodes in root.items() if nodes[0].name.value in ("__schema", "__type")]
            if introspected:
                if INTROSPECT not in run.caller.access.commands:
                    raise RequestError.of("you may not ask for the schema itself", "FORBIDDEN", status=403)
                return await self._with_introspection(operations, operation, run, root, introspected, raw)
            compiler = Compiler(operations, run.caller.access, operation.fragments, run.variables)
            plan = compiler.query(root, _viewer)
            operation.remember(key, plan)
        return response(await self._read(plan, run), plan.errors)

    async def _read(self, plan: Plan, run: Run) -> bytes:
        return await read(self._host, plan, run)

    async def _with_introspection(
        self,
        operations: Operations,
        operation: Operation,
        run: Run,
        root: dict[str, list[FieldNode]],
        introspected: Sequence[str],
        raw: Mapping[str, Any],
    ) -> bytes:
        """graphql-core answers what is asked of the schema itself, the compiler the rest."""
        result = operation.about_schema
        if result is None:
            document = operation.asking([node for key in introspected for node in root[key]])
            answer = graphql.execute(operations.schema, document, variable_values=dict(raw))
            assert isinstance(answer, graphql.ExecutionResult)
            result = answer
            if not operation.variables:  # a schema does not change, and tools ask for all of it
                operation.about_schema = result
        about_schema = result.data or {}
        rest = {key: nodes for key, nodes in root.items() if key not in introspected}
        compiler = Compiler(operations, run.caller.access, operation.fragments, run.variables)
        plan = compiler.query(rest, _viewer)
        shown = await self._read(plan, run) if rest else b"{}"
        merged = {
            key: msgspec.Raw(_encode(about_schema.get(key))) if key in introspected else msgspec.Raw(_encode(value))
            for key, value in {**dict.fromkeys(root), **msgspec.json.decode(shown)}.items()
        }
        errors = [dict(error.formatted) for error in result.errors or ()]
        return response(_encode(merged), [*plan.errors, *errors])

    # Mutations ------------------------------------------------------------------------------------------

    async def _mutation(self, operations: Operations, operation: Operation, run: Run, shape: Any) -> bytes:
        members: list[bytes] = []
        errors: list[dict[str, Any]] = []
        for key, nodes in operation.root(run.variables).items():
            if nodes[0].name.value == "__typename":
                members.append(_member(key, b'"Mutation"'))
                continue
            field = _MutationField(self._host, operations, operation, run, shape, key, nodes)
            member = b"null"
            try:
                member = await field.execute()
            except Failure as error:
                errors.append(_field_error(error, key))
            except REFUSED as error:
                errors.extend({**each, "path": [key]} for each in refusal(error).errors)
            except AWAY as error:
                logger.warning("mutation %s lost the database: %s", nodes[0].name.value, error)
                errors.append(_field_error(Unavailable("look whether this was done, and try again"), key))
            except Exception:
                logger.exception("mutation %s failed", nodes[0].name.value)
                errors.append(_field_error(Failure("internal error"), key))
            members.append(_member(key, member))
            errors.extend(field.errors)
        return response(b"{" + b",".join(members) + b"}", errors)


class _MutationField:
    """One root field of a mutation: a command, and what its payload shows."""

    def __init__(
        self,
        host: Host,
        operations: Operations,
        operation: Operation,
        run: Run,
        shape: Any,
        key: str,
        nodes: list[FieldNode],
    ) -> None:
        self._host = host
        self._operations = operations
        self._operation = operation
        self._run = run
        self._shape = shape
        self._key = key
        self._nodes = nodes
        self.errors: list[dict[str, Any]] = []

    async def execute(self) -> bytes:
        """Run the command; its payload as JSON."""
        run, node = self._run, self._nodes[0]
        command, coerce = self._operations.commands[node.name.value]
        if command.name not in run.caller.access.commands:
            raise Forbidden(f"you may not run {command.name} here")
        given, coerced = self._operations.arguments.input("Mutation", node, run.variables)
        arguments = dict(given if coerced else coerce(given))
        of_call = {name: arguments.pop(name, None) for name in RESERVED}
        sets = [each.selection_set for each in self._nodes if each.selection_set]
        payload_type = f"{command.field[0].upper()}{command.field[1:]}Payload"
        fields = collect(sets, payload_type, frozenset(), self._operation.fragments, run.variables)
        plans = self._plans(command, fields)

        async def answer(context: Context, result: Any) -> dict[str, bytes]:
            run.ids = result
            shown: dict[str, bytes] = {}
            for key, plan in plans.items():
                # The first plan's placeholders follow the audit's: they share a statement and a round trip.
                if shown:
                    text = await context.fetchval(plan.sql, *plan.arguments(run))
                else:
                    text = await context.answer(plan.sql, plan.arguments(run))
                seen = SeenRows(asked=plan.asked)
                shown[key] = plan.complete(text, seen)
                if plan.noted:
                    await note(context.transaction, run, seen)
            return shown

        try:
            shown = await self._host.run(run.caller, command, arguments, answer=answer, **of_call)
        except Refusal as refusal:
            return self._payload(payload_type, fields, {}, refusal.problems)
        for plan in plans.values():
            self.errors.extend({**error, "path": [self._key, *error["path"]]} for error in plan.errors)
        return self._payload(payload_type, fields, shown, ())

    def _plans(self, command: Command, fields: Mapping[str, list[FieldNode]]) -> dict[str, Plan]:
        """The plans of the payload's rows: one for each response key that asks for them."""
        variant, run = self._operations.variant, self._run
        name = payload_field(command, variant)
        plans: dict[str, Plan] = {}
        for key, nodes in fields.items():
            if nodes[0].name.value != name:
                continue
            cache_key = (run.caller.access.key, self._shape, self._key, key)
            plan = self._operation.plans.get(cache_key)
            if plan is None:
                taken = 0 if plans else PARAMETERS
                compiler = Compiler(
                    self._operations, run.caller.access, self._operation.fragments, run.variables, taken
                )
                resource = variant.resources[str(command.returns)]
                plan = compiler.payload(resource, nodes, key, many=command.many)
                self._operation.remember(cache_key, plan)
            plans[key] = plan
        return plans

    def _payload(
        self,
        payload_type: str,
        fields: Mapping[str, list[FieldNode]],
        shown: Mapping[str, bytes],
        problems: Sequence[Problem],
    ) -> bytes:
        members: list[bytes] = []
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                members.append(_member(key, f'"{payload_type}"'.encode()))
            elif name == "errors":
                members.append(_member(key, self._problems(nodes, problems)))
            elif key in shown:
                members.append(shown[key][1:-1])
            else:
                members.append(_member(key, b"null"))
        return b"{" + b",".join(members) + b"}"

    def _problems(self, nodes: Sequence[FieldNode], problems: Sequence[Problem]) -> bytes:
        sets = [node.selection_set for node in nodes if node.selection_set]
        fields = collect(sets, "UserError", frozenset(), self._operation.fragments, self._run.variables)
        shown = [
            {
                key: "UserError" if each[0].name.value == "__typename" else getattr(problem, each[0].name.value)
                for key, each in fields.items()
            }
            for problem in problems
        ]
        return _encode(shown)


def _viewer(run: Run, wanted: Mapping[str, Any]) -> str:
    """The viewer as JSON: ``wanted`` is response key to (field, selection)."""
    caller = run.caller
    space = caller.space
    about_space = {
        "__typename": "Space",
        "slug": space.slug,
        "name": space.name,
        "kind": space.kind,
        "region": space.region,
        "timeZone": space.time_zone.key,
        "locale": space.locale,
        "plugins": sorted(space.plugins),
    }
    about = {
        "__typename": "Viewer",
        "login": caller.login,
        "roles": sorted(caller.roles),
        "commands": sorted(caller.access.commands),
    }
    made = {
        key: {inner: about_space[name] for inner, (name, _) in selection.items()} if field == "space" else about[field]
        for key, (field, selection) in wanted.items()
    }
    return _encode(made).decode()


def _field_error(error: Failure, key: str) -> dict[str, Any]:
    return {"message": str(error), "path": [key], "extensions": {"code": error.code}}


def _member(key: str, value: bytes) -> bytes:
    """One member of a JSON object. A response key is a GraphQL name: it needs no escape."""
    return b'"%b":%b' % (key.encode(), value)


def response(data: bytes, errors: Sequence[Mapping[str, Any]]) -> bytes:
    """A response of GraphQL, as JSON."""
    if not errors:
        return b'{"data":%b}' % data
    return b'{"errors":%b,"data":%b}' % (_encode(list(errors)), data)
