"""Cells that hold no value, though something is written in them."""

from __future__ import annotations

from typing import Final, Self

__all__ = ["NoValue", "plain_cell"]

#: What spreadsheets write where a formula has no result.
_ERRORS: Final = frozenset(
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #BUSY! #UNKNOWN!".split()
)


class NoValue(str):
    """A cell with an error, or a formula without its result: it is not blank, and no value either.

    Args:
        text: What stands there.
        reason: Why it is no value, for a fault.
    """

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        """Make one."""
        made = super().__new__(cls, text)
        made.reason = reason
        return made


def plain_cell(text: str) -> str:
    """A cell of a text file without outer spaces; one that a spreadsheet wrote an error into is :class:`NoValue`."""
    cell = text.strip()
    if cell[:1] == "#" and cell.upper() in _ERRORS:
        return NoValue(cell, f"the cell holds the error {cell}")
    return cell
