"""Cells that hold no value, though something is written in them."""

from __future__ import annotations

import re
from typing import Final, Self

from homeroom.reading.refusals import CELL_ERROR, SHORTENED
from homeroom.wording import Message

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
        text: The text of the cell.
        message: Why it is no value, for a fault.
    """

    __slots__ = ("message",)
    message: Message

    def __new__(cls, text: str, message: Message) -> Self:
        """Make one."""
        made = super().__new__(cls, text)
        made.message = message
        return made


def plain_cell(text: str) -> str:
    """A cell of a text file without outer spaces.

    One that a spreadsheet wrote an error or a shortened number into is :class:`NoValue`.
    """
    cell = text.strip()
    if cell[:1] == "#" and cell.upper() in _ERRORS:
        return NoValue(cell, Message(CELL_ERROR, {"error": cell}))
    if "E+" in cell and _SHORTENED.fullmatch(cell):
        return NoValue(cell, Message(SHORTENED, {"value": cell}))
    return cell
