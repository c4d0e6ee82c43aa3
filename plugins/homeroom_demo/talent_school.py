"""The school of the talent play: a small primary school of Hong Kong, served over HTTP on throw-away data."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from homeroom.boot import build_host, migrate_database
from homeroom.database.ids import new_id
from homeroom.database.providers import throwaway
from homeroom.processes import ProcessGroup
from homeroom.server import command as server_command
from homeroom.server import free_port, wait_until_ready
from homeroom.worker.foreground import enqueued, followed
from homeroom_demo.client import Person
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import Filled, populate
from homeroom_demo.record import Record
from homeroom_demo.steps import StepFailed

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.settings import Settings

__all__ = ["TalentSchool", "paper_path", "talent_school"]

_PLAN: Final = SchoolPlan("talents", "洋紫荊小學 Bauhinia Primary School (demonstration)", "hk", 4, 6, "{grade}A", 8, 8)
#: What the gradebook has concluded about a student: the best of the class in a year.
_CONCLUDED: Final = """
INSERT INTO student_result (id, school_class_id, student_id, span, title, title_label)
VALUES ($1, $2, $3, 'year', 'excellent', '全年成績第一名')
"""


@dataclass(frozen=True, slots=True)
class TalentSchool:
    """A school that is served.

    Args:
        settings: Of the installation.
        password: Everybody's.
        filled: Who is there.
    """

    settings: Settings
    password: str
    filled: Filled

    def who(self, name: str) -> Person:
        """Somebody, signed in: homeroom, teacher, coordinator, principal, guardian or student."""
        person = Person(f"http://{self.settings.host}:{self.settings.port}", _PLAN.slug, _login(name))
        response = person.sign_in(self.password)
        if response.status_code // 100 != 2:
            raise StepFailed(f"{name} cannot sign in: HTTP {response.status_code} {response.text}")
        return person

    def run_job(self, name: str) -> None:
        """Run a job, as ``homeroom jobs run`` does."""

        async def run() -> bool:
            host = build_host(self.settings)
            await host.open()
            try:
                space = await host.directory.space(_PLAN.slug)
                job = await enqueued(host, space, name, {})
                return await followed(host, space, job, lambda _text: None)
            finally:
                await host.close()

        if not asyncio.run(run()):
            raise StepFailed(f"the job {name} failed")


@contextlib.contextmanager
def talent_school(settings: Settings) -> Iterator[TalentSchool]:
    """The school, from nothing to a server that answers; everything that was started ends with the block.

    Args:
        settings: Of the installation; its database is one of its own.
    """
    settings = msgspec.structs.replace(settings, database_url=None, owner_database_url=None, secret_key=None)
    with contextlib.ExitStack() as stack:
        access = stack.enter_context(throwaway(user_name=settings.embedded_user))
        complete = access.apply(settings)
        complete = msgspec.structs.replace(complete, port=free_port(settings.host), workers=1)
        asyncio.run(migrate_database(complete))
        password = Record.new_password()
        filled = asyncio.run(_fill(complete, password))
        unprivileged = msgspec.structs.replace(complete, owner_database_url=None)
        environment = {**os.environ, **unprivileged.environment()}
        environment.pop("HOMEROOM_OWNER_DATABASE_URL", None)
        group = stack.enter_context(ProcessGroup(stop_timeout=settings.stop_timeout + 2))
        group.start("server", server_command(), environment)
        wait_until_ready(complete.host, complete.port, seconds=180, check=group.check)
        yield TalentSchool(complete, password, filled)


async def _fill(settings: Settings, password: str) -> Filled:
    host = build_host(settings)
    await host.open()
    try:
        space = await host.directory.create_space(
            slug=_PLAN.slug, name=_PLAN.name, region=_PLAN.region, plugins=("school", "talent")
        )
        filled = await populate(host, space, _PLAN, with_marks=False)
        await _accounts(host, space, filled, password)
        # The school keeps no books here, only what the gradebook has concluded.
        await host.directory.set_plugins(space.id, [*space.plugins, "gradebook"])
        async with host.database.transaction(space.id) as transaction:
            await transaction.execute(_CONCLUDED, new_id(), filled.school_class, filled.student)
        return filled
    finally:
        await host.close()


async def _accounts(host: Host, space: Space, filled: Filled, password: str) -> None:
    roles: tuple[tuple[str, str, UUID], ...] = (
        ("principal", "principal", filled.staff[0]),
        ("coordinator", "talent_coordinator", filled.staff[1]),
        ("homeroom", "teacher", filled.homeroom_teacher),
        ("teacher", "teacher", filled.teacher),
        ("guardian", "guardian", filled.guardian),
        ("student", "student", filled.student),
    )
    for name, role, person in roles:
        account = await host.directory.create_account(login=_login(name), name=name, password=password)
        await host.directory.add_member(space.id, account, roles=[role], person=person)


def _login(name: str) -> str:
    return f"{name}@{_PLAN.slug}.demo.invalid"


def paper_path(folder: Path, language: str) -> Path:
    """The file of a profile in a language."""
    return folder / f"talent-profile.{language}.pdf"
