"""HTTP routes of what is done by mail: the own address, and a lost password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from litestar import Request, Response, get, post

from homeroom.client_address import client_address, network_of
from homeroom.errors import Forbidden, Unauthenticated
from homeroom.notices.mail import checked_address
from homeroom_tenants.refusals import (
    CODE_SPENT,
    HOST_OF_SCHOOL_NEEDED,
    LINK_SPENT_OFFICE,
    NO_SUCH_SCHOOL,
    TOO_MANY_MAILS,
)

from .attempts import Attempts, Limit, bucket
from .bodies import NO_STORE, body_of
from .credential_store import OwnAddress
from .cross_site import check_origin
from .lifetimes import RESET, UNDO
from .logins import normal_login
from .mail_jobs import ask_of, mail_address_code, mail_address_undo, mail_reset
from .notices import ADDRESS_CHANGED, tell_owner
from .request_head import RequestHead
from .tokens import digest, kind_of, new_token

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.callers import Space
    from homeroom.host import Host

    from .directory import TenantDirectory
    from .signing_in import SignIn

__all__ = ["Address", "AddressCode", "Forgotten", "Language", "mail_routes", "space_here"]

#: Mails that may be asked for in a quarter of an hour: for one login or account, and from one network address.
_FOR_ONE: Final = 3
_FROM_ONE: Final = 30


class Forgotten(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what somebody is known: the login or the e-mail address."""

    login: str


class Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An e-mail address that is yet to be proved.

    Args:
        address: The address.
        password: The account's, since the holder of the address can choose a new password.
    """

    address: str
    password: str | None = None


class AddressCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that was mailed to it."""

    code: str


class ResetCode(msgspec.Struct, frozen=True):
    """A one-time code by which a new password is chosen."""

    reset: str


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wants to be written to in."""

    language: Literal["en", "zh-Hant", "zh-Hans", "vi"]


async def space_here(directory: TenantDirectory, request: Request[Any, Any, Any]) -> tuple[RequestHead, Space]:
    """The space whose host name is asked. Raises Forbidden if there is none, or a page of elsewhere asks."""
    head = RequestHead.of(request.scope)
    known, _ = await directory.requests.selected(head)
    if head.origin is not None:
        check_origin(head.origin, directory.requests.own_origins(head))
    if known is None:
        raise Forbidden(HOST_OF_SCHOOL_NEEDED)
    return head, known.space


def mail_routes(host: Host, directory: TenantDirectory, signing: SignIn) -> list[ControllerRouterHandler]:
    """The routes over one host's directory.

    Args:
        host: The host.
        directory: Its directory.
        signing: What somebody does with the own account.
    """

    attempts = Attempts(host, directory.credentials)

    async def throttle(*limits: Limit) -> None:
        # Counted whether or not there is such an account.
        await attempts.begin(limits, refusal=TOO_MANY_MAILS)

    @post("/auth/forgotten", status_code=204)
    async def forgotten(request: Request[Any, Any, Any]) -> None:
        """Have a one-time code for a new password mailed. The answer is one for every login, known or not."""
        data = await body_of(request, Forgotten)
        _, space = await space_here(directory, request)
        address = network_of(client_address(request.scope, host.settings))
        login = normal_login(data.login)[:200]
        await throttle(Limit(bucket("forgotten", login), _FOR_ONE), Limit(bucket("forgotten from", address), _FROM_ONE))
        # Whether there is such an account is looked up by the job alone: here nothing depends on it.
        await ask_of(host, space, mail_reset, login=login)

    @get("/auth/address")
    async def own(request: Request[Any, Any, Any]) -> Response[OwnAddress]:
        """The own e-mail address, once proved, and the language of what is written to it."""
        standing = await directory.requests.signed_in(request.scope)
        return Response(await directory.credentials.address_of(standing.account.id), headers=NO_STORE)

    @post("/auth/address", status_code=204)
    async def give(request: Request[Any, Any, Any]) -> None:
        """Give an e-mail address; a one-time code is sent there, and the address counts once that comes back."""
        data = await body_of(request, Address)
        standing = await directory.requests.signed_in(request.scope)
        _, space = await space_here(directory, request)
        if space.id not in standing.spaces():
            raise Forbidden(NO_SUCH_SCHOOL)
        address = checked_address(data.address)
        await signing.prove(standing, data.password)
        account = standing.account.id
        await throttle(
            Limit(bucket("address", str(account)), _FOR_ONE), Limit(bucket("address to", address.lower()), _FOR_ONE)
        )
        await ask_of(host, space, mail_address_code, account=str(account), address=address)

    @post("/auth/address/confirm", status_code=204)
    async def confirm(request: Request[Any, Any, Any]) -> None:
        """Prove the address with the code that went there; works once, for the account that gave it.

        The old address is mailed a link by which its owner can undo this.
        """
        data = await body_of(request, AddressCode)
        standing = await directory.requests.signed_in(request.scope)
        _, space = await space_here(directory, request)
        account = standing.account.id
        taken = None
        if kind_of(data.code) == "address":
            taken = await directory.credentials.take_address_code(digest(data.code), account, host.clock())
        if taken is None:
            raise Unauthenticated(CODE_SPENT)
        if taken.before is not None and taken.before != taken.email:
            changed_at = host.clock()
            await directory.credentials.open_address_undo(
                digest(new_token("undo")),
                account,
                taken.before,
                changed_at=changed_at,
                expires_at=changed_at + UNDO,
            )
            await ask_of(
                host,
                space,
                mail_address_undo,
                account=str(account),
                address=taken.before,
                changed_at=changed_at.isoformat(),
            )
        await tell_owner(ADDRESS_CHANGED, host, directory, account, space)

    @post("/auth/address/undo", status_code=200)
    async def undo(request: Request[Any, Any, Any]) -> Response[ResetCode]:
        """Put an old address back with the code that was mailed there; works once.

        All sessions and API tokens end, the password is worth nothing any more, and so are the links that were mailed
        because of later changes. The answer has a code for `POST /auth/reset`.
        """
        data = await body_of(request, AddressCode)
        await space_here(directory, request)
        account, reset, now = None, new_token("reset"), host.clock()
        if kind_of(data.code) == "undo":
            account = await directory.credentials.take_address_undo(
                digest(data.code), now, reset=digest(reset), reset_expires_at=now + RESET
            )
        if account is None:
            raise Unauthenticated(LINK_SPENT_OFFICE)
        directory.changed_account(account)
        return Response(ResetCode(reset), headers=NO_STORE)

    @post("/auth/language", status_code=204)
    async def language(request: Request[Any, Any, Any]) -> None:
        """Choose the language of what is written to the account, in every school."""
        data = await body_of(request, Language)
        standing = await directory.requests.signed_in(request.scope)
        await directory.credentials.set_language(standing.account.id, data.language)

    return [forgotten, own, give, confirm, undo, language]
