"""Passwords and the audit of what people do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from homeroom.settings.kinds import Count, Limit
from homeroom.settings.serving import ServingSettings

__all__ = ["AccountSettings"]


class AccountSettings(ServingSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Passwords and the audit of what people do."""

    confirmation_minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=720,
            description=(
                "Minutes for which a session counts as confirmed after its password was given. Commands that give "
                "somebody more access need that, and ask for the password again afterwards."
            ),
        ),
    ] = 15
    breached_passwords: Annotated[
        Path | None,
        Meta(
            description=(
                "A file of leaked passwords that nobody may choose: SHA-1 digests in ascending order, one a line, as"
                " Have I Been Pwned gives them out (`digest:count`). Some thirty thousand of the commonest are"
                " refused without it."
            )
        ),
    ] = None
    audit_dir: Annotated[
        Path | None,
        Meta(
            description=(
                "Where the keyed heads of the audit are written, by which `homeroom audit verify` proves that nobody"
                " changed it in the database. Every node needs the same folder, and the database's server none of it."
                " Default: `audit` in the data folder."
            )
        ),
    ] = None
    audit_key: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that nobody can guess and the database does not know: the key of the audit's"
                " heads. Unset: one is made, in a file beside them."
            )
        ),
    ] = None
    audit_seal_seconds: Annotated[
        float,
        Meta(
            gt=0, le=60, description="Seconds between two runs of a worker process that seal the audit's new entries."
        ),
    ] = 30.0
    password_hashers: Annotated[
        Count,
        Meta(
            description=(
                "Passwords that one process checks at the same time: each takes 19 MiB and about a tenth "
                "of a second, so that more would let a flood of logins starve everybody."
            )
        ),
    ] = 2
    login_failures: Annotated[
        Limit,
        Meta(
            description=(
                "Wrong passwords that may come from one client address in a quarter of an hour, for all logins "
                "together. Errors of those who sign in afterwards are not counted, and browsers that have signed in "
                "before are not held up. Behind a proxy it needs `HOMEROOM_TRUSTED_PROXIES`."
            )
        ),
    ] = 300
