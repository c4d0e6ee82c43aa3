"""WebSockets on uvicorn whose connection ends even if the client reads nothing.

When uvicorn closes a connection it first sends what it still holds for the client. A client that reads nothing takes
none of that, and so the connection would stay open without an end: after the application has returned, after a ping
without an answer, and while the server stops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

if TYPE_CHECKING:
    from asyncio import TimerHandle

__all__ = ["CutOffProtocol"]

#: Seconds that a client has to take what was sent to it before the connection closed.
_TAKE_SECONDS: Final = 2.0


class CutOffProtocol(WebSocketsSansIOProtocol):
    """The protocol of uvicorn, with a limit on how long a connection takes to close."""

    _cut: TimerHandle | None = None

    async def run_asgi(self) -> None:
        """Run the application; a client that leaves no room for another frame is cut off at once."""
        await super().run_asgi()
        if self.writable.is_set():
            self._cut_off_later()
        else:
            self.transport.abort()

    def keepalive_timeout(self) -> None:
        """Close the connection of a client that does not answer pings."""
        super().keepalive_timeout()
        self._cut_off_later()

    def shutdown(self) -> None:
        """Close the connection because the server stops."""
        super().shutdown()
        self._cut_off_later()

    def handle_close(self, event: object) -> None:
        """Answer the close frame of a client."""
        super().handle_close(event)  # type: ignore[arg-type]
        self._cut_off_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was to be done with the connection."""
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None
        super().connection_lost(exc)

    def _cut_off_later(self) -> None:
        if self._cut is None and not self.disconnected:
            self._cut = self.loop.call_later(_TAKE_SECONDS, self.transport.abort)
