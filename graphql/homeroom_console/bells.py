"""What waits for a reader: unread notices, things to do, requests to decide, jobs that run. Each page counts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeroom_console.declared import declared_in, may_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom_console.asking import Asking
    from homeroom_console.reader import Reader

__all__ = ["Bell", "Bells", "bells_for"]

#: What is counted, if the reader may see its noun at all: the noun, and what of it.
_COUNTED: Final = {
    "unread": ("Notice", "notices(filter: {readAt: {isNull: true}}) { totalCount }"),
    "todo": ("Notice", "notices(filter: {todo: {eq: true}, doneAt: {isNull: true}}) { totalCount }"),
    "approvals": ("Approval", "approvals(filter: {waitsForMe: {eq: true}}) { totalCount }"),
    "jobs": ("Job", "jobs(filter: {state: {in: [QUEUED, RUNNING]}}) { totalCount }"),
}


@dataclass(frozen=True, slots=True)
class Bell:
    """A number at the top of a page.

    Args:
        title: With the number, in the reader's language.
        icon: One of :data:`homeroom_console.icons.ICONS`.
        address: Where it leads.
        count: How much waits.
    """

    title: str
    icon: str
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class Bells:
    """What the top of a page counts.

    Args:
        shown: In their order.
        jobs: Jobs of the reader that run: while there are any, pages look more often.
        followed: Subscriptions after whose events the counts may be others. An event costs a statement for everybody
            who listens, so nobody listens to what cannot change a count of theirs.
    """

    shown: Sequence[Bell]
    jobs: int
    followed: Sequence[str]


async def bells_for(asking: Asking, reader: Reader) -> Bells:
    """Count what waits for a reader, in one statement."""
    parts = [f"{name}: {field}" for name, (noun, field) in _COUNTED.items() if noun in reader.words.nouns]
    answer = await asking.ask(reader, f"query Bells {{ {' '.join(parts)} }}") if parts else None
    counts = {name: (found or {}).get("totalCount", 0) for name, found in (answer.data if answer else {}).items()}
    shown = []
    if "unread" in counts:
        shown.append(_bell(reader, "unread", "bell", "/inbox", counts["unread"]))
        shown.append(_bell(reader, "todo", "task", "/inbox/todo", counts["todo"]))
    if "approvals" in counts:
        shown.append(_bell(reader, "approvals", "approval", _inbox_of_approvals(reader), counts["approvals"]))
    jobs = counts.get("jobs", 0)
    if jobs:
        shown.append(_bell(reader, "jobs", "job", "/jobs", jobs))
    followed = {
        "noticesArrived": "unread" in counts,
        "approvalChanged": counts.get("approvals", 0) > 0,
        "jobChanged": jobs > 0,
    }
    return Bells(shown, jobs, [name for name, wanted in followed.items() if wanted])


def _bell(reader: Reader, what: str, icon: str, address: str, count: int) -> Bell:
    titles = {
        "unread": reader.text("Unread notices: {count}"),
        "todo": reader.text("Things to do: {count}"),
        "approvals": reader.text("Requests that wait for your decision: {count}"),
        "jobs": reader.text("Jobs in progress: {count}"),
    }
    return Bell(titles[what].format(count=count), icon, address, count)


def _inbox_of_approvals(reader: Reader) -> str:
    declared = declared_in(reader.host, reader.variant)
    given = declared.pages.get("approvals.inbox")
    if given is not None and may_open(reader, declared, given):
        return f"/pages/{getattr(given.what, 'path', '')}"
    return "/nouns/approvals?waitsForMe=true"
