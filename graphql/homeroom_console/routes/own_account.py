"""The page of the own account: language, password, address, sessions, tokens. Its forms send to ``/auth/...``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import MediaType, Request, Response, get, post

from homeroom_console.answers import SAFE
from homeroom_console.around import directory_of
from homeroom_console.routes.serving import Answer, Missing, Serving
from homeroom_tenants.lifetimes import ABSOLUTE, IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.types import ControllerRouterHandler

    from homeroom_console.reader import Reader

__all__ = ["own_account_routes"]

_RENAME: Final = "mutation ConsoleRename($name: String!) { renameAccount(input: {name: $name}) { errors { message } } }"


class _OwnName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that people give themselves."""

    name: str


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

    @post("/account/name", status_code=200)
    async def rename(request: Request[Any, Any, Any]) -> Answer:
        """Change the own name; answers with what is wrong with it, as the routes of accounts do."""

        async def work(reader: Reader) -> Answer:
            try:
                given = msgspec.json.decode(await request.body(), type=_OwnName)
            except (msgspec.MsgspecError, RecursionError):
                raise Missing from None
            answer = await serving.asking.ask(reader, _RENAME, {"name": given.name})
            wrong = [*answer.errors, *((answer.first or {}).get("errors") or ())]
            if wrong:
                said = {"errors": [{"message": each["message"]} for each in wrong]}
                return Response(
                    msgspec.json.encode(said), status_code=422, media_type=MediaType.JSON, headers=dict(SAFE)
                )
            return Response(b"", status_code=204, headers=dict(SAFE))

        return await serving.answer(request, work)

    return [account, rename]


def browser_name(agent: str) -> str:
    """A browser and its system by its ``User-Agent``, as far as people know it by a name."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for sign, name in known if sign in agent), "") for known in (browsers, systems)]
    return " · ".join(filter(None, found)) or agent[:60] or "–"
