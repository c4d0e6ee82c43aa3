"""Where spaces, accounts and memberships are known. A host part implements it; see the hook ``directory``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from homeroom.callers import Caller, Space

__all__ = ["Directory"]


class Directory(Protocol):
    """Spaces, accounts and memberships."""

    @property
    def hearing(self) -> bool:
        """Whether changes by other processes are being received; while they are not, nothing is remembered."""

    @property
    def generation(self) -> int:
        """Rises with every change that is received."""

    @property
    def backend(self) -> int | None:
        """The process of PostgreSQL that serves the connection on which changes arrive, if there is one."""

    async def authenticate(self, scope: Mapping[str, Any], *, used: bool = True) -> Caller:
        """Who sent an HTTP request, and to which space.

        Args:
            scope: The ASGI connection scope.
            used: Whether this counts as a use of the session; who only looks whether it still lives says no.

        Raises:
            Unauthenticated: Nobody is signed in, or the session or token has ended.
            Forbidden: The caller has nothing to do with the selected space (or there is none), or the
                request may have been forged by another site.
        """

    async def is_open(self, space: UUID) -> bool:
        """Whether a space is there, and neither suspended nor closed."""

    async def caller(self, space: UUID, account: UUID) -> Caller:
        """An account in a space as it is now, for jobs. Raises Forbidden if it is no member (any more)."""

    async def language(self, account: UUID) -> str | None:
        """The language that an account chose for what is written to it, one of the house; none if it chose none."""

    async def space(self, slug: str) -> Space:
        """A space by its slug. Raises Refusal."""

    async def spaces(self) -> Sequence[Space]:
        """All spaces, by slug."""

    async def create_space(
        self,
        *,
        slug: str,
        name: str,
        region: str,
        kind: Literal["school", "district"] = "school",
        plugins: Sequence[str] | None = None,
    ) -> Space:
        """Create a space from a region's preset; whole or not at all. Raises Refusal.

        Args:
            slug: Lower case letters, digits and hyphens; unique in the installation.
            name: For people.
            region: A preset's region.
            kind: School or district.
            plugins: What is switched on; by default what the preset says.
        """

    async def set_plugins(self, space: UUID, plugins: Sequence[str]) -> Space:
        """Switch plugins on and off, with what they require. Hidden rows are kept."""

    def forget_space(self, space: UUID) -> None:
        """To be called by a command that changes a space, before its commit."""

    async def create_account(
        self, *, login: str, name: str, password: str | None = None, password_hash: str | None = None
    ) -> UUID:
        """Create a global account. Raises Refusal naming ``login``, ``password`` or ``password_hash``.

        Args:
            login: Unique in the installation.
            name: For people.
            password: Checked, and stored as a hash.
            password_hash: In place of a password: its Argon2 hash as another installation stored it, in PHC format.
        """

    async def open_session(self, account: UUID, *, agent: str = "", address: str = "127.0.0.1") -> str:
        """Open a session of an account without its password: the caller has proved otherwise whose account it is.

        Args:
            account: The account.
            agent: The browser, for the account's list of sessions.
            address: The network address, for the same list.

        Returns:
            The value of the Set-Cookie header that gives the session to a browser.

        Raises:
            Refusal: There is no such account, or it is closed.
        """

    async def add_member(self, space: UUID, account: UUID, *, roles: Sequence[str], person: UUID | None = None) -> None:
        """Make an account a member of a space, once per person it stands for; repeating replaces the roles."""

    async def issue_token(self, account: UUID, space: UUID, *, title: str) -> str:
        """A revocable API token for one account in one space; the only time that it is shown."""
