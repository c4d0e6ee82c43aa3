"""What is wrong with a bundle: each fault with its file, line and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Problem", "RosterRejected"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of one cell, line or file.

    Args:
        file: name of the file inside the bundle; empty for the bundle itself.
        line: line of the file, 1 is the header; 0 for the file as a whole.
        column: header of the column; empty for the line as a whole.
        code: stable word: ``missing_file``, ``missing_column``, ``not_utf8``, ``missing_value``,
            ``bad_date``, ``bad_boolean``, ``bad_word``, ``duplicate``, ``unknown_reference``, and so on.
        reason: a sentence for the person who repairs the file.
    """

    file: str
    line: int
    column: str
    code: str
    reason: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}"
        if self.column:
            place += f" [{self.column}]"
        return f"{place}: {self.reason}" if place else self.reason


class RosterRejected(ValueError):  # noqa: N818 it says what happened
    """A bundle that cannot be read.  `problems` holds every fault that was found, in order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "; ".join(str(problem) for problem in self.problems[:3])
        more = len(self.problems) - 3
        super().__init__(shown + (f"; and {more} more" if more > 0 else ""))
