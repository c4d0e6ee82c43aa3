"""Speaking to the mail server: what it took, what it will never take, and what it may take later."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from homeroom.host import Host
    from homeroom.notices.mail import Mail
    from homeroom.settings import Settings

__all__ = ["MailDelayed", "MailRefused", "MailServer", "Mailer", "mailer_of"]

_PERMANENT: Final = 500
_LONGEST_ERROR: Final = 300


class MailRefused(Exception):  # noqa: N818 - it is an answer
    """The server will never take this mail (a 5yz reply, RFC 5321, 4.2.1)."""


class MailDelayed(Exception):  # noqa: N818 - it is an answer
    """The server cannot be reached, or takes no mail just now (a 4yz reply): later it may."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in.

    Args:
        host: Name or address.
        port: By default 465 for ``smtps`` and 587 for ``smtp``.
        security: TLS from the beginning, STARTTLS or none.
        user: Signs in as.
        password: With.
    """

    host: str
    port: int
    security: str
    user: str | None = None
    password: str | None = None

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Read ``smtp://user:password@host:port``. Raises ConfigurationError, which never repeats the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ConfigurationError("HOMEROOM_MAIL_URL: this is no URL with a port") from None
        asked = parse_qs(parts.query)
        plain = asked.pop("tls", None) == ["none"]
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or asked or parts.path not in ("", "/"):
            raise ConfigurationError(
                "HOMEROOM_MAIL_URL: expected smtp://host:587, smtps://host:465 or smtp://host:25?tls=none"
            )
        if plain and (parts.scheme == "smtps" or parts.username):
            raise ConfigurationError("HOMEROOM_MAIL_URL: tls=none is for smtp without a password")
        security = "tls" if parts.scheme == "smtps" else "none" if plain else "starttls"
        user, password = (unquote(each) if each else None for each in (parts.username, parts.password))
        return cls(parts.hostname, port or (465 if security == "tls" else 587), security, user, password)


class Mailer:
    """Hands mails in.

    Args:
        settings: With ``mail_url`` and ``mail_from``.
    """

    def __init__(self, settings: Settings) -> None:
        assert settings.mail_url is not None
        assert settings.mail_from is not None
        self._server = MailServer.parse(settings.mail_url)
        self._sender = settings.mail_from
        self._timeout = settings.mail_timeout

    async def send(self, mail: Mail, at: datetime) -> None:
        """Hand one mail in.

        Args:
            mail: The mail.
            at: When, UTC.

        Raises:
            MailRefused: It will never be taken.
            MailDelayed: It may be taken later.
        """
        import aiosmtplib

        message = mail.message(self._sender, at).as_bytes()
        server = self._server
        try:
            async with aiosmtplib.SMTP(
                hostname=server.host,
                port=server.port,
                timeout=self._timeout,
                use_tls=server.security == "tls",
                start_tls=server.security == "starttls",
                username=server.user,
                password=server.password,
            ) as client:
                await client.sendmail(self._sender, [mail.to], message)
        except aiosmtplib.SMTPAuthenticationError as error:
            # The installation's fault, not the mail's: it waits until the operator has put it right.
            raise MailDelayed(f"the mail server does not let us in: {error.code}") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _answered(error.recipients[0]) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _answered(error) from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
            raise MailDelayed(f"the mail server cannot be reached: {type(error).__name__}") from error


def _answered(reply: object) -> MailRefused | MailDelayed:
    code, said = getattr(reply, "code", 0), " ".join(str(getattr(reply, "message", "")).split())
    told = f"the mail server said {code}: {said}"[:_LONGEST_ERROR]
    return MailRefused(told) if code >= _PERMANENT else MailDelayed(told)


def mailer_of(host: Host) -> Mailer | None:
    """What hands in the mail of an installation; none if its settings name no server."""
    if host.settings.mail_url is None:
        return None
    mailer = host.services.get("notices.mailer")
    if not isinstance(mailer, Mailer):
        mailer = host.services["notices.mailer"] = Mailer(host.settings)
    return mailer
