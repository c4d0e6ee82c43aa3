"""The HTTP route by which people change the name of their account, in all its schools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, post

from .bodies import body_of
from .logins import checked_own_name

if TYPE_CHECKING:
    from litestar.types import ControllerRouterHandler

    from homeroom.host import Host

    from .directory import TenantDirectory

__all__ = ["OwnName", "own_account_routes"]


class OwnName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that people give themselves."""

    name: str


def own_account_routes(host: Host, directory: TenantDirectory) -> list[ControllerRouterHandler]:
    """The route over one host's directory.

    Args:
        host: The host.
        directory: Its directory.
    """

    @post("/auth/name", status_code=204)
    async def rename(request: Request[Any, Any, Any]) -> None:
        """Change the name of the own account, by which people see who did something. The login stays.

        The account has one name in all its schools and districts, and the audit of each shows the change. The name of a
        student, staff member or guardian belongs to the school, and stays as it is.
        """
        data = await body_of(request, OwnName)
        account = (await directory.requests.signed_in(request.scope)).account.id
        name = checked_own_name(data.name)
        # What the session remembers of memberships may be older than the newest of them.
        standing = await directory.store.standing(account)
        spaces = sorted(standing.spaces()) if standing is not None else []
        await directory.credentials.set_name(account, name, host.clock(), spaces=spaces)
        directory.changed_account(account)

    return [rename]
