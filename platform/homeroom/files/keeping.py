"""Taking a file into a school, inside the command that asks for it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from homeroom.errors import Refusal
from homeroom.files.kinds import media_type_of
from homeroom.files.refusals import EMPTY_FILE, FILE_KIND
from homeroom.files.storage import FileStorage, Kept, TooLarge
from homeroom.files.tables import StoredFile
from homeroom.refusals import TOO_LARGE
from homeroom.uploads import storage_failure

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context
    from homeroom.host import Host
    from homeroom.uploads import Upload

__all__ = ["content_lock", "keep_file", "storage_of"]

_SERVICE: Final = "files.storage"
_LONGEST_NAME: Final = 255
_UNKNOWN: Final = "application/octet-stream"


def storage_of(host: Host) -> FileStorage:
    """Where the installation keeps contents."""
    storage = host.services.get(_SERVICE)
    if not isinstance(storage, FileStorage):
        storage = host.services[_SERVICE] = FileStorage(host.settings.files_dir or host.settings.data_dir / "files")
    return storage


def content_lock(space: UUID, digest: str) -> str:
    """What a transaction locks that keeps a content, shared, or alone that removes it.

    Args:
        space: Whose.
        digest: SHA-256, hexadecimal.
    """
    return f"files {space} {digest}"


async def keep_file(
    context: Context, upload: Upload, *, kinds: Collection[str] | None, limit: int | None = None, field: str
) -> UUID:
    """Keep a file; it is there when the command's transaction commits and not otherwise.

    In a rehearsal the disk takes the content and loses it at once: the same refusals and errors, and no file.

    Args:
        context: The command's.
        upload: The file.
        kinds: Media types that are taken, such as :data:`homeroom.files.IMAGES`; None takes any file, for a reader that
            judges it later. Nobody may be shown such a file.
        limit: Bytes that it has at most; by default what the installation allows.
        field: The input field that it came in, for a refusal.

    Returns:
        The id of its row, for a column that ``belongs_to(StoredFile)``.

    Raises:
        Refusal: It is empty, too large or of a kind that is not taken.
        InsufficientStorage: The disk is full.
        Unavailable: The disk refuses for another reason.
    """
    most = min(limit or context.host.settings.max_upload, context.host.settings.max_upload)
    try:
        kept = await _keep(context, upload, most)
    except TooLarge:
        raise Refusal(TOO_LARGE, field, most=most) from None
    name = _plain_name(upload.name)
    media_type = _UNKNOWN if kinds is None else media_type_of(kept.head, name, kinds)
    if not kept.size:
        raise Refusal(EMPTY_FILE, field)
    if media_type is None:
        raise Refusal(FILE_KIND, field, kinds=sorted(kinds or ()))
    # Somebody may be removing this content, because nobody had a row of it: if it went meanwhile, it is written again.
    lock = content_lock(context.space.id, kept.digest)
    await context.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", lock)
    if not context.rehearsing and storage_of(context.host).missing(context.space.id, [kept.digest]):
        await _keep(context, upload, most)
    (made,) = await context.rows(StoredFile).insert(
        [
            {
                "name": name,
                "media_type": media_type,
                "size": kept.size,
                "digest": kept.digest,
                "account_id": context.caller.account,
                "login": context.caller.login,
                "stored_at": context.now,
            }
        ]
    )
    return made


async def _keep(context: Context, upload: Upload, most: int) -> Kept:
    storage = storage_of(context.host)
    try:
        return await storage.keep(context.space.id, upload.chunks(), limit=most, discard=context.rehearsing)
    except OSError as error:
        raise storage_failure(error, storage.folder) from error


def _plain_name(name: str) -> str:
    """The last part of a path, in one form, without what cannot be seen: a name is for people alone."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign if sign.isprintable() else "_" for sign in last).strip().lstrip(".")
    while len(shown) > _LONGEST_NAME:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[:-1]}{dot}{ending}" if 0 < len(ending) < 10 and stem else shown[:_LONGEST_NAME]
    return shown or "file"
