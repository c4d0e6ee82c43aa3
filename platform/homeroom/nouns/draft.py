"""The rows that a verb is about to write, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from homeroom.errors import Problem, Refusal
from homeroom.refusals import LISTED_TWICE, Code

__all__ = ["Draft", "DraftRow"]


class DraftRow:
    """A row as it will be, with its columns as attributes. A new row has the ``id`` None."""

    __slots__ = ("_columns",)

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = columns

    def __getattr__(self, column: str) -> Any:
        try:
            return self._columns[column]
        except KeyError:
            if column == "id":
                return None
            raise AttributeError(f"the row has no column {column}") from None


class Draft:
    """The rows that a verb is about to write, as they will be.

    Iterating gives those rows that are right so far, each with its columns as attributes: ``row.building_id``.

    Args:
        given: For each row, argument to value.
        stored: For each row, the columns that it has already; empty for a new one.
        listed: Whether the rows are those of a list in the input, so that a refusal names each.
        common: Arguments that hold for every row, and are no part of the rows in the input.
        called: What the input calls arguments, or its list ``rows``, if it calls them otherwise.
    """

    def __init__(
        self,
        given: Sequence[Mapping[str, Any]],
        stored: Sequence[Mapping[str, Any]] = (),
        *,
        listed: bool = False,
        common: frozenset[str] = frozenset(),
        called: Mapping[str, str] | None = None,
    ) -> None:
        self.given = given
        self.stored = stored
        #: Column to value of each row, as they are written.
        self.values: list[dict[str, Any]] = [{} for _ in given]
        self.problems: list[Problem] = []
        self.listed = listed
        self.common = common
        self.called = called or {}
        self._wrong: set[int] = set()

    def __getitem__(self, column: str) -> list[Any]:
        """The values that a column will have in any row, each once, without NULL."""
        return list({value: None for _, row in self.rows() if (value := row.get(column)) is not None})

    def __iter__(self) -> Iterator[DraftRow]:
        return (DraftRow(row) for _, row in self.rows())

    def rows(self) -> list[tuple[int, Mapping[str, Any]]]:
        """The rows that are right so far, each with its place in the input."""
        return [(place, row) for place, row in enumerate(self.all_rows()) if place not in self._wrong]

    def all_rows(self) -> Sequence[Mapping[str, Any]]:
        """All rows; what is wrong may be missing in them."""
        if not self.stored:
            return self.values
        return [{**stored, **values} for stored, values in zip(self.stored, self.values, strict=True)]

    def refuse(self, code: Code, argument: str, /, *, where: Callable[[DraftRow], bool], **values: Any) -> None:
        """Refuse the rows of which a condition holds.

        Args:
            code: What is wrong.
            argument: The name of the argument that is wrong.
            where: Whether a row is wrong.
            values: What the text of the code names in braces.
        """
        for place, row in self.rows():
            if where(DraftRow(row)):
                self.problem(place, code, argument, **values)

    def refuse_listed_twice(self, argument: str) -> None:
        """Refuse rows that give the same value of an argument as a row before them (LISTED_TWICE).

        Args:
            argument: The name of the argument, of a row; every row has its column.
        """
        seen: set[Any] = set()
        for place, row in self.rows():
            value = row.get(f"{argument}_id", row.get(argument))
            if value in seen:
                self.problem(place, LISTED_TWICE, argument)
            seen.add(value)

    def problem(self, place: int, code: Code, argument: str, /, **values: Any) -> None:
        """Note what is wrong with one row.

        Args:
            place: The row's place in the input.
            code: What is wrong.
            argument: The name of the argument.
            values: What the text of the code names in braces.
        """
        self._wrong.add(place)
        field = self.called.get(argument, argument)
        if self.listed and argument not in self.common:
            self.problems.append(Problem(code, f"{self.called.get('rows', 'rows')}.{field}", place, **values))
        elif (made := Problem(code, field, **values)) not in self.problems:
            self.problems.append(made)

    def raise_problems(self) -> None:
        """Raise a Refusal that names everything that is wrong, in the order of the rows, if anything is."""
        if self.problems:
            raise Refusal.of(sorted(self.problems, key=lambda each: -1 if each.row is None else each.row))
