"""Notices, what became of their mails, and how people want to hear of each kind."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Date, Integer, Text, Timestamptz

from homeroom.database.tables import SchoolTable, belongs_to, coded
from homeroom.notices.states import DeliveryState, NoticeMode

__all__ = ["Notice", "NoticeDelivery", "NoticePreference"]


class Notice(SchoolTable, tablename="notice"):
    """News for one person, or something that this person is to do."""

    account_id = UUID()
    kind = coded(Text(help_text="Which kind of notice, such as `gradebook.round_opened`."), "gradebook.round_opened")
    key = Text()
    language = coded(Text(help_text="What it is written in: `en`, `zh-Hant`, `zh-Hans` or `vi`."), "en")
    subject = Text(help_text="What happened, in one line.")
    body = Text(help_text="All of it.")
    about = Text(null=True, default=None, help_text="The id of the row that it is about; follow it with `node`.")
    due_on = Date(null=True, default=None, help_text="Until when it is to be done.")
    todo = Boolean(default=False, help_text="Whether it is something to do.")
    digest = Boolean(default=False)
    created_at = Timestamptz(help_text="When it came.")
    read_at = Timestamptz(null=True, default=None, help_text="When it was read.")
    done_at = Timestamptz(null=True, default=None, help_text="When it was done, or settled by what it asked for.")
    digested_at = Timestamptz(null=True, default=None)


class NoticeDelivery(SchoolTable, tablename="notice_delivery"):
    """What became of a mail about a notice, or of the mail of a day; the text is the reader's alone."""

    notice_id = belongs_to(Notice, null=True)
    account_id = UUID()
    login = Text(help_text="Whose mail it is.")
    kind = coded(Text(help_text="Of which kind its notice is; `digest` for the mail of a day."), "digest")
    digest_on = Date(null=True, default=None, help_text="The day, if it is the mail of one.")
    state = Text(choices=DeliveryState, help_text="How far it has come.")
    attempts = Integer(default=0, help_text="How often a mail server was asked to take it.")
    error = Text(null=True, default=None, help_text="Why it is held or did not go, last time.")
    created_at = Timestamptz(help_text="When it was asked for.")
    sent_at = Timestamptz(null=True, default=None, help_text="When the mail server took it.")
    enqueued = Boolean(default=False)


class NoticePreference(SchoolTable, tablename="notice_preference"):
    """How somebody wants to hear of a kind of notice."""

    account_id = UUID()
    kind = coded(Text(help_text="Which kind of notice."), "gradebook.round_opened")
    mode = Text(choices=NoticeMode, help_text="Where it is delivered.")
