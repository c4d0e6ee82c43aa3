"""What becomes of schools and accounts: suspended, closed, renamed, deleted, restored; listed and enabled."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import msgspec

from homeroom.audit import AuditTrail
from homeroom.database.one_space import SavedSpace, delete_rows, put_back
from homeroom.errors import Refusal
from homeroom.refusals import TAKEN
from homeroom_tenants.refusals import (
    DISTRICT_HAS_SCHOOLS,
    NO_SUCH_SPACE,
    NOT_CLOSED,
    SCHOOL_IS_OPEN,
    SCHOOL_IS_THERE,
    SLUG_FORMAT,
    SLUG_NOW_USED,
)

from .hosts import is_slug
from .logins import checked_name
from .space_maker import RESERVED_SLUGS

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.settings import Settings

    from .directory import TenantDirectory

__all__ = [
    "Account",
    "SpaceState",
    "accounts",
    "delete_space",
    "enable_account",
    "rename_space",
    "restore_space",
    "set_state",
]


class SpaceState(StrEnum):
    """Whether the people of a space get in."""

    OPEN = "open"
    #: For a time: nobody gets in, jobs wait.
    SUSPENDED = "suspended"
    #: For good; the rows are kept until the space is deleted.
    CLOSED = "closed"


class Account(msgspec.Struct, frozen=True):
    """An account, for operators."""

    login: str
    name: str
    created_at: datetime
    disabled_at: datetime | None
    schools: Sequence[str]


_ACCOUNTS: Final = """
SELECT a.login, a.name, a.created_at, a.disabled_at,
       ARRAY(SELECT DISTINCT s.slug FROM homeroom.membership m JOIN homeroom.space s ON s.id = m.space_id
             WHERE m.account_id = a.id ORDER BY s.slug) AS schools
FROM homeroom.account a
WHERE (NOT $1 OR a.disabled_at IS NOT NULL)
  AND ($2::text IS NULL OR EXISTS (SELECT FROM homeroom.membership m JOIN homeroom.space s ON s.id = m.space_id
                                   WHERE m.account_id = a.id AND s.slug = $2))
