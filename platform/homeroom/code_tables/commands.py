"""The school's own codes: adding, renaming, retiring, removing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from homeroom.code_tables.declare import CODE
from homeroom.code_tables.refusals import CODE_FORMAT, NOT_OWN_CODE, UNKNOWN_CODE_TABLE
from homeroom.code_tables.tables import CodeLayer, CodeValue
from homeroom.commands import Command, Ref, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.nouns import Noun
from homeroom.removal import remove

if TYPE_CHECKING:
    from homeroom.nouns import Draft

__all__ = ["CODE_VALUE", "COMMANDS", "add_code", "change_code", "remove_code"]


async def _check(context: Any, rows: Draft) -> None:
    tables = context.variant.code_tables
    rows.refuse(UNKNOWN_CODE_TABLE, "code_table", where=lambda row: row.code_table not in tables)
    rows.refuse(CODE_FORMAT, "code", where=lambda row: not CODE.fullmatch(row.code))


CODE_VALUE: Final = Noun(CodeValue, "codes.value", check=_check)

add_code = CODE_VALUE.create("Add a code of the school's own to a code table.", verb="add", name="add_code")
change_code = CODE_VALUE.change(
    "Change what a code is called and where it is in lists, or retire it. The code itself never changes.",
    fixed=("code_table", "code"),
    name="change_code",
)


@command("codes.value.remove")
async def remove_code(context: Context, *, code_value: Annotated[UUID, Ref("CodeValue")]) -> None:
    """Remove a code of the school's own that nothing uses. One that is in use is retired instead."""
    await context.permit("CodeValue", [code_value], field="code_value")
    layer = await context.fetchval("SELECT layer FROM code_value WHERE id = $1", code_value)
    if layer != CodeLayer.SCHOOL:
        raise Refusal(NOT_OWN_CODE, "code_value")
    await remove(context, CodeValue, [code_value], field="code_value")


COMMANDS: Final[tuple[Command, ...]] = (add_code, change_code, remove_code)
