"""A mail server of the tests: a real one, in a thread of its own, that can be out of sorts."""

from __future__ import annotations

import socket
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class PostOffice:
    """Takes mail, or does not.

    Args:
        identity: What it proves itself with, if it speaks TLS.
        implicit: Whether TLS comes before everything else; otherwise STARTTLS is offered, and wanted before mail.
        password: Of the one user `homeroom`, who alone may hand in mail; none if everybody may.
    """

    def __init__(
        self, identity: ssl.SSLContext | None = None, *, implicit: bool = False, password: str | None = None
    ) -> None:
        #: What it took: recipient and message.
        self.took: list[tuple[str, EmailMessage]] = []
        #: Of each mail that it took: whether it came by TLS, and who had signed in.
        self.came: list[tuple[bool, str | None]] = []
        #: What it answers to a recipient, instead of taking mail.
        self.answers: dict[str, str] = {}
        #: What it answers to a sender, instead of going on.
        self.answer_to_sender: str | None = None
        #: Passwords that were tried.
        self.tried: list[str] = []
        self.identity, self.implicit, self.password = identity, implicit, password
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        """For HOMEROOM_MAIL_URL, of a server that everybody may use without TLS."""
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def open(self) -> None:
        """Take mail."""
        options: dict[str, Any] = {}
        if self.identity is not None:
            if self.implicit:
                options["ssl_context"] = self.identity
            else:
                options |= {"tls_context": self.identity, "require_starttls": True}
        if self.password is not None:
            # TLS from the beginning lies below what the server's own check sees.
            options |= {"authenticator": self._let_in, "auth_require_tls": not self.implicit}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self._controller.start()

    def close(self) -> None:
        """Be gone."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What it took for somebody."""
        return [message for to, message in self.took if to == address]

    def _let_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.tried.append(given.password.decode())
        user = given.login.decode()
        return AuthResult(
            success=(user, given.password.decode()) == ("homeroom", self.password), handled=False, auth_data=user
        )

    async def handle_EHLO(  # noqa: N802 - named by the server
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Say what it can; where nobody has a password, it lets nobody sign in."""
        session.host_name = hostname
        return [each for each in responses if self.password is not None or "AUTH" not in each]

    async def handle_MAIL(  # noqa: N802 - named by the server
        self, _server: Any, session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Say whether somebody may hand in mail."""
        if self.password is not None and session.auth_data is None:
            return "530 5.7.0 Authentication required"
        if self.answer_to_sender is not None:
            return self.answer_to_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - named by the server
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Say whether somebody lives here."""
        answer = self.answers.get(address)
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        assert envelope.content.isascii()
        message = cast("EmailMessage", message_from_bytes(envelope.content, policy=default))
        self.took += [(each, message) for each in envelope.rcpt_tos]
        self.came.append((server.transport.get_extra_info("sslcontext") is not None, session.auth_data))
        return "250 OK"
