"""Checking at the start that every step of a flow can be reached and decided by somebody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from homeroom.database.connection import AWAY
from homeroom.database.readiness import NO_SPACE

if TYPE_CHECKING:
    from datetime import date

    from homeroom.database.engine import Transaction
    from homeroom.host import Host
    from homeroom.recipients import Recipients
    from homeroom.variants import Variant
    from homeroom_approvals.flows import Flow

__all__ = ["quarantine_broken_flows"]


async def quarantine_broken_flows(host: Host) -> None:
    """Leave out the plugins of flows that name unknown roles or tables, or have SQL that PostgreSQL does not take.

    Args:
        host: The host, its database open.
    """
    for plugin, flows in host.hooks.collect_by_plugin("approval_flows"):
        if plugin not in host.registry.plugins:  # it was left out with another one
            continue
        variant = host.variant(host.registry.with_requirements([plugin]))
        faults = [fault for flow in flows for fault in _faults(flow, variant)]
        if not faults:
            async with host.database.transaction(NO_SPACE, read_only=True) as transaction:
                faults = [
                    fault for flow in flows async for fault in _sql_faults(flow, transaction, host.clock().date())
                ]
        if faults:
            host.quarantine(plugin, "; ".join(faults))


def _faults(flow: Flow, variant: Variant) -> Iterator[str]:
    if flow.table._meta.tablename not in variant.by_table:
        yield f"flow {flow.name}: there is no resource over the table {flow.table._meta.tablename}"
    for step in flow.all_steps.values():
        where = f"flow {flow.name}, step {step.name}"
        if not any(each.sql or each.roles for each in _all(step.by)):
            yield f"{where}: nobody decides it"
        for each in (step.by, step.escalates_to):
            for role in sorted({role for part in _all(each) for role in part.roles} - variant.roles.keys()):
                yield f"{where}: there is no role {role}"


def _all(recipients: Recipients | None) -> Iterator[Recipients]:
    if recipients is not None:
        yield recipients
        for part in recipients.parts:
            yield from _all(part)


async def _sql_faults(flow: Flow, transaction: Transaction, today: date) -> AsyncIterator[str]:
    """What PostgreSQL refuses in the SQL of a flow, which is run in no school."""
    table, nobody = flow.table._meta.tablename, list[UUID]()
    parts = {"called": flow.called, **{f"step {each.name}, when": each.when for each in flow.all_steps.values()}}
    statements: dict[str, tuple[str, tuple[Any, ...]]] = {
        name: (f"SELECT {sql.replace('{row}', 'r')} FROM {table} r LIMIT 0", ()) for name, sql in parts.items() if sql
    }
    for step in flow.all_steps.values():
        for each in (*_all(step.by), *_all(step.escalates_to)):
            if each.sql:
                statements[f"recipients {each.name}"] = (each.sql, (nobody, today))
    for name, (statement, values) in statements.items():
        try:
            async with transaction.savepoint():
                await transaction.fetch(statement, *values)
        except AWAY:
            raise
        except asyncpg.PostgresError as error:
            yield f"flow {flow.name}, {name}: {error}"
