"""Mails about accounts: each carries a one-time link, and is made by the job that sends it, so that no secret lies
anywhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeroom.database.ids import new_id
from homeroom.notices import NoticeKind
from homeroom.notices.delivering import NO_SERVER
from homeroom.notices.kinds import language_of, rendered
from homeroom.notices.mail import Mail, address_of_space
from homeroom.notices.smtp import MailDelayed, mailer_of

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = ["ADDRESS", "INVITATION", "LETTERS", "RESET", "UNDO", "post"]

_LOCALE: Final = Path(__file__).parent / "locale"
_LINK: Final = {"school": "Whose.", "link": "The one-time link."}

RESET: Final = NoticeKind(
    "tenants.letter_reset",
    title="New password",
    subject="{school}: choose a new password",
    body="Somebody asked for a new password for your account. If it was you, open this link: {link} It is good once. If"
    " it was not you, there is nothing to do.",
    values=_LINK,
    locale=_LOCALE,
)
ADDRESS: Final = NoticeKind(
    "tenants.letter_address",
    title="Proof of an address",
    subject="{school}: is this your address?",
    body="Somebody gave this address for an account. If it was you, sign in and open this link: {link} If it was not"
    " you, there is nothing to do.",
    values=_LINK,
    locale=_LOCALE,
)
INVITATION: Final = NoticeKind(
    "tenants.letter_invitation",
    title="Invitation",
    subject="{school}: invitation",
    body="The office of {school} invites you. Open this link to accept: {link} It is good once. If you did not expect"
    " it, there is nothing to do.",
    values=_LINK,
    locale=_LOCALE,
)
UNDO: Final = NoticeKind(
    "tenants.letter_undo",
    title="Address changed",
    subject="{school}: your address was changed",
    body="Your account no longer has this e-mail address, but another. If you changed it, there is nothing to do. If it"
    " was not you, open this link within seven days: {link} It puts this address back, ends all sessions, and lets you"
    " choose a new password.",
    values=_LINK,
    locale=_LOCALE,
)
LETTERS: Final = (RESET, ADDRESS, INVITATION, UNDO)


async def post(
    context: Context, letter: NoticeKind, to: str, *, what: str, code: str, language: str | None = None
) -> None:
    """Mail a one-time code, as a link to the space's own host name.

    The code is in the fragment, which browsers send to nobody: it is in no server's log.

    Args:
        context: Of a job.
        letter: One of :data:`LETTERS`.
        to: A proper address.
        what: The name of the code in the fragment.
        code: The code.
        language: A language tag; by default the space's.

    Raises:
        MailRefused: The server will never take it.
        MailDelayed: The server may take it later, or none is set.
    """
    mailer = mailer_of(context.host)
    if mailer is None:
        raise MailDelayed(NO_SERVER)
    settings = context.host.settings
    link = f"{address_of_space(settings, context.space)}{settings.account_page.lstrip('/')}#{what}={code}"
    spoken = language_of(language or context.space.locale)
    subject, text = rendered(letter, spoken, {"school": context.space.name, "link": link})
    await mailer.send(Mail(str(new_id()), to, subject, f"{text}\n", context.space.name), context.now)
