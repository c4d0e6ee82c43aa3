"""What the administrators of a space do with its members, and those of a district in its schools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, cast
from uuid import UUID

from homeroom.commands import UNSET, Command, Ref, Unset, command
from homeroom.context import Context
from homeroom.errors import Problem, Refusal
from homeroom.languages import LANGUAGES
from homeroom.refusals import ENDS_BEFORE_START, NOT_FOUND, ONE_OF
from homeroom_tenants.refusals import ORIGIN_FORMAT, PERSON_NEEDED, TOO_MANY_ORIGINS

from .cross_site import is_origin
from .giving import check_giving, check_own_end, refuse_last_administrator
from .invitations import invite_account, revoke_invitations
from .logins import normal_login
from .standing import DatedRole
from .store import NotedLine

if TYPE_CHECKING:
    from .cache import KnownSpace
    from .directory import TenantDirectory

__all__ = ["COMMANDS", "add_member"]

#: Every server keeps the origins of all spaces in its memory.
_MOST_ORIGINS: Final = 100


def _directory(context: Context) -> TenantDirectory:
    return cast("TenantDirectory", context.host.directory)


async def _account(context: Context, login: str) -> UUID:
    """The account with a login. The refusal of a missing one must not reveal whether a login exists elsewhere."""
    account = await _directory(context).store.account_of(normal_login(login))
    if account is None:
        raise Refusal(NOT_FOUND, "login")
    return account


@command("tenants.member.add", audited_arguments=True, confirmed=True)
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

    Raises Refusal for an unknown login; Refusal for an unknown role, for dates that end before they begin, for a role
    that permits what the caller may not do (unless the caller has the right to give it), and for a longer end of one's
    own role.

    Args:
        login: By which the account signs in.
        roles: What the member is here.
        person: The staff member, student or guardian that the account stands for.
        valid_from: From when on; by default at once.
        valid_until: Until when; by default without an end.
    """
    _check_dates(valid_from, valid_until)
    directory = _directory(context)
    # Before the login is looked up: a call that would be refused anyway must not tell whether a login exists.
    directory.check_roles(context.space, roles)
    await check_giving(context, roles, persons=[person] if person is not None else [])
    account = await _account(context, login)
    standing = await directory.store.standing(account)
    persons = {each.person for each in standing.memberships if each.space == context.space.id} if standing else set()
    await check_giving(context, roles, persons=[each for each in {*persons, person} if each is not None])
    check_own_end(context, standing, roles, valid_until, space=context.space.id)
    dates = DatedRole("", valid_from, valid_until)
    directory.forget_account(account)
    before = await directory.store.add_member(
        context.space.id, account, person, roles, dates, context.now, by=context.caller.login,
        reason=context.trail.reason,
    )  # fmt: skip
    await check_giving(context, {each.role for each in before or ()} - set(roles), taking=True)
    await refuse_last_administrator(context, before or (), field="roles")
    after = [DatedRole(role, valid_from, valid_until) for role in sorted(set(roles))]
    context.trail.changed("membership", account, _member(login, person, before), _member(login, person, after))


@command("tenants.member.remove", audited_arguments=True, confirmed=True)
async def remove_member(
    context: Context, *, login: str, person: UUID | Unset | None = UNSET, everything: bool = False
) -> None:
    """End a membership here, or all of an account; its sessions see nothing more of this space by them.

    Roles that the district has granted are the district's to take away. Raises Refusal for a role that permits what the
    caller may not do, unless the caller has the right to give it; PERSON_NEEDED where the account has memberships for
    persons and it is not said which one ends; LAST_ADMINISTRATOR where nobody would look after the space.

    Args:
        login: By which the account signs in.
        person: The one person that the account no longer stands for; null: the membership that stands for nobody. It
            may be left out where that is the only one.
        everything: Whether all memberships of the account end.
    """
    account, store = await _account(context, login), _directory(context).store
    members = await store.members(context.space.id)
    held = {each.person for each in members if each.account == account and each.district is None}
    if person is UNSET and not everything:
        if held - {None}:
            raise Refusal(PERSON_NEEDED, "person")
        person = None
    taken: list[DatedRole] = []
    for each in held if everything else {person}:
        taken += await _end(context, account, login, cast("UUID | None", each), field="login")
    if not held:
        raise Refusal(NOT_FOUND, "login")
    await refuse_last_administrator(context, taken, field="login")
    _directory(context).forget_account(account)


