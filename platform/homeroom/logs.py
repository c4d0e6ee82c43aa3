"""Log lines: for a person at a terminal, or as one JSON object each for a machine that collects them."""

from __future__ import annotations

import logging
import sys

import structlog

from homeroom.requests import current_request
from homeroom.settings import Settings

__all__ = ["configure_logs"]


def _add_request(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """The request that the line belongs to, and its school."""
    record = current_request.get()
    if record is not None:
        event["request_id"] = record.id
        if record.school:
            event["school"] = record.school
    return event


def configure_logs(settings: Settings) -> None:
    """Send all log records of this process to standard error in the form of the settings.

    Args:
        settings: Level and form.
    """
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    form: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        # Plain tracebacks: the decorated ones show local variables, and with them passwords and people.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    last = [structlog.processors.format_exc_info] if settings.log_format == "json" else []
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last, form],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
