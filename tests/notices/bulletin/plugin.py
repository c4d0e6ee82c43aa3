"""The plugin, its kinds of notice and its commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from homeroom import Command, Context, Job, Plugin, Preset, Refusal, Rule, command, hookimpl, job
from homeroom.notices import NoticeKind, notify, settle
from homeroom.refusals import INVALID

LOCALE: Final = Path(__file__).parent / "locale"
POSTED: Final = NoticeKind(
    "bulletin.posted",
    title="A word from the board",
    subject="{title}",
    body="On {day}: {title}. {secret}",
    values={"title": "What it is.", "day": "When.", "secret": "What no mail may carry."},
    locale=LOCALE,
    channel="mail",
    optional=False,
)
SIGN: Final = NoticeKind(
    "bulletin.sign",
    title="Something to sign",
    subject="Please sign {title}",
    body="{title} waits for you.",
    values={"title": "What to sign."},
    locale=LOCALE,
    todo=True,
)
GOSSIP: Final = NoticeKind(
    "bulletin.gossip",
    title="Gossip",
    subject="Somebody said something",
    body="Never mind.",
    locale=LOCALE,
    mail_body=True,
)
DAY: Final = date(2025, 10, 20)


@command("bulletin.post")
async def post_bulletin(
    context: Context,
    *,
    title: str,
    to: list[UUID] | None = None,
    roles: list[str] | None = None,
    persons: list[UUID] | None = None,
    key: str | None = None,
    regret: bool = False,
) -> list[UUID]:
    """Tell some people, and perhaps think better of it."""
    reported = await notify(
        context,
        POSTED,
        to=to or [],
        roles=roles or [],
        persons=persons or [],
        values={"title": title, "day": DAY, "secret": "SECRET"},
        key=key,
        about="Job_0199f5a0-0000-7000-8000-000000000001",
    )
    if regret:
        raise Refusal(INVALID.with_text("never mind"), "regret")
    return reported


@command("bulletin.ask")
async def ask_to_sign(context: Context, *, title: str, roles: list[str], key: str) -> list[UUID]:
    """Ask some people to sign."""
    return await notify(context, SIGN, roles=roles, values={"title": title}, key=key, due=DAY)


@command("bulletin.signed")
async def all_signed(context: Context, *, key: str) -> int:
    """Nobody need sign any more."""
    return await settle(context, SIGN, key)


@command("bulletin.gossip")
async def gossip(context: Context, *, roles: list[str]) -> list[UUID]:
    """Tell what nobody need hear."""
    return await notify(context, GOSSIP, roles=roles)


@command("bulletin.mistake")
async def mistake(context: Context, *, roles: list[str]) -> list[UUID]:
    """Tell without what the text needs."""
    return await notify(context, SIGN, roles=roles, values={})


@job("bulletin.print", attempts=2)
async def print_bulletin(context: Context, *, fault: str) -> None:
    """Print the bulletin, which comes to nothing."""
    if fault == "jam":
        raise RuntimeError("SECRET")
    raise Refusal(INVALID.with_text(fault), "printer")


@command("bulletin.order")
async def order_print(context: Context, *, fault: str) -> UUID:
    """Ask for the bulletin to be printed."""
    return await context.enqueue(print_bulletin, fault=fault)


COMMANDS: Final = (post_bulletin, ask_to_sign, all_signed, gossip, mistake, order_print)
#: What the bulletin was informed about jobs that were given up: who asked, and why it came to nothing.
GIVEN_UP: Final[list[tuple[UUID | None, str]]] = []


class BulletinPlugin(Plugin):
    """A plugin that tells people things."""

    name = "bulletin"
    title = "Bulletin"
    requires = ("notices", "graphql")

    @hookimpl
    def notice_kinds(self) -> Sequence[NoticeKind]:
        return (POSTED, SIGN, GOSSIP)

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return COMMANDS

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        return [print_bulletin]

    @hookimpl
    async def job_given_up(self, context: Context, job: UUID, name: str, account: UUID | None, error: str) -> None:
        GIVEN_UP.append((account, error))
        await context.execute("UPDATE notice SET subject = 'scribbled over'")
        if error == "no hearing":
            raise Refusal(INVALID.with_text("I will not hear of it"), "job")
        raise RuntimeError("the plugin is broken")

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [
            Rule("clerk", "bulletin.*", "run"),
            Rule("clerk", "tenants.account.invite", "run"),
            Rule("clerk", "Invitation"),
        ]

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        return {"clerk": "Clerk", "porter": "Porter"}

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return [
            Preset("board", "Board", ("bulletin",), "Asia/Ho_Chi_Minh", "vi"),
            Preset("board-hk", "Board", ("bulletin",), "Asia/Hong_Kong", "zh-Hant-HK"),
            Preset("board-en", "Board", ("bulletin",), "UTC", "en"),
        ]
