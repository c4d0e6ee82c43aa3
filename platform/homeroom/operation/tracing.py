"""Traces of requests by OpenTelemetry, where a setting says where they go. Otherwise this module is not imported.

A span is named by method and route, and has the school, the operation and the status, as the access log does. No
statement and no argument is included: they hold personal values, and what signs the context of a school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

from homeroom.requests import current_request

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["Traced", "exporting"]


def exporting(settings: Settings) -> TracerProvider:
    """Sends spans to the endpoint of the settings, beside the requests."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    provider = TracerProvider(
        resource=Resource.create({"service.name": "homeroom"}),
        sampler=ParentBased(TraceIdRatioBased(settings.trace_share)),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.trace_endpoint)))
    return provider


class Traced:
    """An ASGI application around another: each request is a span.

    Args:
        app: The application.
        provider: Where spans go.
    """

    def __init__(self, app: Any, provider: TracerProvider) -> None:
        self._app = app
        self._provider = provider
        self._tracer = provider.get_tracer("homeroom")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request; at the server's end, send what is left."""
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                self._provider.shutdown()
            return
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        parent = extract(given)
        with self._tracer.start_as_current_span("request", parent, trace.SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, send)
            finally:
                record = current_request.get()
                route = scope.get("path_template", "")
                if record is not None and span.is_recording():
                    span.update_name(f"{record.method} {route}".strip())
                    span.set_attribute("http.request.method", record.method)
                    span.set_attribute("http.route", route)
                    span.set_attribute("http.response.status_code", record.status)
                    span.set_attribute("homeroom.request_id", record.id)
                    span.set_attribute("homeroom.school", record.school)
                    span.set_attribute("graphql.operation.type", record.kind)
                    span.set_attribute("graphql.operation.name", record.operation)
                    if record.status >= 500:
                        span.set_status(trace.StatusCode.ERROR)
