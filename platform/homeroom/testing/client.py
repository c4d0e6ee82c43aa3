"""A browser of sorts: speaks HTTP to the application in this process, with cookies and an Origin."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from uuid import UUID

    from litestar import Litestar

    from homeroom.callers import Space
    from homeroom.settings import Settings

__all__ = ["Client", "GraphQLFailed"]


class GraphQLFailed(AssertionError):  # noqa: N818 - said as what happened
    """A GraphQL request had errors although none were expected.

    Args:
        errors: As the response gave them.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{e.get('message')} {e.get('extensions', '')}" for e in errors))
        self.errors = errors


class Client:
    """Somebody at one space's host name, signed in or not.

    Args:
        app: The application.
        space: The space whose host name is used.
        settings: Base domain and scheme of the installation.
        token: An API token to send instead of a cookie.
        address: The network address that it connects from.

    Example:
        teacher: Client = await as_role(school_a, "teacher")
        answer = await teacher.gql("{ viewer { login } }")
    """

    def __init__(
        self,
        app: Litestar,
        space: Space,
        settings: Settings,
        *,
        token: str | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        host = f"{space.slug}.{settings.base_domain}"
        headers = {"Origin": f"{settings.public_scheme}://{host}"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self.space = space
        #: The account that is signed in, or none.
        self.account: UUID | None = None
        #: Its login and password.
        self.login = self.password = ""
        # Over "https" inside the process: cookies of ours travel no other way.
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4000)),  # type: ignore[arg-type]
            base_url=f"https://{host}",
            headers=headers,
        )

    async def sign_in(self, login: str, password: str) -> Self:
        """Sign in; raises httpx.HTTPStatusError if that is refused."""
        answer = await self.http.post("/auth/login", json={"login": login, "password": password})
        answer.raise_for_status()
        self.login, self.password = login, password
        return self

    def take_cookie(self, header: str) -> Self:
        """Keep the cookie of a Set-Cookie header, as a browser keeps it for this host name.

        Args:
            header: The value of the header, such as :meth:`homeroom.directory.Directory.open_session` returns.
        """
        for name, morsel in SimpleCookie(header).items():
            host = self.http.base_url.host
            self.http.cookies.set(name, morsel.value, domain=host, path=morsel["path"] or "/")
        return self

    async def post(self, document: str, variables: dict[str, Any] | None = None) -> httpx.Response:
        """A GraphQL request as it comes back, whatever it says."""
        return await self.http.post("/graphql", json={"query": document, "variables": variables or {}})

    async def gql(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL request. Raises :class:`GraphQLFailed` if it has errors."""
        answer = (await self.post(document, variables)).json()
        if answer.get("errors"):
            raise GraphQLFailed(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    async def refused(self, document: str, **variables: Any) -> list[str]:
        """The codes of the errors of a GraphQL request; empty if there are none."""
        answer = (await self.post(document, variables)).json()
        return [each.get("extensions", {}).get("code", "") for each in answer.get("errors") or ()]

    async def close(self) -> None:
        """Give the connection back."""
        await self.http.aclose()