@command("tenants.members.end", many=True, audited_arguments=True, confirmed=True)
async def end_memberships(context: Context, *, members: list[Annotated[UUID, Ref("SpaceMember")]]) -> None:
    """End all memberships of several accounts here; their sessions see nothing more of this space by them.

    Roles that the district has granted are the district's to take away. Raises Refusal for each account without a
    membership, and for each role that permits what the caller may not do, unless the caller has the right to give it;
    LAST_ADMINISTRATOR where nobody would look after the space.

    Args:
        members: Who.
    """
    await context.permit("SpaceMember", members, field="members", rows=True)
    store = _directory(context).store
    held: dict[UUID, list[tuple[str, UUID | None]]] = {}
    for each in await store.members(context.space.id):
        if each.district is None:
            held.setdefault(each.account, []).append((each.login, each.person))
    missing = [Problem(NOT_FOUND, "members", row) for row, each in enumerate(members) if each not in held]
    if missing:
        raise Refusal.of(missing)
    taken: list[DatedRole] = []
    for account in dict.fromkeys(members):
        for login, person in held[account]:
            taken += await _end(context, account, login, person, field="members")
        _directory(context).forget_account(account)
    await refuse_last_administrator(context, taken, field="members")


async def _end(context: Context, account: UUID, login: str, person: UUID | None, *, field: str) -> list[DatedRole]:
    """End one membership of an account; gives the roles that it had."""
    before = await _directory(context).store.remove_member(context.space.id, account, person)
    if before is None:
        raise Refusal(NOT_FOUND, field)
    await check_giving(context, [role.role for role in before], taking=True, field=field)
    context.trail.changed("membership", account, _member(login, person, before), None)
    return before


@command("tenants.origins.set", audited_arguments=True, confirmed=True)
async def set_origins(context: Context, *, origins: list[str]) -> None:
    """List the origins of other sites whose pages may speak for people of this space, in place of the old list.

    Args:
        origins: Such as https://app.example; an empty list takes all away.
    """
    if len(origins) > _MOST_ORIGINS:
        raise Refusal(TOO_MANY_ORIGINS, "origins", most=_MOST_ORIGINS)
    for row, origin in enumerate(origins):
        if not is_origin(origin):
            raise Refusal(ORIGIN_FORMAT, "origins", row)
    known = (await _directory(context).known()).by_id[context.space.id]
    listed = sorted(set(origins))
    await _directory(context).store.set_origins(context.space.id, listed)
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space", context.space.id, {"origins": sorted(known.origins)}, {"origins": listed})


@command("tenants.language.set", audited_arguments=True)
async def set_language(context: Context, *, language: str) -> None:
    """Choose the language of this space for people who have chosen none: on papers, in notices and in mail.

    What people wrote, such as the titles of subjects, stays as it is, and so does the order of names.

    Args:
        language: One of en, zh-Hant, zh-Hans and vi.
    """
    if language not in LANGUAGES:
        raise Refusal(ONE_OF, "language", options=LANGUAGES)
    locale = _directory(context).locale_of(context.space.region, language)
    await _directory(context).store.set_locale(context.space.id, locale)
    _directory(context).forget_space(context.space.id)
    context.trail.changed("space", context.space.id, {"locale": context.space.locale}, {"locale": locale})


