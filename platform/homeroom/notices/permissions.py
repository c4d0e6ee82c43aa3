"""What roles may do with notices by default."""

from __future__ import annotations

from typing import Final

from homeroom.permissions import EVERYBODY, Rule

__all__ = ["RULES"]

#: Everybody has an inbox; administrators see what became of mails.
RULES: Final = (
    Rule(EVERYBODY, "Notice", scope="self"),
    Rule(EVERYBODY, "NoticePreference", scope="self"),
    Rule(EVERYBODY, "notices.notice.read", "run", scope="self"),
    Rule(EVERYBODY, "notices.todo.finish", "run", scope="self"),
    Rule(EVERYBODY, "notices.preference.set", "run", scope="self"),
    Rule("admin", "NoticeDelivery"),
    Rule("district_admin", "NoticeDelivery"),
)
