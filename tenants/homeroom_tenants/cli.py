"""``homeroom tenant`` and ``homeroom account``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast
from uuid import UUID

import click

from homeroom.cli.days import DayOption
from homeroom.commands import UNSET, given
from homeroom.errors import Refusal
from homeroom_tenants.refusals import NO_SUCH_ACCOUNT

from .hosts import host_name
from .logins import normal_login

if TYPE_CHECKING:
    from homeroom.host import Host

    from .directory import TenantDirectory
    from .standing import DatedRole

__all__ = ["account", "account_of", "run_with_directory", "tenant"]

Answer = TypeVar("Answer")


def run_with_directory(work: Callable[[Host, TenantDirectory], Awaitable[Answer]]) -> Answer:
    """Run a coroutine function with an open host and its directory."""
    from homeroom.cli.runtime import run_with_host

    async def with_directory(host: Host) -> Answer:
        return await work(host, cast("TenantDirectory", host.directory))

    return run_with_host(with_directory)


class PersonId(click.ParamType[UUID]):
    """An id as GraphQL shows it, ``Staff_<uuid>``, or the UUID alone."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        """The UUID in it."""
        if isinstance(value, UUID):
            return value
        try:
            return UUID(str(value).rpartition("_")[2])
        except ValueError:
            self.fail(f"{value!r} is no id", param, ctx)


@click.group("tenant")
def tenant() -> None:
    """Schools and districts."""


@tenant.command("create")
@click.argument("slug")
@click.option("--region", required=True, help="The preset: vn, hk, cn or another that is installed.")
@click.option("--name", help="For people; by default the short name.")
@click.option("--kind", type=click.Choice(["school", "district"]), default="school", show_default=True)
@click.option("--district", help="Short name of the district that the school belongs to.")
@click.option("--plugin", "plugins", multiple=True, help="What is on, instead of what the preset says.")
def create(slug: str, region: str, name: str | None, kind: str, district: str | None, plugins: tuple[str, ...]) -> None:
    """Create a school or district from a region's preset, ready to use."""

    async def work(host: Host, directory: TenantDirectory) -> None:
        parent = await directory.space(district) if district is not None else None
        space = await directory.create_space(
            slug=slug,
            name=name or slug,
            region=region,
            kind=cast("Literal['school', 'district']", kind),
            plugins=plugins or None,
        )
        if parent is not None:
            await directory.join_district(space.id, parent.id)
        domain = host.settings.base_domain
        click.echo(f"{space.slug}.{domain}  {space.kind}  {', '.join(sorted(space.plugins))}")

    run_with_directory(work)


@tenant.command("list")
def list_tenants() -> None:
    """All spaces, one a line: short name, kind, region, name, and the state of those that are not open."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        for space in await directory.spaces():
            state = "" if space.state == "open" else f"\t{space.state}"
            click.echo(f"{space.slug}\t{space.kind}\t{space.region}\t{space.name}{state}")

    run_with_directory(work)


@tenant.command("plugins")
@click.argument("slug")
@click.option("--on", multiple=True, help="Switch on.")
@click.option("--off", multiple=True, help="Switch off; its rows are kept.")
def plugins_of(slug: str, on: tuple[str, ...], off: tuple[str, ...]) -> None:
    """Show or switch a school's plugins."""

    async def work(host: Host, directory: TenantDirectory) -> None:
        space = await directory.space(slug)
        if on or off:
            parts = {name for name, plugin in host.registry.plugins.items() if plugin.host_part}
            wanted = (set(space.plugins) - parts | set(on)) - set(off)
            space = await directory.set_plugins(space.id, sorted(wanted))
        click.echo("\n".join(sorted(space.plugins)))

    run_with_directory(work)


@tenant.command("host")
@click.argument("slug")
@click.argument("host_name_")
def add_host(slug: str, host_name_: str) -> None:
    """Let a school answer at a host name of its own as well."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        space = await directory.space(slug)
        await directory.add_host(space.id, host_name(host_name_))

    run_with_directory(work)


@tenant.command("language")
@click.argument("slug")
@click.argument("language")
def choose_language(slug: str, language: str) -> None:
    """Choose the language of a school for people who have chosen none: en, zh-Hant, zh-Hans or vi."""
    from .commands import set_language

    async def work(host: Host, directory: TenantDirectory) -> None:
        await host.execute(host.system_caller(await directory.space(slug)), set_language, language=language)
        click.echo((await directory.space(slug)).locale)

    run_with_directory(work)


@tenant.command("join")
@click.argument("slug")
@click.argument("district")
def join(slug: str, district: str) -> None:
    """Put a school into a district."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        school, parent = await directory.space(slug), await directory.space(district)
        await directory.join_district(school.id, parent.id)

    run_with_directory(work)


@click.group("account")
def account() -> None:
    """Accounts and what they are members of."""


async def account_of(directory: TenantDirectory, login: str) -> UUID:
    """The account of a login that somebody gives on the command line. Raises Refusal."""
    found = await directory.store.account_of(normal_login(login))
    if found is None:
        raise Refusal(NO_SUCH_ACCOUNT, "login", login=login)
    return found


