"""What is wrong with a file: each fault with its file, line and column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeroom.errors import Problem, Refusal

__all__ = ["MOST_LISTED", "Fault", "Faults", "FileRefused", "shown"]

#: Faults that an answer lists; how many there are in all stands in one more.
MOST_LISTED: Final = 100
#: Faults that are kept while a file is read, so that the first of them can be listed in the order of the file.
_MOST_KEPT: Final = 10 * MOST_LISTED
#: Faults with which reading ends: a file with so many is of another kind, or hostile.
_MOST_COUNTED: Final = 10_000
_LONGEST_REASON: Final = 300
_MORE: Final = "more_problems"
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault of one cell, line or file.

    Args:
        file: Name of the file; empty for the bundle that it came in.
        line: Line of the file, 1 is the header; 0 for the file as a whole.
        column: Header of the column; empty for the line as a whole.
        code: Stable word: ``missing_file``, ``missing_column``, ``missing_value``, ``bad_date``, ``bad_value``,
            ``duplicate``, ``unknown_reference``, ``file_too_large``, ``unreadable``, and so on.
        reason: A sentence for the person who repairs the file.
    """

    file: str
    line: int
    column: str
    code: str
    reason: str

    def __str__(self) -> str:
        place = shown(self.file, _LONGEST_NAME)
        if self.line:
            place += f":{self.line}"
        if self.column:
            place += f" [{shown(self.column, _LONGEST_NAME)}]"
        return f"{place}: {self.reason}" if place else self.reason


class FileRefused(ValueError):  # noqa: N818 - it is an answer, not an accident
    """A file that cannot be read.

    Args:
        faults: What was found, in the order of the files. At most :data:`MOST_LISTED` of them are kept, and one more
            that gives their number.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        counted = len(faults) == MOST_LISTED + 1 and faults[-1].code == _MORE
        listed = [_short(each) for each in faults[: MOST_LISTED + counted]]
        total = faults.total if isinstance(faults, Faults) else len(faults)
        if total > len(listed):
            told = f"there are {total:,} faults in all; the first {len(listed)} are listed"
            if total > _MOST_COUNTED:
                told = f"there are more than {_MOST_COUNTED:,} faults; the first {len(listed)} are listed"
            listed.append(Fault("", 0, "", _MORE, told))
        self.problems = tuple(listed)
        first = "; ".join(str(each) for each in listed[:3])
        more = total - 3
        super().__init__(first + (f"; and {more} more" if more > 0 else ""))

    def refusal(self, field: str) -> Refusal:
        """The same for a command: the message gives file, line and column, ``row`` the line, ``column`` the header.

        Args:
            field: The input that the file came in.
        """
        return Refusal.of(
            [
                Problem(each.code.upper(), str(each), field, each.line or None).in_column(each.column)
                for each in self.problems
            ]
        )


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
        """The same in another order."""
        return Faults(sorted(self, key=key), self.total)


def shown(value: str, longest: int = 60) -> str:
    """A value of a file as a message may show it: short, and on one line."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in value[: longest + 1])
    return plain if len(value) <= longest else f"{plain[: longest - 1]}…"


def _short(fault: Fault) -> Fault:
    if len(fault.reason) <= _LONGEST_REASON and len(fault.file) + len(fault.column) <= 2 * _LONGEST_NAME:
        return fault
    return Fault(
        shown(fault.file, _LONGEST_NAME),
        fault.line,
        shown(fault.column, _LONGEST_NAME),
        fault.code,
        shown(fault.reason, _LONGEST_REASON),
    )
