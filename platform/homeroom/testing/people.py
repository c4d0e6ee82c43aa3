"""People for tests: an account for each space, role and person, signed in once and then remembered.

Their sessions are opened by the directory, and all have one password, hashed once in a process: hashing and checking
passwords would cost more than most tests. :meth:`Client.sign_in` signs in as a browser does, with that password.
"""

from __future__ import annotations

import functools
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from argon2 import PasswordHasher

from homeroom.testing.client import Client

if TYPE_CHECKING:
    from uuid import UUID

    from litestar import Litestar

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["People"]

#: A session that is older, by the host's clock, may have ended or may not have begun. One that is this young also runs
#: the commands that need a recent proof of the password.
_FRESH = timedelta(minutes=10)


@functools.cache
def _password() -> tuple[str, str]:
    """The password of everybody whom this process makes, and its hash."""
    password = secrets.token_urlsafe(12)
    return password, PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1).hash(password)


class People:
    """Makes accounts and signs them in. Calling it is :meth:`as_role`.

    Args:
        host: The open host.
        app: Its application.
    """

    def __init__(self, host: Host, app: Litestar) -> None:
        self._host = host
        self._app = app
        self._known: dict[tuple[UUID, frozenset[str], UUID | None], Client] = {}
        #: When each account signed in, by login.
        self._signed_in: dict[str, datetime] = {}

    async def __call__(self, space: Space, *roles: str, person: UUID | None = None) -> Client:
        """See :meth:`as_role`."""
        return await self.as_role(space, *roles, person=person)

    async def as_role(self, space: Space, *roles: str, person: UUID | None = None) -> Client:
        """Somebody who holds these roles in a space, signed in.

        Args:
            space: The space.
            roles: Role names.
            person: The staff member, student or guardian that the account stands for.
        """
        key = (space.id, frozenset(roles), person)
        client = self._known.get(key)
        if client is None:
            client = self._known[key] = await self.newcomer(space)
            assert client.account is not None
            await self._host.directory.add_member(space.id, client.account, roles=roles, person=person)
        if abs(self._host.clock() - self._signed_in[client.login]) > _FRESH:  # somebody has moved the clock
            await self._open_session(client)
        return client

    async def newcomer(self, space: Space) -> Client:
        """Somebody with an account, signed in at a space's host name, who is no member of anything."""
        client, login = self.visitor(space), f"test-{secrets.token_hex(6)}"
        password, hashed = _password()
        client.account = await self._host.directory.create_account(login=login, name=login, password_hash=hashed)
        client.login, client.password = login, password
        await self._open_session(client)
        return client

    async def _open_session(self, client: Client) -> None:
        assert client.account is not None
        self._signed_in[client.login] = self._host.clock()
        agent = client.http.headers["User-Agent"]
        client.take_cookie(await self._host.directory.open_session(client.account, agent=agent))

    def visitor(self, space: Space, *, address: str = "127.0.0.1") -> Client:
        """Nobody in particular at a space's host name, who connects from a network address."""
        return Client(self._app, space, self._host.settings, address=address)

    async def with_token(self, client: Client, space: Space) -> Client:
        """The same account as a program: with an API token for a space in place of a cookie."""
        assert client.account is not None
        token = await self._host.directory.issue_token(client.account, space.id, title="test")
        program = Client(self._app, space, self._host.settings, token=token)
        program.account, program.login = client.account, client.login
        return program

    async def close(self) -> None:
        """Let everybody go."""
        for client in self._known.values():
            await client.close()
        self._known.clear()
