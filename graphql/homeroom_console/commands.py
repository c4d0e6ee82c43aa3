"""The crest of a school."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from homeroom.commands import command
from homeroom.context import Context
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import IMAGES
from homeroom.files.pictures import MOST_BYTES, read_picture
from homeroom.school_settings.tables import defaults_of
from homeroom.uploads import FileMade, Upload
from homeroom_console.brands import forget_brand
from homeroom_console.tables import AppearanceSettings

__all__ = ["COMMANDS"]


@command("console.crest.set", returns="AppearanceSettings")
async def set_crest(context: Context, *, picture: Upload) -> UUID:
    """Set the crest of the school, which all its pages show; it replaces one that is there.

    Args:
        picture: A JPEG, PNG or WebP of at most 10 MB and 25 million pixels. It is kept small, on white.
    """
    small = (await read_picture(context, picture, "picture")).small
    made = FileMade("crest.jpg", "image/jpeg", small)
    return await _put(context, await keep_file(context, made, kinds=IMAGES, limit=MOST_BYTES, field="picture"))


@command("console.crest.remove", returns="AppearanceSettings")
async def remove_crest(context: Context) -> UUID:
    """Remove the crest of the school; its pages show the first letter of its name."""
    return await _put(context, None)


async def _put(context: Context, file: UUID | None) -> UUID:
    table = context.rows(AppearanceSettings)
    row = await context.fetchrow("SELECT id, crest_id FROM appearance_settings FOR UPDATE")
    if row is None:
        (made,) = await table.insert([{**defaults_of(AppearanceSettings), "crest_id": file}])
        before = None
    else:
        made, before = row["id"], row["crest_id"]
        await table.update(made, {"crest_id": file})
    if before is not None:
        await forget_files(context, [before])
    forget_brand(context.host, context.space.id)
    return made


COMMANDS: Final = (set_crest, remove_crest)