@command("tenants.district.grant", audited_arguments=True, confirmed=True)
async def grant_in_school(
    context: Context,
    *,
    login: str,
    school: str,
    role: str,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Give a member of this district a role in one of its schools, with dates. The audit of both shows it.

    Raises Refusal unless the account is a member here and the school belongs to this district; Refusal for dates that
    end before they begin, and for a role that exceeds what the caller may give.

    Args:
        login: By which the account signs in.
        school: The short name of a school of this district.
        role: Which role.
        valid_from: From when on; by default at once.
        valid_until: Until when; by default without an end.
        reason: Why; the school reads it.
    """
    _check_dates(valid_from, valid_until)
    directory = _directory(context)
    # The login comes last: a call that would be refused anyway must not tell whether a login exists.
    known = (await directory.known()).by_slug.get(school)
    if known is None or known.district != context.space.id:
        raise Refusal(NOT_FOUND, "school")
    directory.check_roles(known.space, [role], field="role")
    await check_giving(context, [role], at=known, field="role")
    account = await _account(context, login)
    check_own_end(context, await directory.store.standing(account), [role], valid_until, space=known.space.id)
    dated = DatedRole(role, valid_from, valid_until)
    done = await directory.store.grant_in_school(
        context.space.id, account, known.space.id, dated, context.now, by=context.caller.login,
        reason=context.trail.reason,
    )  # fmt: skip
    if done is None:
        raise Refusal(NOT_FOUND, "login")
    await _note_grant(context, account, login, known, done.before, dated)


@command("tenants.district.revoke", audited_arguments=True, confirmed=True)
async def revoke_in_school(context: Context, *, login: str, school: str, role: str, reason: str | None = None) -> None:
    """Take a role in one of this district's schools away from a member. The audit of both shows it.

    Args:
        login: By which the account signs in.
        school: The short name of the school.
        role: Which role.
        reason: Why; the school reads it.
    """
    directory = _directory(context)
    account = await _account(context, login)
    known = (await directory.known()).by_slug.get(school)
    before = (
        None
        if known is None
        else await directory.store.revoke_in_school(context.space.id, account, known.space.id, role)
    )
    if known is None or before is None:
        raise Refusal(NOT_FOUND, "login")
    await check_giving(context, [role], at=known, field="role", taking=True)
    await _note_grant(context, account, login, known, before, None)


async def _note_grant(
    context: Context, account: UUID, login: str, known: KnownSpace, old: DatedRole | None, new: DatedRole | None
) -> None:
    """Write a grant into the audit of the district and of the school."""
    directory = _directory(context)
    directory.forget_account(account)
    about = {"login": login, "school": known.space.slug}
    was, now = ({**about, **_dated(each)} if each is not None else None for each in (old, new))
    context.trail.changed("district_grant", account, was, now)
    said = {**about, **_dated(new or old or DatedRole(""))}
    await directory.store.note_in_schools(
        context.caller, [known.space.id], context.now, context.running, said, reason=context.trail.reason,
        lines=[NotedLine("district_grant", account, was, now)],
    )  # fmt: skip


def _check_dates(valid_from: datetime | None, valid_until: datetime | None) -> None:
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise Refusal(ENDS_BEFORE_START, "valid_until")


def _dated(role: DatedRole) -> dict[str, Any]:
    return {"role": role.role, "valid_from": role.valid_from, "valid_until": role.valid_until}


def _member(login: str, person: UUID | None, roles: Sequence[DatedRole] | None) -> dict[str, Any] | None:
    """A membership as the audit shows it, with the dates of each role; none if there is none."""
    if roles is None:
        return None
    names = [each.role for each in roles]
    return {"login": login, "person": person, "roles": names, "dates": [_dated(each) for each in roles]}


COMMANDS: tuple[Command, ...] = (
    add_member,
    remove_member,
    end_memberships,
    set_origins,
    set_language,
    grant_in_school,
    revoke_in_school,
    invite_account,
    revoke_invitations,
)
