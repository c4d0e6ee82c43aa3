"""The HTTP server, its addresses and its proxies."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from homeroom.settings.files import FileSettings
from homeroom.settings.kinds import Count, Port

__all__ = ["ServingSettings"]


class ServingSettings(FileSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The HTTP server, its addresses and its proxies."""

    host: Annotated[str, Meta(description="The address that `homeroom serve` listens on.")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="The port that `homeroom serve` listens on; 0 takes a free one.")] = 8000
    workers: Annotated[Count, Meta(description="Server processes; one per core serves most requests.")] = 2
    server: Annotated[Literal["granian", "uvicorn"], Meta(description="The HTTP server; uvicorn is the fallback.")] = (
        "granian"
    )
    stop_timeout: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Seconds that a stopping server has to finish its requests; then it is ended.",
        ),
    ] = 10.0
    stop_delay: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description=(
                "Seconds between `/health/ready` saying no and the end of accepting connections: what a proxy needs to"
                " notice."
            ),
        ),
    ] = 0.0
    warm_seconds: Annotated[
        float,
        Meta(
            ge=0,
            le=600,
            description=(
                "Seconds that a starting server process may take to build the schemas of its schools before it listens"
                " and is ready; what is left then is built beside the first requests. 0: each is built when its school"
                " asks first."
            ),
        ),
    ] = 60.0
    base_domain: Annotated[
        str,
        Meta(
            description=(
                "The domain under which each school has a host name of its own: school `a` answers at "
                "`a.<base domain>`."
            )
        ),
    ] = "localhost"
    account_page: Annotated[
        str,
        Meta(
            description=(
                "The path at each school's host name that mailed links lead to, for those who have a page of their own "
                "for lost passwords, addresses and invitations. The code is in the fragment."
            )
        ),
    ] = "/welcome"
    public_scheme: Annotated[
        Literal["http", "https"],
        Meta(description="How browsers reach the server. Anything but a trial on one machine uses `https`."),
    ] = "http"
    trusted_proxies: Annotated[
        str,
        Meta(
            description=(
                "Networks or addresses of the reverse proxies in front of the server, with commas between them, such "
                "as `127.0.0.1, 10.1.0.0/24`; `unix` stands for proxies that connect over a Unix socket. They may name "
                "the client's address in the header of `HOMEROOM_PROXY_HEADER`; from everybody else that header is "
                "ignored. Without it, all clients behind a proxy count as one."
            )
        ),
    ] = ""
    proxy_header: Annotated[
        Literal["x-forwarded-for", "forwarded"],
        Meta(
            description=(
                "The header in which the trusted proxies name the client's address. Name the one that they set: they "
                "pass the other one on as the client wrote it."
            )
        ),
    ] = "x-forwarded-for"
