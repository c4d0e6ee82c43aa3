"""What must hold for a process to take requests; plugins contribute checks with the hook ``health_checks``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

__all__ = ["HealthCheck"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that must hold.

    Args:
        name: In lower case, such as ``directory``; shown to everybody who asks ``/health/ready``.
        holds: Asked each time. False, an error or no answer within two seconds mean no.
        required: Whether the process takes no requests without it; otherwise it is only shown.
    """

    name: str
    holds: Callable[[], Awaitable[bool]]
    required: bool = True
