"""Rows that are open while their person consents, by declaration.

A plugin lists gates among its ``NOUNS``::

    SHOWN = ConsentGate(
        BANK, TalentItem.state, TalentItem.student_id, closed="verified", opened="published", on_opening=tell_family
    )

Rows in the state ``closed`` come to ``opened`` while the person has consented, and back when the consent no longer
holds. Consent that is given, withdrawn or asked for again moves them at once. A command that brings rows to the state
``closed`` calls :meth:`ConsentGate.follow`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from homeroom.privacy.consent_checks import who_consented
from homeroom.privacy.events import CONSENT_LAPSED

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.commands import Event
    from homeroom.context import Context
    from homeroom.privacy.purposes import Purpose

__all__ = ["ConsentGate", "follow_gates"]

#: Does what follows when rows were opened: gets the context and their ids.
Opening = Callable[[Any, Sequence[UUID]], Awaitable[object]]


@dataclass(frozen=True)
class ConsentGate:
    """Rows that are open while their person consents.

    Args:
        purpose: To what the person consents.
        state: The column with the state of a row.
        person: The ``belongs_to`` column that leads to the person.
        closed: The state of a row that waits for consent.
        opened: The state of a row whose person consents.
        on_opening: Does what follows when rows were opened.
    """

    purpose: Purpose
    state: Column
    person: Any
    closed: str
    opened: str
    on_opening: Opening | None = None

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it; see :mod:`homeroom.parts`."""
        return {"consent_gates.CONSENT_GATES": (self,)}

    async def settled(self, context: Context, outcome: Any) -> None:
        """Move the row of a request that has come to its end, for ``settled=`` of a flow."""
        await self.follow(context, rows=[outcome.row])

    async def follow(
        self, context: Context, *, rows: Collection[UUID] | None = None, persons: Collection[UUID] | None = None
    ) -> None:
        """Open the rows whose person consents, and close those whose person does not.

        Args:
            context: A command's, an event's or a job's.
            rows: These alone; None: all.
            persons: Rows of these persons alone; None: of everybody.
        """
        # Where a row comes to the gate while its person answers, the second of the two sees the first.
        lock = "pg_advisory_xact_lock" if rows is None else "pg_advisory_xact_lock_shared"
        name = f"gate {self.purpose.code} {context.space.id}"
        await context.execute(f"SELECT {lock}(hashtextextended($1, 0))", name)
        table: Any = self.state._meta.table
        state, person = self.state._meta.db_column_name, self.person._meta.db_column_name
        found = await context.fetch(
            f"SELECT id, {state} AS state, {person} AS person FROM {table._meta.tablename}"
            f" WHERE {state} IN ($1, $2) AND ($3::uuid[] IS NULL OR id = ANY($3::uuid[]))"
            f" AND ($4::uuid[] IS NULL OR {person} = ANY($4::uuid[])) ORDER BY id FOR UPDATE",
            self.closed,
            self.opened,
            None if rows is None else list(rows),
            None if persons is None else list(persons),
        )
        agreed = await who_consented(context, {row["person"] for row in found}, self.purpose.code)
        wanted = {row["id"]: self.opened if row["person"] in agreed else self.closed for row in found}
        await context.rows(table).update_many([{"id": row, state: value} for row, value in wanted.items()])
        fresh = [row["id"] for row in found if row["state"] == self.closed and wanted[row["id"]] == self.opened]
        if fresh and self.on_opening is not None:
            await self.on_opening(context, fresh)


async def follow_gates(context: Context, event: Event) -> None:
    """Open and close the rows of all gates of a purpose, after an event of consent."""
    everybody = event.name == CONSENT_LAPSED
    for gate in context.host.hooks.collect("consent_gates", only=context.variant.plugins):
        if gate.purpose.code == event.values["purpose"]:
            await gate.follow(context, persons=None if everybody else [event.values["person"]])
