"""What the administrators of a space do with its members, and those of a district in its schools."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from homeroom.commands import Command, command
from homeroom.context import Context
from homeroom.errors import Invalid, NotFound
from homeroom.languages import LANGUAGES

from .cross_site import is_origin
from .logins import normal_login
from .standing import DatedRole

if TYPE_CHECKING:
    from .directory import TenantDirectory

__all__ = ["COMMANDS"]


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


async def _account(context: Context, login: str) -> UUID:
    account = await _directory(context).store.account_of(normal_login(login))
    if account is None:
        raise NotFound("there is no such account", field="login")
    return account


@command("tenants.member.add", audited_arguments=True)
async def add_member(
    context: Context,
    *,
    login: str,
    roles: list[str],
    person: UUID | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> None:
    """Make an account a member here, once per person it stands for; repeating replaces the roles.

    Raises NotFound for an unknown login, Invalid for an unknown role or dates that end before they begin.

    Args:
        login: By which the account signs in.
        roles: What the member is here.
        person: The staff member, student or guardian that the account stands for.
        valid_from: From when on; at once unless told.
        valid_until: Until when; without an end unless told.
    """
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise Invalid("this ends before it begins", field="validUntil")
    account = await _account(context, login)
    _directory(context).check_roles(context.space, roles)
    store = _directory(context).store
    dates = DatedRole("", valid_from, valid_until)
    _directory(context).forget_account(account)
    await store.add_member(context.space.id, account, person, roles, dates, context.now)
    context.trail.changed("membership", account, None, {"login": login, "roles": roles, "person": person})


@command("tenants.member.remove", audited_arguments=True)
async def remove_member(context: Context, *, login: str, person: UUID | None = None) -> None:
    """End a membership here; the person's sessions see nothing of this space from then on.

    Args:
        login: By which the account signs in.
        person: The one person that the account no longer stands for; none: the membership that stands for nobody.
    """
    account = await _account(context, login)
    if not await _directory(context).store.remove_member(context.space.id, account, person):
        raise NotFound("there is no such member", field="login")
    _directory(context).forget_account(account)
    context.trail.changed("membership", account, {"login": login, "person": person}, None)


@command("tenants.origins.set", audited_arguments=True)
async def set_origins(context: Context, *, origins: list[str]) -> None:
    """List the origins of other sites whose pages may speak for people of this space, in place of the old list.

    Args:
        origins: Such as https://app.example; an empty list takes all away.
    """
    for row, origin in enumerate(origins):
        if not is_origin(origin):
            raise Invalid("an origin is a scheme, a host and a port: https://app.example", field="origins", row=row)
    await _directory(context).store.set_origins(context.space.id, sorted(set(origins)))
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space", context.space.id, None, {"origins": origins})


@command("tenants.language.set", audited_arguments=True)
async def set_language(context: Context, *, language: str) -> None:
    """Choose the language in which this space speaks to whoever has chosen none: on papers, in notices and in mail.

    What people wrote, such as the titles of subjects, stays as it is, and so does the order of names.

    Args:
        language: One of en, zh-Hant, zh-Hans and vi.
    """
    if language not in LANGUAGES:
        raise Invalid(f"expected one of {', '.join(LANGUAGES)}", field="language")
    locale = _directory(context).locale_of(context.space.region, language)
    await _directory(context).store.set_locale(context.space.id, locale)
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space", context.space.id, {"locale": context.space.locale}, {"locale": locale})


@command("tenants.district.grant", audited_arguments=True)
async def grant_in_school(
    context: Context,
    *,
    login: str,
    school: str,
    role: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> None:
    """Give a member of this district a role in one of its schools, with dates. The audit of both shows it.

    Raises NotFound unless the account is a member here and the school belongs to this district.

    Args:
        login: By which the account signs in.
        school: The short name of a school of this district.
        role: Which role.
        valid_from: From when on; at once unless told.
        valid_until: Until when; without an end unless told.
    """
    directory = _directory(context)
    account = await _account(context, login)
    known = (await directory.known()).by_slug.get(school)
    if known is None or known.district != context.space.id:
        raise NotFound("there is no such school in this district", field="school")
    directory.check_roles(known.space, [role])
    dated = DatedRole(role, valid_from, valid_until)
    if not await directory.store.grant_in_school(context.space.id, account, known.space.id, dated):
        raise NotFound("there is no such member", field="login")
    directory.forget_account(account)
    context.trail.changed("district_grant", account, None, {"school": school, "role": role})
    said = {"login": login, "role": role, "valid_from": valid_from, "valid_until": valid_until}
    await directory.store.note_in_schools(context.caller, [known.space.id], context.now, grant_in_school.name, said)


@command("tenants.district.revoke", audited_arguments=True)
async def revoke_in_school(context: Context, *, login: str, school: str, role: str) -> None:
    """Take a role in one of this district's schools away from a member. The audit of both shows it.

    Args:
        login: By which the account signs in.
        school: The short name of the school.
        role: Which role.
    """
    directory = _directory(context)
    account = await _account(context, login)
    known = (await directory.known()).by_slug.get(school)
    if known is None or not await directory.store.revoke_in_school(context.space.id, account, known.space.id, role):
        raise NotFound("there is no such grant", field="login")
    directory.forget_account(account)
    context.trail.changed("district_grant", account, {"school": school, "role": role}, None)
    said = {"login": login, "role": role}
    await directory.store.note_in_schools(context.caller, [known.space.id], context.now, revoke_in_school.name, said)


COMMANDS: tuple[Command, ...] = (
    add_member,
    remove_member,
    set_origins,
    set_language,
    grant_in_school,
    revoke_in_school,
)
