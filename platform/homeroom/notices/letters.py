"""What mails about notices say: no more than the subject, unless the kind lets its body go."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from homeroom.notices.kinds import NoticeKind, Value, rendered

__all__ = ["DIGEST", "LETTERS", "NOTICE", "TRIAL", "digest_text", "notice_text"]

_LOCALE: Final = Path(__file__).parent / "locale"

NOTICE: Final = NoticeKind(
    "notices.letter",
    title="Mail about a notice",
    subject="{subject}",
    body="There is a notice for you at {school}. Sign in to read it: {address}",
    values={"subject": "The notice's.", "school": "Whose.", "address": "Where one signs in."},
    locale=_LOCALE,
)
DIGEST: Final = NoticeKind(
    "notices.digest",
    title="Mail of the day",
    subject="{school}: unread notices: {count}",
    body="You have not read these notices yet. Sign in to read them: {address}",
    values={"school": "Whose.", "count": "How many.", "address": "Where one signs in."},
    locale=_LOCALE,
)
TRIAL: Final = NoticeKind(
    "notices.trial",
    title="Trial mail",
    subject="Homeroom can send mail",
    body="This is a trial by the operator. Nobody need do anything.",
    locale=_LOCALE,
)
LETTERS: Final = (NOTICE, DIGEST, TRIAL)


def notice_text(language: str, *, subject: str, body: str | None, school: str, address: str) -> str:
    """The text of a mail about one notice.

    Args:
        language: The notice's.
        subject: The notice's.
        body: The notice's, if it may go by mail.
        school: The space's name.
        address: Where one signs in.
    """
    text = rendered(NOTICE, language, {"subject": subject, "school": school, "address": address})[1]
    return f"{body}\n\n{text}\n" if body is not None else f"{text}\n"


def digest_text(language: str, *, subjects: list[str], school: str, address: str) -> tuple[str, str]:
    """Subject and text of the mail of a day."""
    values: dict[str, Value] = {"school": school, "count": len(subjects), "address": address}
    subject, text = rendered(DIGEST, language, values)
    return subject, "\n".join([text, "", *(f"- {each}" for each in subjects), ""])
