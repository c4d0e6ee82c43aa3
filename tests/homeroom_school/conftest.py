"""A host with the registry over a database of its own, and schools that each test makes for itself."""

from __future__ import annotations

import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # what several tests share is a plain module

from teaching_school import Taught, teach

from homeroom.audit.plugin import plugin as audit_plugin
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Caller, Space
from homeroom.code_tables.plugin import plugin as codes_plugin
from homeroom.commands import Command
from homeroom.custom_fields.plugin import plugin as custom_fields_plugin
from homeroom.files.plugin import plugin as files_plugin
from homeroom.hookspecs import hookimpl
from homeroom.host import Host
from homeroom.imports.cli import report_of
from homeroom.imports.plugin import plugin as imports_plugin
from homeroom.notices.plugin import plugin as notices_plugin
from homeroom.permissions import EVERYBODY
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.presets import Preset
from homeroom.school_settings.plugin import plugin as settings_plugin
from homeroom.settings import Settings
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_approvals import ApprovalOutcome
from homeroom_approvals.commands import ApprovalDecisionRow, decide_approvals
from homeroom_approvals.plugin import plugin as approvals_plugin
from homeroom_calendar.plugin import plugin as calendar_plugin
from homeroom_documents.plugin import plugin as documents_plugin
from homeroom_graphql.executor import Executor
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_photos.plugin import plugin as photos_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_rosters.plugin import plugin as rosters_plugin
from homeroom_school.plugin import plugin as school_plugin
from homeroom_surveys.plugin import plugin as surveys_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin
from homeroom_transfers.plugin import plugin as transfers_plugin

TODAY = date(2025, 10, 15)
OPTIONS: Mapping[str, Any] = {
    "name_script": "vietnamese",
    "year": {
        "starts_on": "09-05",
        "ends_on": "05-31",
        "terms": [
            {"name": "Học kì I", "starts_on": "09-05", "ends_on": "01-15"},
            {"name": "Học kì II", "starts_on": "01-16", "ends_on": "05-31"},
        ],
    },
    "grade_levels": [
        {"number": 6, "code": "6", "title": "Lớp 6", "stage": "lower_secondary"},
        {"number": 7, "code": "7", "title": "Lớp 7", "stage": "lower_secondary"},
    ],
    "subjects": [
        {"code": "math", "title": "Toán", "periods": {"6": 140, "7": 140}},
        {"code": "lang", "title": "Ngữ văn", "periods": {"6": 140, "7": 140}},
        {"code": "music", "title": "Âm nhạc", "periods": {"6": None}},
    ],
}


class RegionPlugin(Plugin):
    """A region that exists in tests alone."""

    name = "zz"
    title = "A region of the tests"
    requires = ("school", "rosters", "transfers")
    #: What is sent along with a student: kind, title, content, and a file or none.
    gives: ClassVar[list[tuple[Any, ...]]] = []
    #: What it was asked: the name of the hook and the ids.
    asked: ClassVar[list[tuple[Any, ...]]] = []

    @hookimpl
    async def student_merging(self, keep: UUID, duplicate: UUID) -> None:
        self.asked.append(("student_merging", keep, duplicate))

    @hookimpl
    async def enrolment_removing(self, student: UUID, school_class: UUID) -> None:
        self.asked.append(("enrolment_removing", student, school_class))

    @hookimpl
    async def import_undoing(self, made: Mapping[str, Sequence[UUID]]) -> None:
        self.asked.append(("import_undoing", *made.get("student", ())))

    @hookimpl
    async def student_leaving(self, student: UUID, parcel: Any) -> None:
        for kind, title, content, file in self.gives:
            parcel.record(kind, title, {**content, "student": str(student)}, file)

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        return (
            Preset(
                "zz",
                "Region of the tests",
                ("school", "calendar", "photos", "rosters", "surveys", "transfers", "zz"),
                "Asia/Ho_Chi_Minh",
                "vi",
                {"school": OPTIONS},
            ),
        )


