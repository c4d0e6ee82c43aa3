"""Cells that hold no value, though something is written in them."""

from __future__ import annotations

import re
from typing import Final, Self

__all__ = ["NoValue", "plain_cell"]

#: What spreadsheets write where a formula has no result.
_ERRORS: Final = frozenset(
    "#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #BUSY! #UNKNOWN!".split()
)


#: A long number as a spreadsheet shows it in a narrow column, and then saves it: its other digits are lost.
_SHORTENED: Final = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}")


class NoValue(str):
    """A cell with an error, a formula without its result, a shortened number: it is not blank, and no value either.

    Args:
        text: What stands there.
        reason: Why it is no value, for a fault.
        kind: The same as a word for programs: ``error``, ``shortened``, ``no_result`` or ``rounded``.
    """

    __slots__ = ("kind", "reason")
    reason: str
    kind: str

    def __new__(cls, text: str, reason: str, kind: str = "error") -> Self:
        """Make one."""
        made = super().__new__(cls, text)
        made.reason = reason
        made.kind = kind
        return made


def plain_cell(text: str) -> str:
    """A cell of a text file without outer spaces.

    One that a spreadsheet wrote an error or a shortened number into is :class:`NoValue`.
    """
    cell = text.strip()
    if cell[:1] == "#" and cell.upper() in _ERRORS:
        return NoValue(cell, f"the cell holds the error {cell}")
    if "E+" in cell and _SHORTENED.fullmatch(cell):
        reason = f"a spreadsheet shortened a long number to {cell}; give the column the format Text and enter it again"
        return NoValue(cell, reason, "shortened")
    return cell
