"""Log lines: for a person at a terminal, or as one JSON object each for a machine that collects them."""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any, Final, Literal

import structlog

from homeroom.requests import current_request
from homeroom.settings import Settings

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["configure_logs", "log_config", "log_handler"]

logger = logging.getLogger(__name__)
#: Packages whose exceptions may quote the arguments of a statement.
_DRIVERS: Final = frozenset({"asyncpg", "psycopg"})
#: How many of our own functions a line about an error of the database names.
_PLACES: Final = 4


def _add_request(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """The request that the line belongs to, and its school."""
    record = current_request.get()
    if record is not None:
        event["request_id"] = record.id
        if record.school:
            event["school"] = record.school
    return event


def shorten_database_errors(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Describe an error of the database without a traceback: its text has values of people."""
    given = event.get("exc_info")
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    found = _database_error(error)
    if found is None:
        return event
    event.pop("exc_info")
    event["database_error"] = _described(found)
    if error is not found:
        event["error"] = type(error).__name__
    frames = traceback.walk_tb(found.__traceback__)
    ours = [(frame.f_globals.get("__name__", ""), frame.f_code.co_name, line) for frame, line in frames]
    places = [f"{module}.{name}:{line}" for module, name, line in ours if module.startswith("homeroom")]
    event["where"] = " > ".join(places[-_PLACES:])
    return event


def _database_error(error: BaseException | None) -> BaseException | None:
    """The error of PostgreSQL or of a driver that is behind an exception, or none."""
    for _ in range(10):
        if error is None:
            return None
        if type(error).__module__.partition(".")[0] in _DRIVERS or hasattr(error, "sqlstate"):
            return error
        error = error.__cause__ or error.__context__
    return None


def _described(error: BaseException) -> str:
    """An error of the database without the values that it may name."""
    state = str(getattr(error, "sqlstate", None) or "")
    diagnosis = getattr(error, "diag", error)
    message = getattr(diagnosis, "message_primary", None) or getattr(error, "message", None)
    parts = [type(error).__name__, state]
    # Errors of class 22 quote the value; what the driver says by itself quotes the argument.
    if message and state[:2] not in ("", "22"):
        parts.append(f"{str(message).splitlines()[0]!r}")
    for name in ("table_name", "column_name", "constraint_name"):
        value = getattr(diagnosis, name, None)
        if isinstance(value, str):
            parts.append(f"{name.removesuffix('_name')}={value}")
    return " ".join(part for part in parts if part)


def log_handler(form: Literal["json", "console"]) -> logging.Handler:
    """What writes log records to standard error.

    Args:
        form: One JSON object a line, or for a person at a terminal.
    """
    json = form == "json"
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if json
        # Plain tracebacks: the decorated ones show local variables, and with them passwords and people.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                shorten_database_errors,
                *([structlog.processors.format_exc_info] if json else []),
                last,
            ],
        )
    )
    return handler


def log_config(settings: Settings) -> dict[str, Any]:
    """The logging of a process, as :mod:`logging.config` takes it; HTTP servers apply it in each process they start.

    Args:
        settings: Level and form.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"homeroom": {"()": "homeroom.logs.log_handler", "form": settings.log_format}},
        "root": {"handlers": ["homeroom"], "level": settings.log_level.upper()},
        # granian sets handlers of its own otherwise.
        "loggers": {name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access", "uvicorn")},
    }


def configure_logs(settings: Settings) -> None:
    """Send all log records of this process to standard error in the form of the settings.

    Warnings and exceptions that nobody catches are log records too.

    Args:
        settings: Level and form.
    """
    logging.config.dictConfig(log_config(settings))
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        logger.info("interrupted")
        return
    logger.critical("this process ends: nobody caught an exception", exc_info=(kind, error, trace))


def _uncaught_in_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is not None and not issubclass(given.exc_type, SystemExit):
        name = given.thread.name if given.thread is not None else "?"
        exception = (given.exc_type, given.exc_value, given.exc_traceback)
        logger.critical("the thread %s ends: nobody caught an exception", name, exc_info=exception)


_SHARED: Final[tuple[structlog.types.Processor, ...]] = (
    structlog.contextvars.merge_contextvars,
    _add_request,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