@dataclass
class School:
    """One school, and ways to ask it."""

    host: Host
    space: Space

    @property
    def system(self) -> Caller:
        """The installation itself."""
        return self.host.system_caller(self.space)

    def caller(self, *roles: str, persons: Sequence[UUID] = ()) -> Caller:
        """Somebody with roles, who is these persons of the school."""
        held = frozenset(roles)
        access = self.host.compile_access(self.space.plugins, held | {EVERYBODY}, ())
        return Caller(self.space, None, tuple(persons), held, access, login="+".join(roles))

    async def run(self, command: Command, *, caller: Caller | None = None, **arguments: Any) -> Any:
        """Run a command, by default as the installation."""
        return await self.host.execute(caller or self.system, command, **arguments)

    async def decide(
        self,
        row: UUID,
        outcome: ApprovalOutcome = ApprovalOutcome.APPROVE,
        *,
        note: str = "",
        caller: Caller | None = None,
    ) -> None:
        """Decide the request about a row, such as a change of status, by default as the installation."""
        (request,) = await self.sql(
            "SELECT id, seen FROM approval_request WHERE subject_id = $1 ORDER BY asked_at DESC LIMIT 1", row
        )
        decision = ApprovalDecisionRow(request["id"], outcome, request["seen"], note)
        await self.run(decide_approvals, caller=caller, rows=[decision])

    async def reported(self, command: Command, *, rehearse: bool = False, **arguments: Any) -> dict[str, Any]:
        """What an import or its rehearsal reports, with its names."""
        return await self.host.run(self.system, command, arguments, answer=report_of, rehearse=rehearse)

    async def sql(self, statement: str, *args: Any) -> list[dict[str, Any]]:
        """Rows of a statement in the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return [dict(row) for row in await transaction.fetch(statement, *args)]

    async def one(self, statement: str, *args: Any) -> Any:
        """One value of a statement in the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return await transaction.fetchval(statement, *args)

    async def ask(self, document: str, *, caller: Caller | None = None, **variables: Any) -> Any:
        """The response to a GraphQL operation, by default as the installation."""
        answer = await Executor(self.host).execute(caller or self.system, document, variables)
        return msgspec.json.decode(answer)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(database_settings: Settings) -> AsyncIterator[Host]:
    """A host with the registry and without the other domains, its clock standing still."""
    host_parts = [
        tenants_plugin,
        jobs_plugin,
        files_plugin,
        codes_plugin,
        settings_plugin,
        imports_plugin,
        notices_plugin,
        approvals_plugin,
        audit_plugin,
        policies_plugin,
        graphql_plugin,
        documents_plugin,
    ]
    domains = [school_plugin, calendar_plugin, photos_plugin, rosters_plugin, surveys_plugin, transfers_plugin]
    registry = PluginRegistry.discover([*host_parts, custom_fields_plugin, *domains, RegionPlugin()], installed=False)
    assert [] == registry.quarantined
    await migrate_database(database_settings, registry)
    made = build_host(database_settings, registry)
    made.clock = lambda: datetime(2025, 10, 15, 3, tzinfo=UTC)
    await made.open()
    assert [] == made.registry.quarantined, "its own rules must hold before the policy"
    yield made
    await made.close()


@pytest.fixture(scope="session")
def make_school(host: Host) -> Callable[[], Awaitable[School]]:
    """Makes a school from the region's preset."""

    async def make() -> School:
        slug = f"school-{secrets.token_hex(6)}"
        space = await host.directory.create_space(slug=slug, name=slug, region="zz")
        return School(host, space)

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def school(make_school: Callable[[], Awaitable[School]]) -> School:
    """A school of one test's own."""
    return await make_school()


@pytest_asyncio.fixture(loop_scope="session")
async def taught(school: Any, make_school: Any) -> Taught:
    """A taught school; in another the very same lesson exists."""
    other = await teach(await make_school())
    await other.plan(other.lesson())
    return await teach(school)