@account.command("create")
@click.argument("login")
@click.option("--name", help="For people; by default the login.")
@click.password_option(help="Asked for, if it is not given; better so, for others can read command lines.")
def create_account(login: str, name: str | None, password: str) -> None:
    """Create an account."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        await directory.create_account(login=login, name=name or login, password=password)

    run_with_directory(work)


@account.command("password")
@click.argument("login")
@click.password_option()
def set_password(login: str, password: str) -> None:
    """Give an account another password; all its sessions and API tokens end."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        await directory.set_password(await account_of(directory, login), login, password)

    run_with_directory(work)


@account.command("reset")
@click.argument("login")
def reset(login: str) -> None:
    """Print a one-time code by which its bearer chooses a new password; it is shown this once."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        code, until = await directory.reset_link(await account_of(directory, login))
        click.echo(code)
        click.echo(f"good once, until {until:%Y-%m-%d %H:%M} UTC, with POST /auth/reset", err=True)

    run_with_directory(work)


@account.command("address")
@click.argument("login")
@click.argument("address", required=False)
@click.option("--none", "remove", is_flag=True, help="Take the address away.")
def address_of(login: str, address: str | None, remove: bool) -> None:
    """Show an account's e-mail address, or set it: the operator's word is proof enough."""
    from homeroom.notices.mail import checked_address

    async def work(_host: Host, directory: TenantDirectory) -> None:
        account = await account_of(directory, login)
        if address is not None or remove:
            await directory.credentials.set_address(account, None if address is None else checked_address(address))
        click.echo((await directory.credentials.address_of(account)).email or "")

    run_with_directory(work)


@account.command("member")
@click.argument("login")
@click.argument("slug")
@click.option("--role", "roles", multiple=True, required=True)
@click.option("--person", type=PersonId(), help="Id of the staff member, student or guardian it stands for.")
@click.option("--from", "valid_from", type=DayOption(), help="UTC; by default at once.")
@click.option("--until", "valid_until", type=DayOption(), help="UTC; by default for ever.")
def member(
    login: str, slug: str, roles: tuple[str, ...], person: UUID | None, valid_from: Any, valid_until: Any
) -> None:
    """Make an account a member of a space; repeating replaces the roles. The audit of the space shows it."""
    from datetime import UTC, datetime, time

    from .commands import add_member

    async def work(host: Host, directory: TenantDirectory) -> None:
        space = await directory.space(slug)
        await host.execute(
            host.system_caller(space),
            add_member,
            login=login,
            roles=list(roles),
            person=person,
            valid_from=datetime.combine(valid_from, time(), UTC) if valid_from else None,
            valid_until=datetime.combine(valid_until, time(), UTC) if valid_until else None,
        )

    run_with_directory(work)


@account.command("leave")
@click.argument("login")
@click.argument("slug")
@click.option("--person", type=PersonId(), help="The membership for this person; by default that for nobody.")
@click.option("--all", "everything", is_flag=True, help="All memberships of the account in this space.")
@click.option("--reason", help="For the audit of the space.")
def leave(login: str, slug: str, person: UUID | None, everything: bool, reason: str | None) -> None:
    """End an account's membership of a space at once. The audit of the space shows it.

    Where the account has memberships for persons, name one of them, or end all.
    """
    from .commands import remove_member

    async def work(host: Host, directory: TenantDirectory) -> None:
        caller = host.system_caller(await directory.space(slug))
        whom = given(person=UNSET if person is None else person)
        await host.execute(caller, remove_member, login=login, everything=everything, audit_reason=reason, **whom)

    run_with_directory(work)


@account.command("members")
@click.argument("slug")
def members(slug: str) -> None:
    """Who is a member of a space, and whom its district has granted roles."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        for each in await directory.store.members((await directory.space(slug)).id):
            roles = ",".join(role.role for role in each.roles)
            more = [dates for role in each.roles if (dates := _dates(role))]
            more += [f"granted by {each.district}"] if each.district else []
            click.echo(f"{each.login}\t{each.name}\t{roles}\t{each.person or ''}\t{', '.join(more)}")

    run_with_directory(work)


def _dates(role: DatedRole) -> str:
    dates = [f"{word} {at:%Y-%m-%d}" for word, at in (("from", role.valid_from), ("until", role.valid_until)) if at]
    return f"{role.role} {' '.join(dates)}" if dates else ""


@account.command("token")
@click.argument("login")
@click.argument("slug")
@click.option("--title", required=True, help="What it is for.")
def token(login: str, slug: str, title: str) -> None:
    """Print a new API token of an account for one school; it is shown this once."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        space = await directory.space(slug)
        click.echo(await directory.issue_token(await account_of(directory, login), space.id, title=title))

    run_with_directory(work)


@account.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Close an account: its sessions and tokens are worth nothing from now on."""

    async def work(_host: Host, directory: TenantDirectory) -> None:
        await directory.disable_account(await account_of(directory, login))

    run_with_directory(work)
