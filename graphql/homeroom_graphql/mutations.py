"""One root field of a mutation: a command, and what its payload shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.audit import PARAMETERS
from homeroom.commands import RESERVED
from homeroom.errors import Problem, Refusal
from homeroom.messages import language_for
from homeroom_graphql.compiler import Compiler
from homeroom_graphql.json_text import encode, member
from homeroom_graphql.plans import Plan, Run, SeenRows, plan_key
from homeroom_graphql.schema import REMOVED, payload_field
from homeroom_graphql.selections import collect
from homeroom_graphql.sensitive import note
from homeroom_graphql.values import Shower

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.host import Host
    from homeroom_graphql.operations import Operation, Operations

__all__ = ["MutationField"]


class MutationField:
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
        given, coerced = self._operations.arguments.input("Mutation", node, run.variables)
        arguments = dict(given if coerced else coerce(given))
        of_call = {name: arguments.pop(name, None) for name in RESERVED}
        of_call["rehearse"] = rehearse = bool(of_call["rehearse"])
        sets = [each.selection_set for each in self._nodes if each.selection_set]
        payload_type = f"{command.field[0].upper()}{command.field[1:]}Payload"
        fields = collect(sets, payload_type, frozenset(), self._operation.fragments, run.variables)
        plans = self._plans(command, fields)

        left_out: list[Problem] = []
        rehearsed: list[SeenRows] = []

        async def answer(context: Context, result: Any) -> dict[str, bytes]:
            run.ids = result
            left_out.extend(context.problems)
            shown = self._value(command, result, fields) | self._removed(command, arguments, fields)
            for key, plan in plans.items():
                # The first plan's placeholders follow the audit's: they share a statement and a round trip.
                if context.trail.written:
                    text = await context.fetchval(plan.sql, *plan.arguments(run))
                else:
                    text = await context.answer(plan.sql, plan.arguments(run))
                seen = SeenRows(asked=plan.asked)
                shown[key] = plan.complete(text, seen)
                if plan.noted and rehearse:
                    rehearsed.append(seen)
                elif plan.noted:
                    await note(context.transaction, run, seen)
            return shown

        try:
            shown = await self._host.run(run.caller, command, arguments, answer=answer, **of_call)
        except Refusal as refusal:
            return self._payload(payload_type, fields, {}, await self._translated(refusal.problems))
        if rehearsed:  # the transaction that read them is rolled back, and the audit with it
            async with self._host.database.transaction(run.caller.space.id) as transaction:
                for seen in rehearsed:
                    await note(transaction, run, seen)
        for plan in plans.values():
            self.errors.extend({**error, "path": [self._key, *error["path"]]} for error in plan.errors)
        return self._payload(payload_type, fields, shown, await self._translated(left_out))

    async def _translated(self, problems: Sequence[Problem]) -> list[dict[str, Any]]:
        """Problems in the reader's language."""
        if not problems:
            return []
        language = await language_for(self._host, self._run.caller, self._run.accept)
        return [self._host.messages.problem(each, language) for each in problems]

    def _plans(self, command: Command, fields: Mapping[str, list[FieldNode]]) -> dict[str, Plan]:
        """The plans of the payload's rows: one for each response key that asks for them."""
        variant, run = self._operations.variant, self._run
        name = payload_field(command, variant)
        plans: dict[str, Plan] = {}
        for key, nodes in fields.items():
            if nodes[0].name.value != name:
                continue
            cache_key = (*plan_key(run.caller), self._shape, self._key, key)
            plan = self._operation.plans.get(cache_key)
            if plan is None:
                taken = 0 if plans else PARAMETERS
                compiler = Compiler(
                    self._operations,
                    run.caller.access,
                    run.caller.space.logged,
                    self._operation.fragments,
                    run.variables,
                    taken,
                )
                resource = variant.resources[str(command.returns)]
                plan = compiler.payload(resource, nodes, key, many=command.many)
                self._operation.remember(cache_key, plan)
            plans[key] = plan
        return plans

    def _value(self, command: Command, result: Any, fields: Mapping[str, list[FieldNode]]) -> dict[str, bytes]:
        """What the payload shows of a declared value: one for each response key that asks for it."""
        if command.value is None:
            return {}
        shower = Shower(self._operation.fragments, self._run.variables)
        return {
            key: encode({key: shower.show(command.value, result, nodes)})
            for key, nodes in fields.items()
            if nodes[0].name.value == "result"
        }

    def _removed(
        self, command: Command, arguments: Mapping[str, Any], fields: Mapping[str, list[FieldNode]]
    ) -> dict[str, bytes]:
        """The ids of what a command removed: those that it was asked about."""
        if not command.removes:
            return {}
        given = arguments[command.removes]
        ids = [f"{command.removed_resource}_{each}" for each in (given if isinstance(given, list) else [given])]
        return {key: encode({key: ids}) for key, nodes in fields.items() if nodes[0].name.value == REMOVED}

    def _payload(
        self,
        payload_type: str,
        fields: Mapping[str, list[FieldNode]],
        shown: Mapping[str, bytes],
        problems: Sequence[Mapping[str, Any]],
    ) -> bytes:
        members: list[bytes] = []
        for key, nodes in fields.items():
            name = nodes[0].name.value
            if name == "__typename":
                members.append(member(key, f'"{payload_type}"'.encode()))
            elif name == "errors":
                members.append(member(key, self._problems(nodes, problems)))
            elif key in shown:
                members.append(shown[key][1:-1])
            else:
                members.append(member(key, b"null"))
        return b"{" + b",".join(members) + b"}"

    def _problems(self, nodes: Sequence[FieldNode], problems: Sequence[Mapping[str, Any]]) -> bytes:
        sets = [node.selection_set for node in nodes if node.selection_set]
        fields = collect(sets, "UserError", frozenset(), self._operation.fragments, self._run.variables)
        shown = [
            {
                key: "UserError" if each[0].name.value == "__typename" else problem.get(each[0].name.value)
                for key, each in fields.items()
            }
            for problem in problems
        ]
        return encode(shown)
