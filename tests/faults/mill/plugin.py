"""The plugin."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from uuid import UUID

from homeroom import Command, Context, Job, Plugin, Preset, Rule, command, hookimpl, job
from homeroom.audit.plugin import plugin as audit_plugin
from homeroom.personal_data import PersonalData, nobody
from homeroom.plugins import PluginRegistry
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin
from mill.tables import Flour

#: How often the job that kills its worker is begun.
EXPLOSIONS = 3


# Its worker is killed over and over: so often that the storm alone must not use its attempts up.
@job("mill.grain.grind", attempts=50, time_limit=60)
async def grind(context: Context, *, number: int) -> int:
    """Grind, and leave one sack. Killed before, between or after, there is one sack in the end."""
    await asyncio.sleep(0.02)
    await context.rows(Flour).insert([{"number": number}])
    await asyncio.sleep(0.02)
    return number


@job("mill.dust.explode", attempts=EXPLOSIONS, time_limit=60)
async def explode(context: Context) -> None:
    """Take the worker along."""
    os.kill(os.getpid(), signal.SIGKILL)


@command("mill.grain.bring", audited_arguments=True)
async def bring(context: Context, *, number: int) -> UUID:
    """Bring one sack of grain."""
    return await context.enqueue(grind, number=number)


@command("mill.dust.light")
async def light(context: Context) -> UUID:
    """Bring a light."""
    return await context.enqueue(explode)


def registry() -> PluginRegistry:
    """The mill, and of the other plugins only what jobs need: a storm starts dozens of workers."""
    parts = [tenants_plugin, jobs_plugin, audit_plugin, policies_plugin]
    return PluginRegistry.discover([*parts, MillPlugin()], installed=False)


class MillPlugin(Plugin):
    """A mill."""

    name = "mill"
    title = "Mill"
    migrations = "mill.migrations"

    @hookimpl
    def commands(self) -> Sequence[Command]:
        return [bring, light]

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        return [grind, explode]

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        return nobody("flour", Flour)

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        return [Rule("admin", "mill.*", "run")]

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return [Preset("mill", "Mill", ("mill",), "UTC", "en")]
