"""Speaking to the mail server: what it took, what it will never take, and what it may take later."""

from __future__ import annotations

import ssl
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

from homeroom.certificates import certificate_fault
from homeroom.errors import ConfigurationError
from homeroom.jobs import TryLater

if TYPE_CHECKING:
    from datetime import datetime

    from aiosmtplib import SMTP

    from homeroom.host import Host
    from homeroom.notices.mail import Mail
    from homeroom.settings import Settings

__all__ = ["MailDelayed", "MailRefused", "MailServer", "Mailer", "mailer_of"]

_PERMANENT: Final = 500
#: Replies that speak of how we signed in, whichever command they answer (RFC 4954, 6): no fault of the mail.
_SIGN_IN: Final = frozenset({530, 534, 535, 538})
_LONGEST_ERROR: Final = 300


class MailRefused(Exception):  # noqa: N818 - it is an answer
    """The server will never take this mail (a 5yz reply to its recipient or its text, RFC 5321, 4.2.1)."""


class MailDelayed(TryLater):
    """The server cannot be reached, refuses us, or takes no mail now (a 4yz reply) and may later."""


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
        if parts.username and not parts.password:
            raise ConfigurationError("HOMEROOM_MAIL_URL: a user signs in with a password: smtp://user:password@host")
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
                start_tls=False,
            ) as client:
                await self._agree(client)
                await client.sendmail(self._sender, [mail.to], message)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailDelayed(f"the mail server does not let us in: {error.code}") from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _answered(error.recipients[0]) from error
        except aiosmtplib.SMTPDataError as error:
            raise _answered(error) from error
        except aiosmtplib.SMTPResponseException as error:
            # To the greeting, STARTTLS or the sender: whatever it says, it does not speak of this mail.
            raise MailDelayed(_reason(error)) from error
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
            wrong = certificate_fault(error)
            if wrong is not None:
                raise MailDelayed(f"the certificate of the mail server is not to be trusted: {wrong}") from error
            raise MailDelayed(f"the mail server cannot be reached: {type(error).__name__}") from error

    async def _agree(self, client: SMTP) -> None:
        """Encrypt and sign in, as the settings say or not at all.

        What goes wrong here is the installation's fault and not the mail's, which waits until the operator has put it
        right.
        """
        server = self._server
        await client.ehlo()
        if server.security == "starttls":
            if not client.supports_extension("starttls"):
                raise MailDelayed("the mail server offers no STARTTLS, and nothing is sent without")
            await client.starttls()
            await client.ehlo()
        if server.user is not None and server.password is not None:
            if not client.supports_extension("auth"):
                raise MailDelayed("the mail server lets nobody sign in, and the settings name a user")
            await client.login(server.user, server.password)


def _answered(reply: object) -> MailRefused | MailDelayed:
    code = getattr(reply, "code", 0)
    return (MailRefused if code >= _PERMANENT and code not in _SIGN_IN else MailDelayed)(_reason(reply))


def _reason(reply: object) -> str:
    """A reply in one line that can be kept: whatever bytes a server sends, it cannot keep us from noting its answer."""
    said = str(getattr(reply, "message", "")).encode("utf-8", "replace").decode()
    plain = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in said)
    return f"the mail server said {getattr(reply, 'code', 0)}: {' '.join(plain.split())}"[:_LONGEST_ERROR]


def mailer_of(host: Host) -> Mailer | None:
    """What hands in the mail of an installation; none if its settings name no server."""
    if host.settings.mail_url is None:
        return None
    mailer = host.services.get("notices.mailer")
    if not isinstance(mailer, Mailer):
        mailer = host.services["notices.mailer"] = Mailer(host.settings)
    return mailer
