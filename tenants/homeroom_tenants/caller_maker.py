"""From what somebody holds to the caller that the rest of the house knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from homeroom.callers import Caller
from homeroom.errors import Forbidden
from homeroom.permissions import EVERYBODY, Access
from homeroom_tenants.refusals import NO_SUCH_SCHOOL, SCHOOL_NOT_OPEN, SCHOOL_NOT_OPEN_BECAUSE

from .cache import KnownSpace
from .standing import InForce, Standing

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["CallerMaker"]

#: One answer for a space that is not there and one that is not the caller's.
#: Compiled permissions kept: one for each set of plugins, own rules and roles.
_ACCESSES: Final = 4096


class CallerMaker:
    """Makes callers; remembers compiled permissions by their content.

    Args:
        host: The host.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._accesses: dict[tuple[Any, ...], Access] = {}

    def make(
        self,
        known: KnownSpace,
        standing: Standing,
        now: datetime,
        via: Literal["session", "token", "job"],
        *,
        own_page: bool = False,
    ) -> tuple[Caller, datetime | None]:
        """The caller, and until when that holds by the clock (None: until somebody changes it).

        Args:
            known: The space.
            standing: What the account holds.
            now: The moment, UTC.
            via: How the caller came.
            own_page: Whether a session works from the installation's own pages.

        Raises:
            Forbidden: Nothing that the account holds in this space is in force.
        """
        holds = standing.in_force(known.space.id, now)
        if not holds.roles:
            raise Forbidden(NO_SUCH_SCHOOL)
        if known.space.state != "open":
            # Only members of the school learn this.
            if known.closed_because:
                raise Forbidden(SCHOOL_NOT_OPEN_BECAUSE, state=known.space.state, reason=known.closed_because)
            raise Forbidden(SCHOOL_NOT_OPEN, state=known.space.state)
        return Caller(
            space=known.space,
            account=standing.account.id,
            persons=holds.persons,
            roles=holds.roles,
            access=replace(self._access(known, holds), valid_until=holds.until),
            login=standing.account.login,
            name=standing.account.name,
            via=via,
            confirmed_at=standing.session.password_given_at if standing.session is not None else None,
            own_page=own_page,
        ), holds.until

    def _access(self, known: KnownSpace, holds: InForce) -> Access:
        key = (known.space.plugins, known.space.fields, known.rules, holds.roles)
        access = self._accesses.get(key)
        if access is None:
            roles = holds.roles | {EVERYBODY}
            access = self._host.compile_access(known.space.plugins, roles, known.rules, known.space.fields)
            if len(self._accesses) >= _ACCESSES:
                self._accesses.clear()
            self._accesses[key] = access
        return access
