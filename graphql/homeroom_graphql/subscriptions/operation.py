"""A subscription as it was asked for: its rows shown by a plan that is made once for each access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.errors import Forbidden
from homeroom.resources import camel_case
from homeroom_graphql.compiler import Compiler
from homeroom_graphql.executor import response
from homeroom_graphql.inputs import BadInput, decode_id
from homeroom_graphql.plans import plan_key
from homeroom_graphql.refusals import ID_OF_EXPECTED, NOT_READABLE, NOTHING_LEFT
from homeroom_graphql.request_errors import REFUSED, refusal
from homeroom_graphql.sensitive import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode

    from homeroom.callers import Caller
    from homeroom.host import Host
    from homeroom.subscriptions import Subscription
    from homeroom_graphql.executor import Executor, Prepared
    from homeroom_graphql.plans import Plan

__all__ = ["Shown", "subscription_of"]


class Shown:
    """What a subscription shows.

    Args:
        prepared: The operation with its variables.
        subscription: The field.
        key: Its response key.
        nodes: Its merged nodes.
        about: The ids that it was asked about.
    """

    def __init__(
        self,
        prepared: Prepared,
        subscription: Subscription,
        key: str,
        nodes: Sequence[FieldNode],
        about: Mapping[str, UUID],
    ) -> None:
        self.subscription = subscription
        self.about = about
        self.key = key
        self._prepared = prepared
        self._nodes = nodes

    def plan(self, caller: Caller) -> Plan:
        """The plan that shows one row to a caller.

        Raises:
            Forbidden: There is no row that the caller may see.
            BadInput, TooComplex: It cannot be made.
        """
        resource = self.subscription.resource
        if resource not in caller.access.resources:
            raise Forbidden(NOT_READABLE, name=resource)
        operations, operation, run = self._prepared.operations, self._prepared.operation, self._prepared.run
        cache_key = (*plan_key(caller), self._prepared.shape, "subscription")
        plan = operation.plans.get(cache_key)
        if plan is None:
            compiler = Compiler(operations, caller.access, caller.space.logged, operation.fragments, run.variables)
            plan = compiler.payload(operations.variant.resources[resource], self._nodes, self.key, many=False)
            operation.remember(cache_key, plan)
        return plan

    async def show(self, host: Host, executor: Executor, caller: Caller, row: UUID) -> bytes | None:
        """A row as a response, or none if the caller does not see it.

        Args:
            host: The host.
            executor: Of the operation.
            caller: Who listens, with their rights as of now.
            row: The row's id.

        Raises:
            Forbidden: The caller sees no row of this kind any more.
            RequestError: It cannot be shown.
        """
        try:
            plan = self.plan(caller)
            run = executor.run_of(caller, self._prepared.run.variables)
            run.accept = self._prepared.run.accept
            run.ids = row
            data = await read(host, plan, run)
        except REFUSED as error:
            raise refusal(error) from None
        return (
            None
            if data == b'{"%b":null}' % self.key.encode()
            else response(data, await executor.translated(run, plan.errors))
        )


def subscription_of(prepared: Prepared) -> Shown:
    """The subscription that an operation asks for. Raises BadInput."""
    root = prepared.operation.root(prepared.run.variables)
    if not root:
        raise BadInput(NOTHING_LEFT)
    ((key, nodes),) = root.items()
    subscription = prepared.operations.variant.subscriptions[nodes[0].name.value]
    given: Mapping[str, Any] = prepared.operations.arguments.of("Subscription", nodes[0], prepared.run.variables)
    about: dict[str, UUID] = {}
    for name, resource in subscription.about.items():
        argument = given.get(camel_case(name))
        if argument is None or argument.now is None:
            continue
        found = decode_id(str(argument.now), resource)
        if found is None:
            raise BadInput(ID_OF_EXPECTED, resource=resource).at(camel_case(name))
        about[name] = found
    return Shown(prepared, subscription, key, nodes, about)
