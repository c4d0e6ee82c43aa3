"""The plugin, its command and its jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from homeroom import Command, Context, Job, Plugin, Preset, Refusal, Rule, command, hookimpl, job
from homeroom.jobs import TryLater
from homeroom.refusals import INVALID

#: What ran: space, who asked, what.
RAN: list[tuple[str, str, str]] = []
#: Lets :func:`count` go on.
GO_ON = asyncio.Event()


@job("chores.note")
async def note(context: Context, *, text: str) -> dict[str, int]:
    """Note something down."""
    RAN.append((context.space.slug, context.caller.login, text))
    return {"letters": len(text)}


@job("chores.stumble", attempts=3)
async def stumble(context: Context, *, until: int) -> None:
    """Fail until it was tried so often."""
    RAN.append((context.space.slug, context.caller.via, "stumbled"))
    if len([each for each in RAN if each[2] == "stumbled"]) < until:
        raise RuntimeError("with a secret in it")


@job("chores.refuse")
async def refuse(context: Context) -> None:
    """Refuse, for a reason that no other attempt changes."""
    RAN.append((context.space.slug, context.caller.login, "refused"))
    raise Refusal(INVALID.with_text("the shop is closed"), "shop")


@job("chores.queue", attempts=2)
async def queue_up(context: Context) -> None:
    """Stand in a queue that is too long."""
    RAN.append((context.space.slug, context.caller.login, "queued up"))
    raise TryLater("the queue is too long")


@job("chores.dawdle", attempts=1, time_limit=1)
async def dawdle(context: Context) -> None:
    """Take too long."""
    await asyncio.sleep(60)


@job("chores.count")
async def count(context: Context) -> None:
    """Count to three, and wait at two until somebody has seen it."""
    await context.progress(2, 3, "two")
    while not GO_ON.is_set():
        await asyncio.sleep(0.02)
    await context.progress(3, 3, "three")


@job("chores.pay")
async def pay(context: Context, *, bill: str) -> bool:
    """Pay a bill that others may pay as well."""
    if not await context.once(f"chores.pay:{bill}"):
        return False
    RAN.append((context.space.slug, context.caller.login, f"paid {bill}"))
    return True


@job("chores.sweep", cron="30 2 * * *")
async def sweep(context: Context) -> None:
    """Sweep the floor every night at half past two."""
    RAN.append((context.space.slug, context.caller.login, "swept"))


#: Whether there is dust; empty if nobody can say.
DUST = [False]


async def dusty(context: Context) -> bool:
    """Look for dust. Anyone who finds nothing to look at spoils the transaction as well."""
    if not DUST:
        await context.execute("SELECT * FROM nowhere")
    return DUST[0]


@job("chores.wipe", cron="0 0 * * *", when=dusty)
async def wipe(context: Context) -> None:
    """Wipe dust off, where there is some."""


JOBS = {each.name: each for each in (note, stumble, refuse, queue_up, dawdle, count, pay, sweep, wipe)}


@command("chores.ask")
async def ask(context: Context, *, job: str, arguments: dict[str, Any], regret: bool = False) -> UUID:
    """Ask for a job, and perhaps think better of it."""
    asked = await context.enqueue(JOBS[job], **arguments)
    if regret:
        raise Refusal(INVALID.with_text("never mind"), "regret")
    return asked


class ChoresPlugin(Plugin):
    """A plugin that has jobs, and nothing to do with schools."""

    name = "chores"
    title = "Chores"

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [ask]

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        return list(JOBS.values())

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [
            Rule("cook", "chores.*", "run"),
            Rule("eater", "chores.ask", "run"),
        ]

    @hookimpl
    def role_titles(self) -> Mapping[str, str]:
        return {"cook": "Cook", "eater": "Eater"}

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return [
            Preset("kitchen", "Kitchen", ("chores",), "UTC", "en"),
            Preset("berlin", "Kitchen with summer time", ("chores",), "Europe/Berlin", "en"),
            Preset("saigon", "Kitchen far away", ("chores",), "Asia/Ho_Chi_Minh", "en"),
        ]
