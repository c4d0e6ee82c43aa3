"""Notices about requests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from homeroom.code_tables import titles
from homeroom.languages import language_of
from homeroom.notices import NoticeKind
from homeroom_approvals.tables import RequestState

if TYPE_CHECKING:
    from homeroom_approvals.flows import Flow

__all__ = ["ENDED", "LATE", "NOTICE_KINDS", "RETURNED", "WAITING", "state_titled", "titled"]

_LOCALE: Final = Path(__file__).parent / "locale"
_VALUES: Final = {"flow": "what was asked for", "title": "what it is about"}

WAITING: Final = NoticeKind(
    "approvals.waiting",
    "A request waits for my decision",
    "To decide: {flow}",
    "{by} has asked for: {flow}, {title}.",
    values={**_VALUES, "by": "the login of the person who asked"},
    locale=_LOCALE,
    channel="digest",
    todo=True,
)
LATE: Final = NoticeKind(
    "approvals.late",
    "A request that waits for my decision is due",
    "Due on {due}: {flow}",
    "Please decide: {flow}, {title}. It is due on {due}.",
    values={**_VALUES, "due": "the last day"},
    locale=_LOCALE,
    channel="digest",
)
ENDED: Final = NoticeKind(
    "approvals.ended",
    "A request of mine was decided",
    "{flow}: {state}",
    "Your request ({flow}, {title}) has come to its end: {state}. {note}",
    values={**_VALUES, "state": "what it has come to", "note": "what was said"},
    locale=_LOCALE,
)
RETURNED: Final = NoticeKind(
    "approvals.returned",
    "A request of mine was returned",
    "Returned to you: {flow}",
    "Your request ({flow}, {title}) was returned to you. Correct it and submit it again, or withdraw it. {note}",
    values={**_VALUES, "note": "what was said"},
    locale=_LOCALE,
)

NOTICE_KINDS: Final = (WAITING, LATE, ENDED, RETURNED)

_STATES: Final = {
    RequestState.PENDING: titles("waiting", "待批", "待批", "đang chờ"),
    RequestState.RETURNED: titles("returned", "退回", "退回", "trả lại"),
    RequestState.APPROVED: titles("approved", "批准", "批准", "được duyệt"),
    RequestState.REFUSED: titles("refused", "不批准", "不批准", "không được duyệt"),
    RequestState.WITHDRAWN: titles("withdrawn", "撤回", "撤回", "đã rút"),
    RequestState.EXPIRED: titles("expired", "逾期失效", "逾期失效", "hết hạn"),
}


def titled(flow: Flow) -> Callable[[str], str]:
    """What a flow is called, in the language of each reader."""
    return lambda language: flow.title(language_of(language))


def state_titled(state: RequestState) -> Callable[[str], str]:
    """What a state is called, in the language of each reader."""
    return lambda language: _STATES[state][language_of(language)]
