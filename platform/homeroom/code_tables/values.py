"""How a command that is written by hand turns codes into the rows that columns hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from homeroom.errors import Problem, Refusal
from homeroom.refusals import INACTIVE_CODE, UNKNOWN_CODE

if TYPE_CHECKING:
    import asyncpg

    from homeroom.context import Context

__all__ = ["code_id", "code_ids", "known_codes"]


async def known_codes(context: Context, code_table: str, codes: Collection[str]) -> dict[str, asyncpg.Record]:
    """Those of some codes that a table has: code to its ``id`` and whether it is ``active``."""
    rows = await context.fetch(
        "SELECT id, code, active FROM code_value WHERE code_table = $1 AND code = ANY($2::text[])",
        code_table,
        list(set(codes)),
    )
    return {each["code"]: each for each in rows}


async def code_ids(
    context: Context, code_table: str, codes: Sequence[str], *, field: str, rows: bool = False
) -> list[UUID]:
    """The rows of codes, for columns that hold them.

    Args:
        context: The command's.
        code_table: The name of the code table.
        codes: What was given.
        field: The input field.
        rows: Whether the codes are those of the rows of a list, so that the refusal names each.

    Raises:
        Refusal: UNKNOWN_CODE for a code that the table does not have, INACTIVE_CODE for one that was retired.

    Example:
        colours = await code_ids(context, COLOURS.name, codes, field="rows.colour", rows=True)
    """
    found = await known_codes(context, code_table, codes)
    problems = []
    for number, code in enumerate(codes):
        row = number if rows else None
        if code not in found:
            problems.append(Problem(UNKNOWN_CODE, field, row, code=code))
        elif not found[code]["active"]:
            problems.append(Problem(INACTIVE_CODE, field, row, code=code))
    if problems:
        raise Refusal.of(problems)
    return [found[code]["id"] for code in codes]


async def code_id(context: Context, code_table: str, code: str | None, *, field: str) -> UUID | None:
    """The row of one code, none for none; see :func:`code_ids`."""
    if code is None or code == "":
        return None
    (found,) = await code_ids(context, code_table, [code], field=field)
    return found
