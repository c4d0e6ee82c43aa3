"""People for tests: an account for each space, role and person, signed in once and then remembered."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from homeroom.testing.client import Client

if TYPE_CHECKING:
    from uuid import UUID

    from litestar import Litestar

    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["People"]


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
        return client

    async def newcomer(self, space: Space) -> Client:
        """Somebody with an account, signed in at a space's host name, who is no member of anything."""
        login, password = f"test-{secrets.token_hex(6)}", secrets.token_urlsafe(12)
        account = await self._host.directory.create_account(login=login, name=login, password=password)
        client = await self.visitor(space).sign_in(login, password)
        client.account = account
        return client

    def visitor(self, space: Space) -> Client:
        """Nobody in particular at a space's host name."""
        return Client(self._app, space, self._host.settings)

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
