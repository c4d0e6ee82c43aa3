"""The plugin ``gradebook``: its hooks and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.commands import Event
    from homeroom.context import Context
    from homeroom_transfers.parcel import Parcel

__all__ = ["GradebookPlugin", "plugin"]


class GradebookPlugin(Plugin):
    """Assessments, entry rounds, marks, results."""

    name = "gradebook"
    title = "Gradebook: assessments, entry rounds, marks, results"
    requires = ("school", "graphql")
    events = frozenset({"school.roster.imported", "school.enrolment.changed"})

    @hookimpl
    async def space_created(self, context: Context, options: Mapping[str, Any]) -> None:
        from homeroom_gradebook.setting_up import set_up

        await set_up(context, options)

    @hookimpl(optionalhook=True)
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
    async def import_undoing(self, context: Context, made: Mapping[str, Sequence[UUID]]) -> None:
        from homeroom_gradebook.leaving import remove_empty_lines

        await remove_empty_lines(context, made.get("student", ()))

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
