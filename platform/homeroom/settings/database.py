"""How the application reaches PostgreSQL and proves who it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from homeroom.settings.kinds import Count

__all__ = ["DatabaseSettings"]


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the application reaches PostgreSQL and proves who it is."""

    database_url: Annotated[
        str | None,
        Meta(
            description=(
                "How the application reaches PostgreSQL (15 to 18), as a role that owns nothing: "
                "`postgresql://homeroom_app:...@host/homeroom`. Unset: the embedded server is started."
            )
        ),
    ] = None
    owner_database_url: Annotated[
        str | None,
        Meta(
            description=(
                "How `homeroom migrate` and backups reach the same database, as the role that owns its "
                "tables. No other command reads it."
            )
        ),
    ] = None
    secret_key: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that nobody can guess. It signs the context by which the database"
                " keeps schools apart; `homeroom migrate` stores it for the database, and every node "
                "needs the same one. The embedded server makes its own."
            )
        ),
    ] = None
    previous_secret_key: Annotated[
        str | None,
        Meta(
            description=(
                "While the secret key is being changed: the one that was used until now. What it has signed is"
                " accepted still. See `homeroom key`."
            )
        ),
    ] = None
    embedded_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "The folder of the embedded server's cluster. Default: `postgres` in the data folder, and"
                " for root a folder under `/var/lib/homeroom`, because the server never runs as root and "
                "may not reach the data folder."
            )
        ),
    ] = None
    embedded_user: Annotated[
        str | None,
        Meta(
            description=(
                "The system account that the embedded server runs as when root starts it. Default: "
                "`homeroom` if there is such an account, else `nobody`."
            )
        ),
    ] = None
    database_pool: Annotated[
        Count, Meta(description="Connections to PostgreSQL that each worker process keeps at most.")
    ] = 10
    read_seconds: Annotated[
        float,
        Meta(
            gt=0,
            le=600,
            description="Seconds after which PostgreSQL gives up the statement of a query.",
        ),
    ] = 5.0
    statement_seconds: Annotated[
        float,
        Meta(
            gt=0,
            le=3600,
            description="Seconds after which PostgreSQL gives up a statement of a command or a job.",
        ),
    ] = 30.0
