"""Jobs, mail and webhooks."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from homeroom.settings.accounts import AccountSettings
from homeroom.settings.kinds import Count

__all__ = ["WorkSettings"]


class WorkSettings(AccountSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Jobs, mail and webhooks."""

    broker_url: Annotated[
        str | None,
        Meta(
            description=(
                "RabbitMQ, from which workers take the messages of jobs: `amqp://homeroom:...@host/vhost`. Commands "
                "put them into the database all the same, and workers carry them over. Unset: PostgreSQL is the queue."
            )
        ),
    ] = None
    mail_url: Annotated[
        str | None,
        Meta(
            description=(
                "The server that takes mail: `smtp://user:password@host:587` (with STARTTLS, or nothing is sent), "
                "`smtps://user:password@host:465`, or `smtp://host:25?tls=none` for a relay of your own. Unset: "
                "mails are held until it is set."
            )
        ),
    ] = None
    mail_from: Annotated[
        str | None, Meta(description="The address that mails come from; needed with `HOMEROOM_MAIL_URL`.")
    ] = None
    mail_timeout: Annotated[
        float, Meta(ge=1, le=100, description="Seconds that the mail server may take for one answer.")
    ] = 20.0
    job_threads: Annotated[Count, Meta(description="Jobs that one worker process runs at the same time.")] = 4
    webhook_networks: Annotated[
        str,
        Meta(
            description=(
                "Networks of your own to which webhooks may be sent, such as `10.1.0.0/16`, with commas between them; "
                "there `http` will do. Elsewhere they go to public addresses by `https` alone."
            )
        ),
    ] = ""
