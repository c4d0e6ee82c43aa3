"""Mails: what an address may look like, and a text as a message of RFC 5322."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Final

from homeroom.errors import Refusal
from homeroom.notices.refusals import BAD_EMAIL
from homeroom.refusals import TOO_LONG

if TYPE_CHECKING:
    from datetime import datetime

    from homeroom.callers import Space
    from homeroom.settings import Settings

__all__ = ["Mail", "address_of_space", "checked_address"]

#: Every server takes seven bits (RFC 5321, 4.5.2); other letters travel as quoted-printable or Base64.
_POLICY: Final = SMTP.clone(cte_type="7bit")
#: RFC 5321, 4.5.3.1.1 and the limit that follows from 4.5.3.1.3.
_LONGEST_LOCAL: Final = 64
_LONGEST: Final = 254
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(\.{_LABEL})+")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address.

    Args:
        id: Names it for ever: a server or reader that gets it twice can tell.
        to: The address, as :func:`checked_address` gives it.
        subject: One line.
        text: Plain text.
        sender_name: In front of the installation's address.
        list_mail: Whether one of many, so that the reader may ask for no more of them.
    """

    id: str
    to: str
    subject: str
    text: str
    sender_name: str
    list_mail: bool = False

    def message(self, sender: str, at: datetime) -> EmailMessage:
        """The mail as it travels.

        Args:
            sender: The installation's address.
            at: When it is sent.

        Raises:
            ValueError: A line of the head would be two.
        """
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(self.sender_name, addr_spec=sender)
        message["To"] = Address(addr_spec=self.to)
        message["Subject"] = self.subject
        message["Date"] = at
        message["Message-ID"] = f"<{self.id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        if self.list_mail:
            message["List-Unsubscribe"] = f"<mailto:{sender}?subject=unsubscribe>"
        message.set_content(self.text)
        return message


def checked_address(text: str, field: str = "address") -> str:
    """An e-mail address in the form in which it is kept: the domain in lower case and in ASCII (IDNA).

    Addresses whose local part is not ASCII (RFC 6531) are refused: too many servers on the way do not know them, and
    nobody learns of a mail that is lost there. Quoted local parts and bare host names are refused, too.

    Raises:
        Refusal: Naming ``field``.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL or not _DOMAIN.fullmatch(domain):
        raise Refusal(BAD_EMAIL, field)
    address = f"{local}@{domain}"
    if len(address) > _LONGEST:
        raise Refusal(TOO_LONG, field, most=_LONGEST)
    return address


def address_of_space(settings: Settings, space: Space) -> str:
    """Where people sign in to a space."""
    return f"{settings.public_scheme}://{space.slug}.{settings.base_domain}/"
