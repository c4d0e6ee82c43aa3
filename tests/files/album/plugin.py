"""Pictures with a file each, and a negative that fewer people may see."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

from piccolo.columns import UUID as UUIDColumn
from piccolo.columns import Text

from homeroom import Command, Context, Plugin, Ref, Refusal, Rule, command, hookimpl
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.files.addresses import file_address
from homeroom.files.forgetting import forget_files
from homeroom.files.keeping import keep_file
from homeroom.files.kinds import DOCUMENTS
from homeroom.files.tables import StoredFile
from homeroom.personal_data import PersonalData, nobody
from homeroom.presets import Preset
from homeroom.refusals import INVALID, NOT_FOUND
from homeroom.resources import EVERYTHING, Resource, resource

__all__ = ["AlbumPlugin", "Bytes", "add_picture", "remove_picture"]


class Picture(SchoolTable, tablename="picture"):
    """A picture."""

    title = Text()
    owner_id = UUIDColumn(null=True, default=None)
    file_id = belongs_to(StoredFile, null=True)
    negative_id = belongs_to(StoredFile, null=True)


PICTURE = resource(
    Picture,
    file_address("file_url", Picture.file_id),
    file_address("negative_url", Picture.negative_id),
    scopes={"school": EVERYTHING, "self": "{row}.owner_id = ANY(:persons)"},
    exclude=("file_id", "negative_id", "owner_id"),
    restricted=("negative_url",),
)


class Bytes:
    """A file on its way in, that is all there already."""

    def __init__(self, name: str, content: bytes, piece: int = 4) -> None:
        self.name = name
        self._content = content
        self._piece = piece

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its content in small pieces."""
        for at in range(0, len(self._content), self._piece):
            yield self._content[at : at + self._piece]


@command("album.picture.add", returns="Picture")
async def add_picture(
    context: Context,
    *,
    title: str,
    name: str,
    content: str,
    owner: UUID | None = None,
    negative: bool = False,
    piece: int = 65_536,
) -> UUID:
    """Put a picture into the album; its content in Base64."""
    file = await keep_file(
        context, Bytes(name, base64.b64decode(content), piece), kinds=DOCUMENTS, limit=100_000, field="content"
    )
    if title == "refused":
        raise Refusal(INVALID.with_text("no such title"), "title")
    values = {"title": title, "owner_id": owner, "negative_id" if negative else "file_id": file}
    return (await context.rows(Picture).insert([values]))[0]


@command("album.picture.remove")
async def remove_picture(context: Context, *, picture: Annotated[UUID, Ref("Picture")]) -> None:
    """Take a picture out of the album."""
    row = await context.fetchrow("SELECT file_id, negative_id FROM picture WHERE id = $1", picture)
    if row is None:
        raise Refusal(NOT_FOUND.with_text("there is no such picture"), "picture")
    await context.rows(Picture).delete(picture)
    await forget_files(context, [each for each in row.values() if each is not None])


class AlbumPlugin(Plugin):
    """Pictures."""

    name = "album"
    title = "Pictures"
    requires = ("files", "graphql")
    migrations = "album.migrations"

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        return [PICTURE]

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [add_picture, remove_picture]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        return nobody("pictures of things", Picture)

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [
            Rule("keeper", "Picture"),
            Rule("keeper", "Picture.*"),
            Rule("keeper", "album.*", "run"),
            Rule("guest", "Picture", scope="self"),
            Rule("nobody", "album.*", "run"),
        ]

    @hookimpl
    def role_titles(self) -> dict[str, str]:
        return {"keeper": "Keeper", "guest": "Guest", "nobody": "Nobody"}

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return [Preset("walls", "Walls", ("album",), time_zone="UTC", locale="en")]
