"""A line for every request, written in batches: a log record for each would cost as much as a small query."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from homeroom.requests import RequestRecord
    from homeroom.settings import Settings

__all__ = ["AccessLog"]

#: A request that takes longer is a problem whatever it answers, in seconds.
_SLOW: Final = 1.0


class AccessLog:
    """Writes lines to standard error, like all logs.

    Args:
        settings: Form and level of logs, and which requests are wanted.
    """

    def __init__(self, settings: Settings) -> None:
        self._form: Callable[[RequestRecord], str] = _json if settings.log_format == "json" else _console
        self._problems = settings.access_log == "problems"
        #: Whether it writes anything at all.
        self.on = settings.access_log != "off" and settings.log_level in ("debug", "info")

    def write(self, records: Sequence[RequestRecord]) -> None:
        """Write the lines of requests that have ended."""
        if self._problems:
            records = [each for each in records if each.status >= 400 or each.seconds > _SLOW]
        if records:
            sys.stderr.write("".join(map(self._form, records)))
            sys.stderr.flush()


def _moment(at: float, *, _of: list[object] = [0, ""]) -> str:  # noqa: B006 - the second that was written last
    second = int(at)
    if _of[0] != second:
        _of[:] = [second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))]
    return f"{_of[1]}.{int((at - second) * 1e6):06d}Z"


def _json(record: RequestRecord) -> str:
    # By hand: encoding a dictionary takes twice as long. An id, a short name, a GraphQL name and an address need no
    # escapes.
    return (
        f'{{"timestamp":"{_moment(record.ended)}","level":"info","logger":"homeroom.access","event":"request",'
        f'"request_id":"{record.id}","school":"{record.school}","method":{_text(record.method)},'
        f'"route":{_text(record.route)},"status":{record.status},"milliseconds":{record.seconds * 1000:.3f},'
        f'"kind":"{record.kind}","operation":"{record.operation}","client":"{record.client}",'
        f'"credential":"{record.credential}"}}\n'
    )


@functools.lru_cache(maxsize=1000)
def _text(value: str) -> str:
    """A text as JSON; routes and methods are few."""
    return msgspec.json.encode(value).decode()


def _console(record: RequestRecord) -> str:
    return (
        f"{_moment(record.ended)} [info     ] request {record.method} {record.route or '-'} {record.status}"
        f" {record.seconds * 1000:.1f} ms school={record.school or '-'} {record.kind}"
        f" {record.operation or '-'} client={record.client or '-'} credential={record.credential or '-'}"
        f" request_id={record.id}\n"
    )
