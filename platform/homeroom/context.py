"""What a command works with: one space, one caller, one transaction, one audit trail."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from homeroom.before_writing import ask_before_writing
from homeroom.database.ids import new_id
from homeroom.database.rows import Rows
from homeroom.database.sql import PARAMETER_TYPES
from homeroom.errors import Forbidden, Problem, Refusal
from homeroom.logged_reads import logged_fields
from homeroom.messages import language_for
from homeroom.refusals import NOT_FOUND, NOT_PERMITTED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    import asyncpg

    from homeroom.audit import AuditTrail
    from homeroom.callers import Caller, Space
    from homeroom.commands import Command, Event
    from homeroom.computed_queries import ComputedQuery
    from homeroom.database.engine import Transaction
    from homeroom.database.tables import SchoolTable
    from homeroom.host import Host
    from homeroom.jobs import Job
    from homeroom.permissions import Scopes
    from homeroom.variants import Variant

__all__ = ["Context"]


class Context:
    """What a command works with. Made by the host, once per command that a caller runs.

    Args:
        host: The running host.
        caller: Who asks, in which space.
        transaction: The open transaction in that space.
        trail: Collects what changes.
        now: The moment of the command, UTC.
        rehearsing: Whether everything will be rolled back; see :attr:`rehearsing`.
        accept: The header ``Accept-Language`` of the request, where it is known.
    """

    __slots__ = (
        "_running",
        "accept",
        "audited_arguments",
        "caller",
        "host",
        "now",
        "problems",
        "rehearsing",
        "report",
        "trail",
        "transaction",
        "variant",
    )

    def __init__(
        self,
        host: Host,
        caller: Caller,
        transaction: Transaction,
        trail: AuditTrail,
        now: datetime,
        *,
        rehearsing: bool = False,
        accept: str | bytes = b"",
    ) -> None:
        self.host = host
        self.caller = caller
        self.transaction = transaction
        self.trail = trail
        self.now = now
        #: Whether the transaction is rolled back after the answer is made. A command need not ask, unless it does what
        #: a roll back does not undo, such as writing to a disk, or shows a secret that a later call makes again.
        self.rehearsing = rehearsing
        self.accept = accept
        self.variant: Variant = host.variant_of(caller.space)
        #: What the audit entry keeps of the command's arguments.
        self.audited_arguments: Mapping[str, Any] | None = None
        #: Takes the progress of a job; there is none in a command that somebody waits for.
        self.report: Callable[[int, int | None, str | None], Awaitable[None]] | None = None
        #: What is wrong with the rows that the command has left out; see :meth:`left_out`.
        self.problems: list[Problem] = []
        self._running: list[Command | ComputedQuery | Job] = []

    @property
    def space(self) -> Space:
        """The space."""
        return self.caller.space

    @property
    def today(self) -> date:
        """The date of :attr:`now` where the space is."""
        return self.now.astimezone(self.space.time_zone).date()

    async def language(self) -> str:
        """The language in which the caller reads: the account's, else the request's, else the school's."""
        return await language_for(self.host, self.caller, self.accept)

    # Reading inside a command --------------------------------------------------------------------------

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Rows of a statement, within the space."""
        return await self.transaction.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement, within the space."""
        return await self.transaction.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first value of a statement, within the space."""
        return await self.transaction.fetchval(sql, *args)

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement. What it changes must be noted in :attr:`trail`; :meth:`rows` does that by itself."""
        return await self.transaction.execute(sql, *args)

    def rows(self, table: type[SchoolTable], *, asks: bool = True) -> Rows:
        """Audited writing to one table.

        Args:
            table: The table.
            asks: Whether plugins may refuse what is written, such as a change of what was approved (the hook
                ``rows_writing``). Not for what the host itself does, or has asked about already.
        """
        asked = partial(ask_before_writing, self, table._meta.tablename) if asks else None
        return Rows(table, self.transaction, self.trail, asked)

    # Permission ----------------------------------------------------------------------------------------

    @property
    def scopes(self) -> Scopes:
        """The rows that the caller may run the present command on."""
        return self.caller.access.scopes(self._running[-1].name)

    def _reach(
        self, resource: str, *, sight: bool, part: str | None, unseen: bool = False
    ) -> tuple[Scopes | None, ...]:
        """What a row must be within: each of these. One that follows from another is left out."""
        if unseen:
            return (self.scopes,)
        access = self.caller.access
        seen = access.resources.get(resource)
        if part is not None and (own := access.field(resource, part)) != seen:
            return (*self._reach(resource, sight=sight, part=None), own)
        run = self.scopes
        declared = self.variant.resources[resource].scopes
        # The rule's scope has no meaning for rows that are only referred to, such as the room of a lesson.
        returned = getattr(self._running[-1], "returns", None)
        only_named = returned not in (None, resource) and not run.allow <= declared.keys()
        if seen is None or sight or only_named:
            return (seen,)
        if run.allow <= seen.allow and seen.deny <= run.deny:
            return (run,)
        return (run, seen)

    def within_scopes(
        self,
        resource: str,
        row: str,
        first_parameter: int,
        *,
        sight: bool = False,
        part: str | None = None,
        unseen: bool = False,
        command: str | None = None,
    ) -> tuple[str, list[Any]]:
        """The condition that a row is within the caller's scopes for the present command, and within their sight.

        For commands that check many rows in the statement that loads them.

        Args:
            resource: The resource whose rows are meant.
            row: The SQL alias of the row.
            first_parameter: The number of the first placeholder that is free.
            sight: Whether the caller's sight alone decides; see :meth:`permit`.
            part: A field that the caller must be able to read there as well.
            unseen: Whether the scopes of the command alone decide; see :meth:`permit`.
            command: Another command, whose scopes alone decide: to know beforehand what the caller may do with rows.

        Raises:
            Forbidden: The caller may not run that command at all.

        Returns:
            The condition and the arguments of its placeholders, in order.
        """
        # The text is kept: another one each time would be a statement that PostgreSQL has never seen.
        reach: tuple[Scopes | None, ...] = (
            self._reach(resource, sight=sight, part=part, unseen=unseen)
            if command is None
            else (self.caller.access.scopes(command),)
        )
        key = ("within_scopes", resource, row, first_parameter, reach)
        found: tuple[str, tuple[str, ...]] | None = self.variant.parts.get(key)
        if found is None:
            names: list[str] = []

            def parameter(name: str) -> str:
                if name not in names:
                    names.append(name)
                return f"${first_parameter + names.index(name)}::{PARAMETER_TYPES[name]}"

            shown = self.variant.resources[resource]
            parts = [self.variant.predicates.visible(shown, each, row, parameter) for each in reach]
            condition = parts[0] if len(parts) == 1 else f"({' AND '.join(parts)})"
            found = self.variant.parts[key] = (condition, tuple(names))
        return found[0], [_PARAMETERS[name](self) for name in found[1]]

    async def permit(
        self,
        resource: str,
        ids: Sequence[UUID],
        *,
        field: str,
        rows: bool = False,
        sight: bool = False,
        part: str | None = None,
        unseen: bool = False,
    ) -> None:
        """Make sure that all rows are there, within the caller's sight and within their scopes for the present command.

        Which scopes hold: the rows that the command is about are those within the scopes in which the caller may run
        it. Rows that the command only refers to, such as the room of a lesson, are those that the caller may read:
        say so by ``sight``. A resource that the command does not return and that lacks a scope of the rule is judged
        so by itself.

        Args:
            resource: The resource whose rows they are.
            ids: Their ids; repeated ones are fine.
            field: The input field that named them.
            rows: Whether ``ids`` are the rows of a list, so that the refusal can name each.
            sight: Whether what the caller may read alone decides.
            part: A field of the resource that the caller must be able to read there as well.
            unseen: Whether rows count that the caller may not read. It is for those who answer for the data of people
                whom they need not look at: the right to run the command is enough for them.

        Raises:
            Refusal: One of them is not there or not the caller's; the answer does not tell which of the two.
        """
        problems = [
            Problem(NOT_FOUND, field, position if rows else None)
            for position in await self.beyond(resource, ids, sight=sight, part=part, unseen=unseen)
        ]
        if problems:
            raise Refusal.of(problems)

    async def beyond(
        self, resource: str, ids: Sequence[UUID], *, sight: bool = False, part: str | None = None, unseen: bool = False
    ) -> list[int]:
        """The positions of those ids whose rows are not there or not the caller's; see :meth:`permit`.

        For commands that collect everything that is wrong before they refuse.
        """
        condition, values = self.within_scopes(resource, "r", 2, sight=sight, part=part, unseen=unseen)
        table = self.variant.resources[resource].table
        found = {
            record["id"]
            for record in await self.fetch(
                f"SELECT r.id FROM {table} r WHERE r.id = ANY($1::uuid[]) AND {condition}", list(ids), *values
            )
        }
        return [position for position, each in enumerate(ids) if each not in found]

    def logged_fields(self, resource: str) -> frozenset[str]:
        """The fields of a resource whose reads are logged: sensitive ones, and those that the space has chosen.

        For commands, queries and jobs that show values by SQL of their own: they note what they show with
        ``context.trail.looked``.

        Args:
            resource: The resource, such as ``Student``.
        """
        declared = self.variant.resources[resource]
        return declared.sensitive | logged_fields(declared, self.space.logged)

    async def answer(self, sql: str, arguments: Sequence[Any]) -> Any:
        """The first value of the SELECT that answers a command, in one round trip with the audit.

        Args:
            sql: Its placeholders begin after :data:`homeroom.audit.PARAMETERS`.
            arguments: What fills them.
        """
        entry = self.trail.entry(self.caller, self.now, self.audited_arguments)
        return await self.transaction.fetchval_with(entry, sql, *arguments)

    # Doing ---------------------------------------------------------------------------------------------

    async def run(self, command: Command, arguments: Mapping[str, Any]) -> Any:
        """Run a command in this transaction, under the caller's permission for it.

        Raises:
            Forbidden: The space has no such command, or the caller may not run it.
            ConfirmationRequired: The caller has to give the password first.
        """
        self.host.admit(self.caller, command, self.now)
        return await self.run_admitted(command, arguments)

    async def run_admitted(self, command: Command, arguments: Mapping[str, Any]) -> Any:
        """Run a command in this transaction; the caller's right to it was checked by :meth:`Host.admit`."""
        self._running.append(command)
        try:
            return await command.function(self, **arguments)
        finally:
            self._running.pop()

    async def ask(self, query: ComputedQuery, arguments: Mapping[str, Any]) -> Any:
        """Answer a computed query in this transaction, under the caller's permission for it.

        Raises:
            Forbidden: The space has no such query, or the caller may not ask it.
        """
        self.caller.access.scopes(query.name)
        self._running.append(query)
        try:
            return await query.function(self, **arguments)
        finally:
            self._running.pop()

    async def run_job(self, job: Job, arguments: Mapping[str, Any]) -> Any:
        """Run a job in this transaction; the runner of jobs has checked the caller's right to it."""
        self._running.append(job)
        try:
            return await job.function(self, **arguments)
        finally:
            self._running.pop()

    async def settle_changes(self) -> None:
        """Let plugins see which rows were changed, after all that the command or the job has done."""
        if self.trail.lines:
            rows = self.trail.rows()
            await self.call_hook("rows_changed", rows=rows)

    async def call_hook(self, hook: str, /, **arguments: Any) -> None:
        """Call a hook of the space's plugins, one after the other; its first argument is this context.

        Args:
            hook: The hook's name, such as one of the plugin's own ``hookspecs``.
            arguments: Its further arguments.

        Raises:
            Refusal: One of them refuses the command.
        """
        await self.host.hooks.each(hook, only=self.variant.plugins, context=self, **arguments)

    async def emit(self, event: Event) -> None:
        """Inform the space's plugins of what happened, in this transaction.

        Raises:
            Refusal: One of them refuses the command. Whatever else goes wrong with one of them undoes what that one
                did, and is logged.
        """
        hooks, parts = self.host.hooks, self.variant.parts
        interested = parts.get(("interested", event.name))
        if interested is None:
            interested = parts["interested", event.name] = hooks.interested(event.name, self.variant.plugins)
        await hooks.each(
            "event",
            only=interested,
            failed=lambda _plugin, _error: None,
            around=self.savepoint,
            context=self,
            event=event,
        )

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """A block whose rows and lines of the audit are rolled back if it raises."""
        length = self.trail.length
        try:
            async with self.transaction.savepoint(lazy=True):
                yield
        except BaseException:
            self.trail.forget(length)
            raise

    async def enqueue(self, job: Job, /, **arguments: Any) -> UUID:
        """Ask for a job; it is there when this transaction commits and not otherwise.

        Args:
            job: What to run, with the permission of this caller.
            arguments: JSON values.

        Returns:
            The job's id.
        """
        if job.name not in self.variant.jobs:
            raise Forbidden(NOT_PERMITTED, permission=job.name)
        job_id = new_id()
        await self.host.queue.enqueue(self, job_id, job, arguments)
        return job_id

    async def enqueue_as(self, login: str, job: Job, /, **arguments: Any) -> UUID:
        """Ask for a job in the name of the installation, for what must be done whatever becomes of this caller.

        Args:
            login: By which logs and the audit name it.
            job: What to run, with every permission.
            arguments: JSON values.

        Returns:
            The job's id.
        """
        caller = self.host.system_caller(self.space, login=login, via="job")
        asking = Context(self.host, caller, self.transaction, self.trail, self.now)
        return await asking.enqueue(job, **arguments)

    @property
    def running(self) -> str:
        """The name of the command, the query or the job that is running."""
        return self._running[-1].name

    async def once(self, key: str) -> bool:
        """Whether an effect is still to be made: true for the first to ask in this space, when its transaction commits.

        For effects that two different jobs or commands could make: ``if await context.once(f"fee:{student}:{month}")``.
        The effect belongs into this same transaction; then it and its key are there together or not at all. What one
        job writes needs no key: an attempt that does not succeed leaves nothing, and one that did is not repeated.

        Args:
            key: At most 200 characters; begin it with the plugin's name.
        """
        return await self.host.queue.once(self, key)

    async def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        """Report how far a job has come; seen at once, before its transaction commits. In a command it does nothing.

        Args:
            done: How many parts are done.
            total: How many there are, if that is known.
            message: What it is at, for the person who waits.
        """
        if self.report is not None:
            await self.report(done, total, message)

    def left_out(self, problems: Sequence[Problem]) -> None:
        """Answer with errors of rows that this command has left out, although it carries out the rest.

        A command does so where its caller asked for it, by an argument such as ``keep_good``.
        """
        self.problems.extend(problems)


#: By name in :data:`homeroom.database.sql.PARAMETER_TYPES`, what fills it.
_PARAMETERS: Final[Mapping[str, Callable[[Context], Any]]] = {
    "persons": lambda context: list(context.caller.persons),
    "account": lambda context: context.caller.account,
    "roles": lambda context: sorted(context.caller.roles),
    "today": lambda context: context.today,
    "now": lambda context: context.now,
}
