"""What one operation may ask for at most, counted while it is compiled: a bound on the statement and on its answer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from homeroom_graphql.limits import TooComplex

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_DEPTH", "MAX_FIELDS", "MAX_FILTER_LEVELS", "MAX_FILTER_RELATIONS", "Budget"]

#: Fields of one operation after fragments are resolved; a bound on the length of the statement.
MAX_FIELDS = 2_000
MAX_DEPTH = 15
#: Rows that an operation may give at most, were every list as long as its page.
MAX_ROWS = 10_000_000
#: Conditions within conditions in one filter, and relations within relations.
MAX_FILTER_LEVELS = 20
MAX_FILTER_RELATIONS = 4


class Budget:
    """Counts what an operation asks for. Every method raises TooComplex beyond its bound."""

    def __init__(self) -> None:
        self._fields = 0
        self._rows = 1
        self._filter_levels = 0
        self._filter_relations = 0

    def field(self) -> None:
        """Count a field or a condition."""
        self._fields += 1
        if self._fields > MAX_FIELDS:
            raise TooComplex(f"the query asks for more than {MAX_FIELDS} fields and conditions")

    def level(self, steps: int) -> None:
        """Allow an object that many steps of response keys and list elements deep."""
        if steps > 4 * MAX_DEPTH:
            raise TooComplex(f"the query is deeper than {MAX_DEPTH} levels")

    @contextlib.contextmanager
    def page_of(self, size: int) -> Iterator[None]:
        """The block compiles what is asked of each row of a page."""
        outer = self._rows
        self._rows = outer * max(size, 1)
        if self._rows > MAX_ROWS:
            raise TooComplex(f"the query asks for more than {MAX_ROWS} rows: ask for shorter pages, or less deep")
        try:
            yield
        finally:
            self._rows = outer

    @contextlib.contextmanager
    def filter_level(self, *, relation: bool = False) -> Iterator[None]:
        """The block compiles a filter, or one through a relation."""
        self._filter_levels += 1
        self._filter_relations += relation
        if self._filter_levels > MAX_FILTER_LEVELS:
            raise TooComplex(f"a filter is at most {MAX_FILTER_LEVELS} levels deep")
        if self._filter_relations > MAX_FILTER_RELATIONS:
            raise TooComplex(f"a filter follows at most {MAX_FILTER_RELATIONS} relations")
        try:
            yield
        finally:
            self._filter_levels -= 1
            self._filter_relations -= relation
