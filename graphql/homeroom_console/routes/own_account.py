"""The page of the own account: name, language, password, address, sessions, tokens. Its forms send to ``/auth/...``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import MediaType, Request, get

from homeroom_console.around import directory_of
from homeroom_console.routes.serving import Answer, Serving
from homeroom_tenants.lifetimes import ABSOLUTE, IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader

__all__ = ["own_account_routes"]


def own_account_routes(serving: Serving) -> Sequence[ControllerRouterHandler]:
    """The route.

    Args:
        serving: Answers.
    """
    host = serving.host

    @get("/account", media_type=MediaType.HTML)
    async def account(request: Request[Any, Any, Any]) -> Answer:
        """The own account."""

        async def work(reader: Reader) -> Answer:
            directory, now = directory_of(host), host.clock()
            standing = await directory.requests.signed_in(request.scope)
            own = standing.account.id
            here = standing.session.id if standing.session else None
            names = {each.space.id: each.space.name for each in (await directory.known()).by_slug.values()}
            return serving.page(
                request,
                reader,
                "console/account.html",
                account=standing.account,
                address=(await directory.credentials.address_of(own)).email or "",
                roles=[reader.labels.role(each) for each in sorted(reader.caller.roles)],
                sessions=await directory.credentials.sessions_of(own, seen_since=now - IDLE, made_since=now - ABSOLUTE),
                here=here,
                tokens=await directory.credentials.tokens_of(own),
                spaces=names,
                browser=browser_name,
            )

        return await serving.answer(request, work)

    return [account]


def browser_name(agent: str) -> str:
    """A browser and its system by its ``User-Agent``, as far as people know it by a name."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for sign, name in known if sign in agent), "") for known in (browsers, systems)]
    return " · ".join(filter(None, found)) or agent[:60] or "–"
