"""Subscriptions: rows that somebody is shown again whenever an event has touched them.

A plugin declares which of its events concern which rows. It never sends a value: for each listener the row is read
again, as far as that person may see it at that moment, by the same rules as in a query.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

__all__ = ["Subscription", "values_of"]


@dataclasses.dataclass(frozen=True, slots=True)
class Subscription:
    """A root field of the schema's ``Subscription`` type.

    Args:
        field: Its name in GraphQL, a happening: ``marksEntered``.
        event: The dotted name of the event that it tells of; see :class:`homeroom.commands.Event`.
        resource: The resource whose rows are shown. To see them is all the right that one needs.
        rows: The ids of the rows that an event has touched; see :func:`values_of`.
        description: For the schema.
        about: Arguments by which a listener asks for part of the events: the name of an event's value, which is an id,
            to the resource whose id it is. Each is optional, and in GraphQL in camel case.
        accounts: Whose the rows are, one account for each row in their order, where nobody else may see them: then an
            event costs nothing for the other listeners. By default every listener's rights are looked at.
    """

    field: str
    event: str
    resource: str
    rows: Callable[[Mapping[str, Any]], Iterable[UUID]]
    description: str
    about: Mapping[str, str] = dataclasses.field(default_factory=dict)
    accounts: Callable[[Mapping[str, Any]], Iterable[UUID]] | None = None

    @property
    def plain_document(self) -> str:
        """A document that asks only which rows were touched, about all that may be asked for."""
        from homeroom.resources import camel_case

        names = [camel_case(name) for name in self.about]
        declared = f"({', '.join(f'${name}: ID' for name in names)})" if names else ""
        given = f"({', '.join(f'{name}: ${name}' for name in names)})" if names else ""
        return f"subscription{declared} {{ {self.field}{given} {{ id }} }}"


def values_of(name: str) -> Callable[[Mapping[str, Any]], Sequence[UUID]]:
    """The rows that stand under a name among an event's values: one id, or a list of them."""

    def rows(values: Mapping[str, Any]) -> Sequence[UUID]:
        found = values[name]
        return (found,) if isinstance(found, UUID) else found

    return rows
