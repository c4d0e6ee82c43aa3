"""The plugin ``gradebook``: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom_gradebook import hookspecs

if TYPE_CHECKING:
    from uuid import UUID

    import click

    from homeroom.commands import Command, Event
    from homeroom.context import Context
    from homeroom.documents import Document
    from homeroom.jobs import Job
    from homeroom.notices import NoticeKind
    from homeroom.permissions import Rule
    from homeroom.personal_data import PersonalData
    from homeroom.resources import Extension, Resource
    from homeroom_school.transfers.parcel import Parcel
from homeroom.subscriptions import Subscription

__all__ = ["GradebookPlugin", "plugin"]


class GradebookPlugin(Plugin):
    """Assessments, entry rounds, marks, results."""

    name = "gradebook"
    title = "Gradebook: assessments, entry rounds, marks, results"
    requires = ("school", "graphql")
    migrations = "homeroom_gradebook.migrations"
    locale = Path(__file__).parent / "locale"
    hookspecs = (hookspecs,)
    hears = frozenset({"school.roster.imported", "school.enrolment.changed"})

    @hookimpl
    def resources(self) -> Sequence[Resource]:
        from homeroom_gradebook.resources import RESOURCES

        return RESOURCES

    @hookimpl
    def extensions(self) -> Sequence[Extension]:
        from homeroom_gradebook.resources import EXTENSIONS

        return EXTENSIONS

    @hookimpl
    def commands(self) -> Sequence[Command]:
        from homeroom_gradebook.commands import COMMANDS

        return COMMANDS

    @hookimpl
    def subscriptions(self) -> Sequence[Subscription]:
        from homeroom_gradebook.subscriptions import SUBSCRIPTIONS

        return SUBSCRIPTIONS

    @hookimpl
    def jobs(self) -> Sequence[Job]:
        from homeroom_gradebook.jobs import JOBS

        return JOBS

    @hookimpl
    def notice_kinds(self) -> Sequence[NoticeKind]:
        from homeroom_gradebook.notices import KINDS

        return KINDS

    @hookimpl
    def documents(self) -> Sequence[Document]:
        from homeroom_gradebook.documents import DOCUMENTS

        return DOCUMENTS

    @hookimpl
    def personal_data(self) -> Sequence[PersonalData]:
        """Whose its rows are."""
        from homeroom_gradebook.personal_data import PERSONAL_DATA

        return PERSONAL_DATA

    @hookimpl
    def rules(self) -> Sequence[Rule]:
        from homeroom_gradebook.permissions import RULES

        return RULES

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        from homeroom_gradebook.bench.cli import bench
        from homeroom_gradebook.cli import gradebook

        return [gradebook, bench]

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        from homeroom_gradebook.presets import set_up

        await set_up(context, options)

    @hookimpl
    async def student_leaving(self, context: Context, student: UUID, parcel: Parcel) -> None:
        from homeroom_gradebook.leaving import give_results

        await give_results(context, student, parcel)

    @hookimpl
    async def enrolment_removing(self, context: Context, student: UUID, school_class: UUID) -> None:
        from homeroom_gradebook.following import refuse_marks

        await refuse_marks(context, student, school_class)

    @hookimpl
    async def student_merging(self, context: Context, keep: UUID, duplicate: UUID) -> None:
        from homeroom_gradebook.merging import merge_marks

        await merge_marks(context, keep, duplicate)

    @hookimpl
    async def students_undone(self, context: Context, students: Sequence[UUID]) -> None:
        from homeroom_gradebook.leaving import remove_empty_lines

        await remove_empty_lines(context, students)

    @hookimpl
    async def event(self, context: Context, event: Event) -> None:
        from homeroom_gradebook.following import follow
        from homeroom_gradebook.jobs import follow_students, open_missing_lines

        if event.name == "school.enrolment.changed":
            await follow(context, event.values["students"], strict=False)
            return
        # A roster may bring many people into classes whose books are open; its import shall not wait for that.
        if open_missing_lines.name in context.caller.access.commands:
            await context.enqueue(open_missing_lines)
        await context.enqueue_as("gradebook", follow_students)


plugin = GradebookPlugin()
