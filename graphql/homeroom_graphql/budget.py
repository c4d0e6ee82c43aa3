"""What one operation asks for, counted while it is compiled: a bound on the statement and on its answer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from homeroom_graphql.inputs import BadInput
from homeroom_graphql.limits import TooComplex
from homeroom_graphql.refusals import COST, FIELDS, FILTER_LEVELS, FILTER_RELATIONS, PAGE_LENGTH, TOO_MANY_IDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from homeroom_graphql.limits import Limits

__all__ = ["MAX_FILTER_LEVELS", "MAX_FILTER_RELATIONS", "Budget", "Size"]

#: Conditions within conditions in one filter, and relations within relations.
MAX_FILTER_LEVELS = 20
MAX_FILTER_RELATIONS = 4


class Size(Protocol):
    """Where the length of a page comes from."""

    @property
    def variable(self) -> str | None:
        """The variable, or none for a literal."""

    def get(self, variables: Mapping[str, Any]) -> Any:
        """The length in an execution."""


class Budget:
    """Counts what an operation asks for. Every method raises TooComplex beyond its bound.

    Args:
        limits: The bounds.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._fields = 0
        self._cost = 0
        self._rows = 1
        #: The pages around what is compiled: the product of their literal lengths, and those that variables give.
        self._around: tuple[int, tuple[Size, ...]] = (1, ())
        self._terms: dict[tuple[Size, ...], int] = {}
        self._filter_levels = 0
        self._filter_relations = 0

    def field(self) -> None:
        """Count a field or a condition."""
        self._fields += 1
        if self._fields > self._limits.fields:
            raise TooComplex(FIELDS, most=self._limits.fields)

    def object(self, count: int = 1) -> None:
        """Count an object of the answer, or so many, once for each row that it may stand in."""
        self._cost += self._rows * count
        literal, variable = self._around
        self._terms[variable] = self._terms.get(variable, 0) + literal * count
        self._judge(self._cost)

    @property
    def cost(self) -> Callable[[Mapping[str, Any]], None] | None:
        """Judges the cost for the variables of another execution; none if no variable has a say in it.

        What it gives raises TooComplex.
        """
        if not any(self._terms):
            return None
        terms = [(literal, [each.get for each in variable]) for variable, literal in self._terms.items()]

        def judge(variables: Mapping[str, Any]) -> None:
            cost = 0
            for literal, lengths in terms:
                rows = literal
                for length in lengths:
                    rows *= max(length(variables), 1)
                cost += rows
            self._judge(cost)

        return judge

    def _judge(self, cost: int) -> None:
        if cost > self._limits.cost:
            raise TooComplex(COST, most=self._limits.cost)

    def page(self, usual: int | None = None) -> int:
        """The length of a page of which nothing is said: the usual one, or the longest there may be."""
        return self._limits.page if usual is None else min(usual, self._limits.page)

    def page_size(self, value: Any) -> int:
        """The length of a page as it was asked for. Raises BadInput."""
        if type(value) is not int or not 0 <= value <= self._limits.page:
            raise BadInput(PAGE_LENGTH, most=self._limits.page)
        return value

    def list_size(self, size: int) -> None:
        """Refuse a list of ids that is longer than a page. Raises BadInput."""
        if size > self._limits.page:
            raise BadInput(TOO_MANY_IDS, most=self._limits.page)

    @contextlib.contextmanager
    def page_of(self, size: int, given: Size | None = None) -> Iterator[None]:
        """The block compiles what is asked of each row of a page.

        Args:
            size: Its length as the plan is made.
            given: Where that comes from, if it was asked for.
        """
        outer, around = self._rows, self._around
        self._rows = outer * max(size, 1)
        if given is not None and given.variable is not None:
            self._around = (around[0], (*around[1], given))
        else:
            self._around = (around[0] * max(size, 1), around[1])
        try:
            yield
        finally:
            self._rows, self._around = outer, around

    @contextlib.contextmanager
    def filter_level(self, *, relation: bool = False) -> Iterator[None]:
        """The block compiles a filter, or one through a relation."""
        self._filter_levels += 1
        self._filter_relations += relation
        if self._filter_levels > MAX_FILTER_LEVELS:
            raise TooComplex(FILTER_LEVELS, most=MAX_FILTER_LEVELS)
        if self._filter_relations > MAX_FILTER_RELATIONS:
            raise TooComplex(FILTER_RELATIONS, most=MAX_FILTER_RELATIONS)
        try:
            yield
        finally:
            self._filter_levels -= 1
            self._filter_relations -= relation
