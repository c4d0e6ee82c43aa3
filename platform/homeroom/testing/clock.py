"""The time of a host, as a test wants it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from homeroom.errors import ConfigurationError

__all__ = ["Clock"]


class Clock:
    """Gives the time to a host: the real one until :meth:`set`, then a fixed one.

    People signed in by :class:`~homeroom.testing.People` are signed in again after it moved.

    Example:
        async def test_the_year_ends(clock: Clock) -> None:
            clock.set(datetime(2030, 9, 2, tzinfo=UTC))
    """

    def __init__(self) -> None:
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        """The moment, UTC."""
        return datetime.now(UTC) if self._at is None else self._at

    def set(self, at: datetime) -> None:
        """Let it be this moment until further notice. Raises ConfigurationError without a time zone."""
        if at.tzinfo is None:
            raise ConfigurationError(f"{at} names no time zone; a clock of the host is in UTC")
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move on from the present moment, and stand still there."""
        self._at = self() + by

    def release(self) -> None:
        """Let the real time run again."""
        self._at = None
