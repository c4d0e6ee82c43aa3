"""A mail server of the tests: a real one, in a thread of its own, that can be out of sorts."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller


class PostOffice:
    """Takes mail, or does not."""

    def __init__(self) -> None:
        #: What it took: recipient and message.
        self.took: list[tuple[str, EmailMessage]] = []
        #: What it answers to a recipient, instead of taking mail.
        self.answers: dict[str, str] = {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """For HOMEROOM_MAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def open(self) -> None:
        """Take mail."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        """Be gone."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What it took for somebody."""
        return [message for to, message in self.took if to == address]

    async def handle_RCPT(  # noqa: N802 - named by the server
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Say whether somebody lives here."""
        answer = self.answers.get(address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        assert envelope.content.isascii()
        message = cast("EmailMessage", message_from_bytes(envelope.content, policy=default))
        self.took += [(each, message) for each in envelope.rcpt_tos]
        return "250 OK"