ORDER BY a.login
"""


async def set_state(
    host: Host, directory: TenantDirectory, space: Space, state: SpaceState, reason: str | None
) -> None:
    """Open, suspend or close a space, with an entry in its audit.

    Args:
        host: The host.
        directory: The directory.
        space: The space.
        state: The new state.
        reason: Why; shown to the people of the space.
    """
    now = host.clock()
    async with host.database.transaction(space.id) as transaction:
        before = await directory.store.set_state(space.id, state.value, reason, now)
        if before is None or before == state:
            return
        trail = AuditTrail("tenants.space.set_state", reason)
        trail.changed("space", space.id, {"state": before}, {"state": state.value})
        await trail.write(transaction, host.system_caller(space), now, None)
    directory.changed_space(space.id)


async def accounts(connection: Any, *, disabled: bool, school: str | None) -> list[Account]:
    """All accounts, by login.

    Args:
        connection: Of the owner.
        disabled: Only those that are closed.
        school: Only members of the school with this short name.
    """
    rows = await connection.fetch(_ACCOUNTS, disabled, school)
    return [Account(**dict(row)) for row in rows]


async def enable_account(connection: Any, login: str) -> bool:
    """Open a disabled account; False if there is none. Triggers tell every process.

    Args:
        connection: Of the owner.
        login: In its stored form.
    """
    tag = await connection.execute(
        "UPDATE homeroom.account SET disabled_at = NULL WHERE login = $1 AND disabled_at IS NOT NULL", login
    )
    return bool(tag.endswith(" 1"))


async def rename_space(connection: Any, slug: str, *, name: str | None, new_slug: str | None) -> None:
    """Give a space another name or short name. Triggers tell every process.

    Args:
        connection: Of the owner.
        slug: The present short name.
        name: For people, or none.
        new_slug: The new short name, or none.

    Raises:
        Refusal: Naming ``slug`` or ``name``.
        Refusal: There is no such space.
    """
    if new_slug is not None and (not is_slug(new_slug) or new_slug in RESERVED_SLUGS):
        raise Refusal(SLUG_FORMAT, "slug")
    try:
        tag = await connection.execute(
            "UPDATE homeroom.space SET slug = coalesce($2, slug), name = coalesce($3, name), version = version + 1"
            " WHERE slug = $1",
            slug,
            new_slug,
            None if name is None else checked_name(name),
        )
    except asyncpg.UniqueViolationError:
        raise Refusal(TAKEN, "slug", name=new_slug) from None
    if tag.endswith(" 0"):
        raise Refusal(NO_SUCH_SPACE, "slug", slug=slug)


async def delete_space(connection: Any, settings: Settings, slug: str, reason: str) -> dict[str, int]:
    """Delete a closed space with all its rows and files, and write its tombstone.

    Args:
        connection: Of the owner in maintenance.
        settings: Where files and the heads of the audit lie.
        slug: The short name.
        reason: For the tombstone.

    Returns:
        Table to how many rows were deleted.

    Raises:
        Refusal: There is no such space.
        Refusal: It is not closed, or a district that has schools.
    """
    from homeroom.audit.heads import HeadFiles

    space = await connection.fetchrow("SELECT id, state FROM homeroom.space WHERE slug = $1", slug)
    if space is None:
        raise Refusal(NO_SUCH_SPACE, "slug", slug=slug)
    if space["state"] != SpaceState.CLOSED:
        raise Refusal(NOT_CLOSED, "slug")
    schools = await connection.fetchval("SELECT count(*) FROM homeroom.space WHERE district_id = $1", space["id"])
    if schools:
        raise Refusal(DISTRICT_HAS_SCHOOLS, "slug", count=schools)
    async with connection.transaction():
        deleted = await delete_rows(connection, space["id"])
        await connection.execute("DELETE FROM homeroom.space WHERE id = $1", space["id"])
    # The rows are gone for good from here on. What follows is repeated by hand if it is interrupted: the verification
    # of the audit names a space that is gone without a tombstone, and files of no space harm nobody.
    note = f"{slug} was deleted, {sum(deleted.values())} rows: {reason}"
    heads = await asyncio.to_thread(HeadFiles.of, settings)
    await asyncio.to_thread(heads.bury, _plain(space["id"]), datetime.now(UTC), note)
    folder = (settings.files_dir or settings.data_dir / "files") / str(space["id"])
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return deleted


async def restore_space(connection: Any, saved: SavedSpace, *, replace: bool) -> None:
    """Bring one space back from a backup, in one transaction. One that is replaced stays suspended or closed.

    Args:
        connection: Of the owner in maintenance.
        saved: What the backup has of it.
        replace: Whether what there is of it now is deleted first.

    Raises:
        Refusal: It is there and not to be replaced, or not suspended, or another space has its short name.
        BackupError: The backup was made with other migrations.
    """
    async with connection.transaction():
        present = await connection.fetchrow(
            "SELECT id, state, state_reason, state_since FROM homeroom.space"
            " WHERE id = $1 OR slug = $2 ORDER BY id = $1 DESC LIMIT 1 FOR UPDATE",
            saved.id,
            saved.slug,
        )
        if present is not None:
            if _plain(present["id"]) != saved.id:
                raise Refusal(SLUG_NOW_USED, "slug", slug=saved.slug)
            if not replace:
                raise Refusal(SCHOOL_IS_THERE, "slug")
            if present["state"] == SpaceState.OPEN:
                raise Refusal(SCHOOL_IS_OPEN, "slug")
            await delete_rows(connection, saved.id)
            await connection.execute("DELETE FROM homeroom.space WHERE id = $1", saved.id)
        await put_back(connection, saved)
        await connection.execute("UPDATE homeroom.space SET version = version + 1 WHERE id = $1", saved.id)
        if present is not None:
            # It was open when it was saved. Nobody gets in until somebody has looked at what came back.
            await connection.execute(
                "UPDATE homeroom.space SET state = $2, state_reason = $3, state_since = $4 WHERE id = $1",
                saved.id,
                present["state"],
                present["state_reason"],
                present["state_since"],
            )


def _plain(value: Any) -> UUID:
    """A UUID of Python's own: asyncpg's is none to msgspec."""
    return UUID(int=value.int)
