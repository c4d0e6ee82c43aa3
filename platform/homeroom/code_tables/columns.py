"""Columns that hold a code of a code table: people write the code, the column keeps its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from homeroom.code_tables.declare import CodeTable
from homeroom.code_tables.tables import CodeValue
from homeroom.code_tables.values import known_codes
from homeroom.columns import ColumnKind, Refuse, of_kind
from homeroom.database.tables import belongs_to
from homeroom.refusals import INACTIVE_CODE, UNKNOWN_CODE

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.context import Context
    from homeroom.database.engine import Transaction

__all__ = ["CodeKind", "code_of"]


@dataclass(frozen=True, slots=True)
class CodeKind(ColumnKind):
    """A code of a code table that can still be chosen.

    Args:
        code_table: The name of the code table: ``school.room_kind``.
    """

    code_table: str
    name: str = field(default="code", init=False)

    def argument(self, column: Column) -> Any:
        return str

    def limits(self) -> Mapping[str, Any]:
        return {"code_table": self.code_table}

    def sentence(self) -> str:
        return f"A code of {self.code_table}."

    async def kept(self, context: Context, column: Column, values: Sequence[Any], refuse: Refuse) -> list[Any]:
        """The rows of codes; an empty code is none.

        Problems: UNKNOWN_CODE for a code that the table does not have, INACTIVE_CODE for one that was retired.
        """
        found = await known_codes(context, self.code_table, values)
        made = []
        for position, code in enumerate(values):
            row = found.get(code)
            if row is None and (code or not column._meta.null):
                refuse(position, UNKNOWN_CODE, code=code)
            elif row is not None and not row["active"]:
                refuse(position, INACTIVE_CODE, code=code)
            made.append(None if row is None else row["id"])
        return made

    async def sample(self, transaction: Transaction, column: Column, number: int) -> Any:
        return await transaction.fetchval(
            "SELECT code FROM code_value WHERE code_table = $1 AND active ORDER BY code LIMIT 1", self.code_table
        )

    def wrong(self) -> Any:
        return "no such code"


def code_of(table: CodeTable | str, help: str = "", *, null: bool = False) -> Any:
    """A column that holds a code of a code table. Name the attribute ``<noun>_id``.

    Args:
        table: The code table, or the name of one that another plugin declares: ``school.room_kind``.
        help: What it is, in one sentence.
        null: Whether it may be empty.
    """
    name = table if isinstance(table, str) else table.name
    return of_kind(belongs_to(CodeValue, help, null=null), CodeKind(name))
