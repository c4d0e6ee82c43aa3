"""Steps: the verbs that lead the rows of a noun from state to state.

A table has one column :func:`~homeroom.columns.state`, and its noun says which steps there are::

    ordinary(
        Loan, "laptops.loan",
        steps=(
            Step("return", "Take laptops back.", LoanState.LENT, LoanState.RETURNED, day="returned_on", many=True),
            Step("lose", "Record that a laptop is lost.", LoanState.LENT, LoanState.LOST),
        ), ...
    )

Each is a command like every other verb, with a permission of its own (``laptops.loan.return``). It locks the rows, and
refuses those that are in another state, each by its row (NOT_IN_STATE). No other verb changes the state.
"""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from homeroom.before_writing import ask_before_writing
from homeroom.columns import StateKind, kind_of
from homeroom.errors import ConfigurationError, Problem, Refusal
from homeroom.labels.names import words
from homeroom.refusals import LISTED_TWICE, NOT_IN_STATE, Label

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable

__all__ = ["Step", "state_column", "take_step"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step from state to state.

    Args:
        verb: What is done: the last part of the permission, the first of the mutation.
        about: What it does, for people.
        of: The state, or the states, of rows that it can be done with.
        to: The state of these rows afterwards.
        day: A column that gets the day on which it is done. People do not write it otherwise.
        many: Whether it takes a list of rows, which all take the step or none.

    Raises:
        ConfigurationError: A state is none, as where the arguments are in another order.
    """

    verb: str
    about: str
    of: enum.Enum | Collection[enum.Enum]
    to: enum.Enum
    day: str = ""
    many: bool = False

    def __post_init__(self) -> None:
        states: Collection[Any] = (*self.begins, self.to)
        if isinstance(self.about, enum.Enum) or not all(isinstance(each, enum.Enum) for each in states):
            raise ConfigurationError(f"Step({self.verb!r}, ...) takes what it does, then states before, then one after")

    @property
    def begins(self) -> Collection[enum.Enum]:
        """The states of rows that it can be done with."""
        return (self.of,) if isinstance(self.of, enum.Enum) else self.of


def state_column(table: type[SchoolTable]) -> str:
    """The column of a table that holds the state of a row.

    Raises:
        ConfigurationError: It has none, or several.
    """
    found = [each._meta.db_column_name for each in table._meta.columns if isinstance(kind_of(each), StateKind)]
    if len(found) != 1:
        raise ConfigurationError(f"{table.__name__} needs one column state(...) for its steps; it has {len(found)}")
    return found[0]


async def take_step(
    context: Context,
    table: type[SchoolTable],
    step: Step,
    rows: Collection[UUID],
    *,
    field: str,
    expected_version: int | None = None,
) -> None:
    """Lead rows to the next state. Makes sure of no permission.

    Args:
        context: The command's.
        table: The table of the rows.
        step: The step.
        rows: Their ids.
        field: The input field that names them, for refusals.
        expected_version: The version of the one row that the caller has seen.

    Raises:
        Refusal: Names every row that is listed twice or is in another state.
    """
    column = state_column(table)
    found = await context.fetch(
        f"SELECT id, {column} AS state FROM {table._meta.tablename} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE",
        list(rows),
    )
    states = {each["id"]: each["state"] for each in found}
    begins = {each.value for each in step.begins}
    problems: list[Problem] = []
    seen: set[UUID] = set()
    for place, row in enumerate(rows):
        at = place if step.many else None
        if row in seen:
            problems.append(Problem(LISTED_TWICE, field, at))
        elif states[row] not in begins:
            problems.append(Problem(NOT_IN_STATE, field, at, state=Label(words(states[row]))))
        seen.add(row)
    if problems:
        raise Refusal.of(problems)
    state = {column: step.to.value}
    await ask_before_writing(context, table._meta.tablename, list(rows), [state], field)
    changes: dict[str, Any] = {**state, **({step.day: context.today} if step.day else {})}
    # Asked about the state alone: the day of a step is a part of it, and nothing that people have seen before.
    written = context.rows(table, asks=False)
    if step.many:
        await written.update_many([{"id": row, **changes} for row in rows])
        return
    for row in rows:
        await written.update(row, changes, expected_version=expected_version, field=field)
