"""What is wrong with a file: each fault with its file, line and column."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from homeroom.errors import Problem, Refusal
from homeroom.reading.refusals import PLACED
from homeroom.refusals import MORE_PROBLEMS, Code
from homeroom.wording import Message, english

__all__ = ["MOST_LISTED", "Fault", "Faults", "FileRefused", "refuse", "refusing", "shown"]

#: Faults that an answer lists; one more says how many there are in all.
MOST_LISTED: Final = 100
#: Faults that are kept while a file is read, so that the first of them can be listed in the order of the file.
_MOST_KEPT: Final = 10 * MOST_LISTED
#: Faults with which reading ends: a file with so many is of another kind, or hostile.
_MOST_COUNTED: Final = 10_000
_LONGEST_NAME: Final = 100


class Fault:
    """One fault of one cell, line or file.

    Args:
        file: Name of the file; empty for the bundle that it came in.
        line: Line of the file, 1 is the header; 0 for the file as a whole.
        column: Header of the column; empty for the line as a whole.
        code: One of :mod:`homeroom.reading.refusals`, or of the plugin that reads the file.
        values: What the text of the code names in braces: texts, labels, numbers, dates and lists of texts. They pass
            from the process that reads to the one that asked.
    """

    __slots__ = ("code", "column", "file", "line", "values")

    def __init__(self, file: str, line: int, column: str, code: Code, /, **values: Any) -> None:
        self.file = shown(file, _LONGEST_NAME)
        self.line = line
        self.column = shown(column, _LONGEST_NAME)
        self.code = code
        self.values: Mapping[str, Any] = values

    @classmethod
    def of(cls, file: str, line: int, column: str, message: Message) -> Fault:
        """A fault from a message."""
        return cls(file, line, column, message.code, **message.values)

    @property
    def reason(self) -> str:
        """The text of the code in English, for logs."""
        return english(self.code, self.values)

    @property
    def place(self) -> str:
        """File, line and column as people read them; empty for the bundle."""
        place = self.file
        if self.line:
            place += f":{self.line}"
        if self.column:
            place += f" [{self.column}]"
        return place

    def problem(self, field: str | None = None) -> Problem:
        """The same for a command: the text names file, line and column, ``row`` is the line,
        ``column`` the header.

        Args:
            field: The input that the file came in.
        """
        if not self.place:
            return Problem(self.code, field, **self.values)
        problem = Message(self.code, self.values)
        code = self.code.with_text(PLACED.text)
        made = Problem(code, field, self.line or None, place=self.place, problem=problem)
        return made.in_column(self.column)

    def in_column(self, column: str) -> Fault:
        """The same fault in another column."""
        return Fault(self.file, self.line, column, self.code, **self.values)

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason

    def __repr__(self) -> str:
        return f"Fault({self.file!r}, {self.line}, {self.column!r}, {str(self.code)!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fault):
            return NotImplemented
        return (*self.order, self.code.text, self.values) == (*other.order, other.code.text, other.values)

    def __hash__(self) -> int:
        return hash(self.order)

    @property
    def order(self) -> tuple[str, int, str, str]:
        """By what faults are sorted: file, line, column, code."""
        return self.file, self.line, self.column, self.code


class FileRefused(ValueError):  # noqa: N818 - it is an answer, not an accident
    """A file that cannot be read.

    Args:
        faults: What was found, in the order of the files. At most :data:`MOST_LISTED` of them are kept, and one more
            that gives their number.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        counted = len(faults) == MOST_LISTED + 1 and faults[-1].code == MORE_PROBLEMS
        listed = list(faults[: MOST_LISTED + counted])
        total = faults.total if isinstance(faults, Faults) else len(faults)
        if total > len(listed):
            listed.append(Fault("", 0, "", MORE_PROBLEMS, total=total, listed=len(listed)))
        self.problems = tuple(listed)
        first = "; ".join(str(each) for each in listed[:3])
        more = total - 3
        super().__init__(first + (f"; and {more} more" if more > 0 else ""))

    def refusal(self, field: str) -> Refusal:
        """The same for a command: the text names file, line and column, ``row`` is the line,
        ``column`` the header.

        Args:
            field: The input that the file came in.
        """
        return Refusal.of([each.problem(field) for each in self.problems])


def refuse(faults: Sequence[Fault]) -> None:
    """Raise FileRefused where there are faults.

    Args:
        faults: What was found.
    """
    if faults:
        raise FileRefused(faults)


@contextlib.contextmanager
def refusing(field: str) -> Iterator[None]:
    """Turn the FileRefused of a block into the refusal of a command.

    Args:
        field: The input that the file came in.
    """
    try:
        yield
    except FileRefused as fault:
        raise fault.refusal(field) from None


class Faults(list[Fault]):
    """The faults of a file while it is read: some are kept, all are counted.

    ``total`` tells whether something was added since; the length does not, once enough are kept.
    """

    def __init__(self, faults: Iterable[Fault] = (), total: int = 0) -> None:
        super().__init__(faults)
        self.total = total or len(self)

    def append(self, fault: Fault, /) -> None:
        """Count a fault, and keep it if few are kept. Raises FileRefused where reading on is no use."""
        self.total += 1
        if self.total > _MOST_COUNTED:
            raise FileRefused(self)
        if len(self) < _MOST_KEPT:
            super().append(fault)

    def extend(self, faults: Iterable[Fault], /) -> None:
        """Count faults, and keep them if few are kept."""
        for each in faults:
            self.append(each)

    def ordered(self, key: Any = None) -> Faults:
        """The same in another order, by default that of files, lines and columns."""
        return Faults(sorted(self, key=key or (lambda each: each.order)), self.total)


def shown(value: str, longest: int = 60) -> str:
    """A value of a file as a message may show it: short, and on one line."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in value[: longest + 1])
    return plain if len(value) <= longest else f"{plain[: longest - 1]}…"
