"""Notices about jobs to the people who asked for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeroom.notices.kinds import NoticeKind

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.context import Context

__all__ = ["JOB_GIVEN_UP", "tell_who_asked"]

JOB_GIVEN_UP: Final = NoticeKind(
    "notices.job_given_up",
    title="Something that you asked for could not be done",
    subject="It could not be done: {job}",
    body=(
        "What you asked for runs in the background and did not succeed: {job}. The reason: {reason}. Nothing of it was"
        " kept. An administrator can try it again."
    ),
    values={"job": "The name of what runs.", "reason": "Why it did not succeed."},
    locale=Path(__file__).parent / "locale",
)


async def tell_who_asked(context: Context, job: UUID, name: str, account: UUID | None, error: str) -> None:
    """Notify the account that asked for a job that it has ended without success. It is not a thing to do.

    Args:
        context: Of the installation, where the job's end is noted.
        job: The job's id.
        name: What ran.
        account: Who asked; a job that the installation or the calendar asked for makes no notice.
        error: Why it did not succeed.
    """
    from homeroom.notices.sending import notify

    if account is None:
        return
    reason = error.rstrip(".。")  # the body ends the sentence
    # Without a key: one that is tried again and fails again makes a further notice.
    await notify(context, JOB_GIVEN_UP, to=[account], values={"job": name, "reason": reason}, about=f"Job_{job}")
