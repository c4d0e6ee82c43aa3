"""Logs, metrics and traces."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from homeroom.settings.graphql import GraphQLSettings

__all__ = ["LogSettings"]


class LogSettings(GraphQLSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs, metrics and traces."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least severe line that is logged."),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="Log lines for a person, or one JSON object a line.")
    ] = "console"
    access_log: Annotated[
        Literal["all", "problems", "off"],
        Meta(
            description=(
                "Which requests get a line in the log, at the level `info`: all, those that are answered by 400 or "
                "more or take longer than a second, or none."
            )
        ),
    ] = "all"
    metrics_token: Annotated[
        str | None,
        Meta(
            description=(
                "At least 32 characters that Prometheus sends as a bearer token to read `/metrics`. Unset: there is "
                "no such route, and nothing is counted."
            )
        ),
    ] = None
    trace_endpoint: Annotated[
        str | None,
        Meta(
            description=(
                "Where OpenTelemetry traces go by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; needs "
                "`homeroom[tracing]`. Unset: there are no traces."
            )
        ),
    ] = None
    trace_share: Annotated[
        float,
        Meta(ge=0, le=1, description="The share of requests that are traced, unless the client has decided that."),
    ] = 1.0
