"""``homeroom account sessions`` and ``homeroom account sign-out``."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

import click

from .lifecycle_cli import account, as_owner, tenant
from .logins import normal_login

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.host import Host

    from .directory import TenantDirectory
    from .sign_ins import Selection, SignIn

__all__ = ["account", "tenant"]


def _selection(login: str | None, school: str | None, ids: tuple[UUID, ...] = ()) -> Selection:
    from .sign_ins import Selection

    return Selection(None if login is None else normal_login(login), school, ids)


def _show(each: SignIn) -> None:
    seen = f"{each.last_seen_at:%Y-%m-%d %H:%M}" if each.last_seen_at else "never"
    click.echo(
        f"{each.id}\t{each.kind}\t{each.login}\t{each.school}\t{each.address}\t{each.created_at:%Y-%m-%d %H:%M}"
        f"\t{seen}\t{each.agent}"
    )


@account.command("sessions")
@click.argument("login", required=False)
@click.option("--school", help="Of members of this school, and the tokens of this school alone.")
def sessions(login: str | None, school: str | None) -> None:
    """Who is signed in: the sessions, pages and API tokens that are good now, of one account or of all.

    One a line: id, kind, login, school (of a page or token), address, since when and when last used (UTC), and the
    browser, the page's origin or the token's title. The access log has the id as `credential`. Needs
    HOMEROOM_OWNER_DATABASE_URL, unless the embedded server is used.
    """
    from .sign_ins import open_sign_ins

    for each in as_owner(lambda connection, _settings: open_sign_ins(connection, _selection(login, school))):
        _show(each)


@account.command("sign-out")
@click.argument("login", required=False)
@click.option("--school", help="Everybody who has roles in this school; tokens and pages of this school alone.")
@click.option("--id", "ids", type=click.UUID, multiple=True, help="This session, page or token; may be repeated.")
@click.option("--everybody", is_flag=True, help="All accounts of the installation.")
@click.option("--reason", required=True, help="For the audit of the schools concerned.")
def sign_out(login: str | None, school: str | None, ids: tuple[UUID, ...], everybody: bool, reason: str) -> None:
    """End sessions, pages and API tokens: of one account, of a school, some of them, or all.

    Prints what was ended, as `homeroom account sessions` does. People who are signed out may sign in again: disable the
    account, or give it another password, if somebody else may know it. Needs HOMEROOM_OWNER_DATABASE_URL, unless the
    embedded server is used.
    """
    from .cli import run_with_directory
    from .sign_ins import end_sign_ins

    if everybody == bool(login or school or ids):
        raise click.UsageError("Name an account, --school or --id; or give --everybody alone.")
    ended = as_owner(lambda connection, _settings: end_sign_ins(connection, _selection(login, school, ids)))
    for each in ended:
        _show(each)

    async def note(host: Host, directory: TenantDirectory) -> None:
        await _note(host, directory, ended, reason)

    if ended:
        run_with_directory(note)
    click.echo(f"{len(ended)} ended", err=True)


async def _note(host: Host, directory: TenantDirectory, ended: Sequence[SignIn], reason: str) -> None:
    """Leave an entry in the audit of each school: of its tokens and pages, and of its members' sessions."""
    from homeroom.audit import AuditTrail

    by_space: dict[UUID, list[SignIn]] = defaultdict(list)
    slugs = {space.slug: UUID(int=space.id.int) for space in await directory.spaces()}
    of_account: dict[str, frozenset[UUID]] = {}
    for each in ended:
        if each.school:
            by_space[slugs[each.school]].append(each)
            continue
        if each.login not in of_account:
            found = await directory.store.account_of(each.login)
            standing = None if found is None else await directory.store.standing(found)
            of_account[each.login] = frozenset() if standing is None else standing.spaces()
        for belongs in of_account[each.login]:
            by_space[UUID(int=belongs.int)].append(each)
    for space in await directory.spaces():
        lines = by_space.get(UUID(int=space.id.int))
        if lines:
            trail = AuditTrail("tenants.sign_in.end", reason)
            for each in lines:
                trail.changed(each.kind, UUID(int=each.id.int), {"login": each.login, "agent": each.agent}, None)
            async with host.database.transaction(space.id) as transaction:
                await trail.write(transaction, host.system_caller(space), host.clock(), None)
