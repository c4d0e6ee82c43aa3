"""``homeroom tenant`` and ``homeroom account``: what becomes of schools and accounts after they were made."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from homeroom.errors import Refusal
from homeroom_tenants.refusals import NO_SUCH_ACCOUNT

from .cli import account, run_with_directory, tenant
from .logins import normal_login

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings

    from .directory import TenantDirectory

__all__ = ["account", "as_owner", "tenant"]

Answer = TypeVar("Answer")
_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)


def as_owner(work: Callable[[Any, Settings], Awaitable[Answer]]) -> Answer:
    """Run work with a connection of the owner in maintenance, which sees the rows of all schools."""
    from homeroom.database.backup import maintenance_connection

    from .backup_cli import owner_database

    async def connected(owner_url: str, settings: Settings) -> Answer:
        connection = await maintenance_connection(owner_url)
        try:
            return await work(connection, settings)
        finally:
            await connection.close()

    with owner_database() as (settings, owner_url):
        return asyncio.run(connected(owner_url, settings))


# Schools ------------------------------------------------------------------------------------------------


@tenant.command("import")
@click.argument("file", type=_FILE)
def import_tenants(file: Path) -> None:
    """Create the schools and districts of FILE, CSV or XLSX, that are not there yet.

    Its columns are slug, region and, if wanted, name, kind (school or district), district, plugins (separated by
    commas) and host. The whole file is checked before the first school is made; run again, it continues.
    """
    from homeroom.reading.faults import FileRefused

    from .provisioning import provision, read_spaces

    data = file.read_bytes()

    async def work(host: Host, directory: TenantDirectory) -> None:
        regions = frozenset(preset.region for preset in host.hooks.collect("presets"))
        known = frozenset(space.slug for space in await directory.spaces() if space.kind == "district")
        try:
            wanted = read_spaces(file.name, data, regions, known)
        except FileRefused as refused:
            raise refused.refusal("file") from None
        began = time.monotonic()
        counts = {"created": 0, "unchanged": 0}
        async for each, what in provision(directory, wanted):
            counts[what] += 1
            click.echo(f"{each.slug}\t{what}")
        seconds = time.monotonic() - began
        click.echo(f"{counts['created']} created, {counts['unchanged']} unchanged, in {seconds:.1f} s", err=True)

    run_with_directory(work)


@tenant.command("rename")
@click.argument("slug")
@click.option("--name", help="What people call it.")
@click.option("--slug", "new_slug", help="Another short name: the host name that follows from it changes, too.")
def rename(slug: str, name: str | None, new_slug: str | None) -> None:
    """Give a school or district another name or short name. Links to the old host name end."""
    from .lifecycle import rename_space

    if name is None and new_slug is None:
        raise click.UsageError("Give --name or --slug.")
    as_owner(lambda connection, _settings: rename_space(connection, slug, name=name, new_slug=new_slug))


@tenant.command("leave")
@click.argument("slug")
def leave(slug: str) -> None:
    """Take a school out of its district: the district's rules and grants end there."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        await directory.join_district((await directory.space(slug)).id, None)

    run_with_directory(work)


@tenant.command("suspend")
@click.argument("slug")
@click.option("--reason", required=True, help="For the audit, and shown to the school's people.")
def suspend(slug: str, reason: str) -> None:
    """Close a school to its people for a time: nobody gets in, and its jobs wait. Nothing is lost."""
    _set_state(slug, "suspended", reason)


@tenant.command("close")
@click.argument("slug")
@click.option("--reason", required=True, help="For the audit, and shown to the school's people.")
def close(slug: str, reason: str) -> None:
    """Close a school for good. Its rows are kept until it is deleted."""
    _set_state(slug, "closed", reason)


@tenant.command("reopen")
@click.argument("slug")
@click.option("--reason", help="For the audit.")
def reopen(slug: str, reason: str | None) -> None:
    """Open a school that was suspended or closed; its jobs go on."""
    _set_state(slug, "open", reason)


def _set_state(slug: str, state: str, reason: str | None) -> None:
    from .lifecycle import SpaceState, set_state

    async def work(host: Host, directory: TenantDirectory) -> None:
        await set_state(host, directory, await directory.space(slug), SpaceState(state), reason)
        click.echo(f"{slug}: {state}")

    run_with_directory(work)


@tenant.command("delete")
@click.argument("slug")
@click.option("--reason", required=True, help="Kept in the tombstone, with the day and what was deleted.")
@click.option("--confirm", metavar="SLUG", required=True, help="The short name once more.")
def delete(slug: str, reason: str, confirm: str) -> None:
    """Delete a school that was closed, with all its rows and files. There is no way back but a backup.

    Accounts stay; their memberships of this school go. A tombstone is written beside the heads of the audit. Needs
    HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from .lifecycle import delete_space

    if confirm != slug:
        raise click.UsageError("--confirm must repeat the short name.")
    deleted = as_owner(lambda connection, settings: delete_space(connection, settings, slug, reason))
    click.echo(f"{slug}: {sum(deleted.values())} rows of {len(deleted)} tables deleted")


@tenant.command("restore")
@click.argument("slug")
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Delete first what there is of the school now; it must be suspended.")
def restore(slug: str, file: Path, replace: bool) -> None:
    """Bring one school back from FILE, which `homeroom backup` wrote; the others are not touched.

    Either the school is no longer there, or it is suspended and --replace is given; it then stays suspended until
    `homeroom tenant reopen`. Everything happens in one transaction. Memberships come back for accounts that are still
    there. Files lie outside the database: bring the school's folder back from the backup of the files. Needs
    HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from homeroom.database.one_space import read_saved

    from .backup_cli import owner_database
    from .lifecycle import restore_space

    with tempfile.TemporaryDirectory(prefix="homeroom-restore-") as folder:
        with owner_database() as (_settings, owner_url):
            saved = asyncio.run(read_saved(owner_url, file, slug, Path(folder)))
        as_owner(lambda connection, _settings: restore_space(connection, saved, replace=replace))
    click.echo(f"{slug}: {saved.total} rows brought back")


# Accounts -----------------------------------------------------------------------------------------------


@account.command("list")
@click.option("--disabled", is_flag=True, help="Those that are closed, alone.")
@click.option("--school", help="Members of this school alone.")
def list_accounts(disabled: bool, school: str | None) -> None:
    """All accounts: login, name, since when, state, and the schools that they are members of.

    Needs HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used: the application cannot list accounts.
    """
    from .lifecycle import accounts

    for each in as_owner(lambda connection, _settings: accounts(connection, disabled=disabled, school=school)):
        state = f"disabled {each.disabled_at:%Y-%m-%d}" if each.disabled_at else "open"
        click.echo(f"{each.login}\t{each.name}\t{each.created_at:%Y-%m-%d}\t{state}\t{','.join(each.schools)}")


@account.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Open an account again that was disabled. Its old sessions and tokens stay ended.

    Needs HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from .lifecycle import enable_account

    if not as_owner(lambda connection, _settings: enable_account(connection, normal_login(login))):
        raise Refusal(NO_SUCH_ACCOUNT, "login", login=login)
