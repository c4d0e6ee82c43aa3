"""The school's own codes: adding, renaming, retiring, removing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec

from homeroom.commands import UNSET, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.refusals import LISTED_TWICE
from homeroom_school.codes import STANDARD_CODES, add_missing_codes
from homeroom_school.commands.checks import given, in_range, refuse_duplicate, required_text
from homeroom_school.refusals import CODE_FORMAT, LANGUAGE_TAG, NOT_OWN_CODE, UNKNOWN_CODE_TABLE, USED_CODE
from homeroom_school.tables import CodeLayer, CodeValue

__all__ = ["CodeTitle", "add_code", "add_standard_codes", "change_code", "remove_code"]

_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9])?")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class CodeTitle:
    """A title of a code in one language (a BCP 47 tag such as zh-Hant).

    Args:
        language: A BCP 47 language tag.
        title: The title in this language.
    """

    language: str
    title: str


def _titles(titles: list[CodeTitle]) -> str:
    made: dict[str, str] = {}
    for number, each in enumerate(titles):
        if not _TAG.fullmatch(each.language):
            raise Refusal(LANGUAGE_TAG, "titles.language", number)
        if each.language in made:
            raise Refusal(LISTED_TWICE, "titles.language", number)
        made[each.language] = required_text(each.title, 120, "titles.title", number)
    return msgspec.json.encode(made).decode()


@command("school.code.add", returns="CodeValue")
async def add_code(
    context: Context,
    *,
    code_table: str,
    code: str,
    title: str,
    titles: list[CodeTitle] | None = None,
    position: int = 0,
) -> UUID:
    """Add a code of the school's own to a code table."""
    code_table = required_text(code_table, 60, "codeTable")
    known = await context.fetchval("SELECT true FROM code_value WHERE code_table = $1 LIMIT 1", code_table)
    if not known and code_table not in STANDARD_CODES:
        raise Refusal(UNKNOWN_CODE_TABLE, "code_table")
    if not _CODE.fullmatch(code):
        raise Refusal(CODE_FORMAT, "code")
    in_range(position, 0, 9999, "position")
    with refuse_duplicate("code"):
        (made,) = await context.rows(CodeValue).insert(
            [
                {
                    "code_table": code_table,
                    "code": code,
                    "title": required_text(title, 120, "title"),
                    "titles": _titles(titles or []),
                    "layer": CodeLayer.SCHOOL.value,
                    "position": position,
                    "active": True,
                }
            ]
        )
    return made


@command("school.code.change", returns="CodeValue")
async def change_code(
    context: Context,
    *,
    code_value: Annotated[UUID, Ref("CodeValue")],
    title: str | Unset = UNSET,
    titles: list[CodeTitle] | Unset | None = UNSET,
    position: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    expected_version: int | None = None,
) -> UUID:
    """Change how a code is called or ordered, or retire it. The code itself stays: rows and exports speak of it."""
    await context.permit("CodeValue", [code_value], field="codeValue")
    if position is not UNSET:
        in_range(position, 0, 9999, "position")
    changes: dict[str, Any] = given({"position": position, "active": active})
    if title is not UNSET:
        changes["title"] = required_text(title, 120, "title")
    if titles is not UNSET:
        changes["titles"] = _titles(titles or [])
    await context.rows(CodeValue).update(code_value, changes, expected_version=expected_version, field="codeValue")
    return code_value


@command("school.code.remove")
async def remove_code(context: Context, *, code_value: Annotated[UUID, Ref("CodeValue")]) -> None:
    """Remove a code of the school's own that nothing uses. One that was ever used is retired instead."""
    await context.permit("CodeValue", [code_value], field="codeValue")
    layer = await context.fetchval("SELECT layer FROM code_value WHERE id = $1", code_value)
    if layer != CodeLayer.SCHOOL:
        raise Refusal(NOT_OWN_CODE, "code_value")
    try:
        await context.rows(CodeValue).delete(code_value, field="codeValue")
    except asyncpg.ForeignKeyViolationError:
        raise Refusal(USED_CODE, "code_value") from None


@command("school.code.add_standard", returns="CodeValue", many=True)
async def add_standard_codes(context: Context) -> list[UUID]:
    """Add the standard codes that the school lacks, such as after an upgrade that brought new ones."""
    return await add_missing_codes(context, CodeLayer.STANDARD, STANDARD_CODES)
