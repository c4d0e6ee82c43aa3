"""The host: plugins, database and what follows from them, for one process."""

from __future__ import annotations

import asyncio
import functools
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import asyncpg
import msgspec

from homeroom.audit import LOOK, AuditTrail
from homeroom.callers import Caller, Space
from homeroom.claims import Claims
from homeroom.confirmation import require_confirmation
from homeroom.context import Context
from homeroom.custom import CustomField
from homeroom.database.connection import AWAY
from homeroom.database.engine import Database
from homeroom.database.readiness import KEY_HOLDS, NO_SPACE, applied_migrations, unready
from homeroom.database.refusals import refusal_of
from homeroom.database.walls import InSpace
from homeroom.errors import ConfigurationError, PluginError, Problem, Refusal
from homeroom.hooks import LIMITS, Hooks
from homeroom.idempotency import RecordedCall
from homeroom.messages import Messages
from homeroom.null_arguments import null_problems
from homeroom.plugins import KERNEL
from homeroom.refusals import BAD_CHARACTER
from homeroom.settings import Settings
from homeroom.text_arguments import character_problems
from homeroom.texts import forbidden
from homeroom.variants import Variant, assemble, full_access, with_custom_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from uuid import UUID

    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.directory import Directory
    from homeroom.permissions import Access, Rule
    from homeroom.plugins import PluginRegistry
    from homeroom.queue import Queue

__all__ = ["Host"]

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")
Declared = TypeVar("Declared", bound=msgspec.Struct)
#: Between two attempts to open a host whose database is unavailable.
_AGAIN_SECONDS = 1.0


class Host:
    """One process of the installation.

    Args:
        registry: The plugins.
        database: The database, as the powerless role.
        queue: Where jobs wait.
        clock: Gives the time, UTC; tests and year plays set their own.
        settings: Of the installation.
        limits: How long calls of hooks may take; see :data:`homeroom.hooks.LIMITS`.
        check_texts: Whether a plugin whose translations are incomplete or wrong is quarantined.
    """

    def __init__(
        self,
        registry: PluginRegistry,
        database: Database,
        queue: Queue,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        settings: Settings | None = None,
        limits: Mapping[str, float] = LIMITS,
        check_texts: bool = True,
    ) -> None:
        self.registry = registry
        self.hooks = Hooks(registry, limits)
        self.database = database
        self.queue = queue
        self.clock = clock
        self.settings = settings or Settings()
        #: Services that host parts offer to one another, such as the directory of spaces.
        self.services: dict[str, Any] = {}
        #: Whether it is open: before that, and after it was closed, it answers no requests.
        self.is_open = False
        self._started: set[str] = set()
        self._check_texts = check_texts
        self._variants: dict[frozenset[str], Variant] = {}
        #: Of spaces with fields of their own, the one that was asked for last at the end.
        self._customised: dict[tuple[frozenset[str], tuple[CustomField, ...]], Variant] = {}
        self._check()

    def _check(self) -> None:
        """Assemble everything once: a clash of two is fatal, a plugin that is broken by itself is quarantined."""
        while True:
            try:
                self.hooks.load()
                together = self.variant(frozenset(self.registry.plugins))
                claims = Claims(self.registry.host_parts())
                for claim in self.hooks.collect("derived_names", variant=together):
                    claims.take(claim)
                # Each with just what it requires as well: a school may have it without the others.
                sets = {self.registry.with_requirements([name]): None for name in self.registry.plugins}
                for plugins in sets:
                    self._assembled(plugins)
                return
            except PluginError as error:
                if error.plugin not in self.registry.plugins:
                    # The kernel itself, or a plugin that is out already: nothing is left to leave out.
                    raise ConfigurationError(str(error)) from error
                self.quarantine(error.plugin, str(error))

    def quarantine(self, plugin: str, reason: str) -> None:
        """Leave out a plugin that proved broken, with all that require it. Fatal for a part of the host.

        Args:
            plugin: Its name.
            reason: What is wrong, for the operator.

        Raises:
            ConfigurationError: The plugin is a part of the host.
        """
        found = self.registry.plugins.get(plugin)
        if found is None:
            return
        if found.host_part:
            raise ConfigurationError(reason)
        self.registry.remove(plugin, reason)
        self._variants.clear()

    def settings_of(self, kind: type[Declared]) -> Declared:
        """The settings of the installation that a plugin declares.

        Args:
            kind: The class that the plugin names as its ``settings``.

        Raises:
            ConfigurationError: No plugin that is there declares it.
        """
        for plugin, declared in self.registry.declared_settings().items():
            if declared is kind:
                found = self.registry.settings[plugin]
                assert isinstance(found, kind)
                return found
        raise ConfigurationError(f"no plugin declares the settings {kind.__name__}")

    @functools.cached_property
    def directory(self) -> Directory:
        """Where spaces, accounts and memberships are known."""
        directory: Directory | None = self.hooks.first("directory", host=self)
        if directory is None:
            raise ConfigurationError("no plugin keeps the directory of spaces and accounts")
        return directory

    @functools.cached_property
    def messages(self) -> Messages:
        """The texts of refusals and failures."""
        return Messages(self.registry)

    def system_caller(self, space: Space, *, login: str = "system", via: Literal["cli", "job"] = "cli") -> Caller:
        """The installation itself in a space, for set-up, the command line, demonstrations and the calendar.

        Args:
            space: The space.
            login: For logs and the audit.
            via: How it comes.
        """
        return Caller(space=space, access=full_access(self.variant_of(space)), login=login, via=via)

    async def open(self) -> None:
        """Open the database and start the plugins.

        One whose migrations are not applied, or that fails at its start, is quarantined, unless it is the host's own.

        Raises:
            ConfigurationError: A part of the host is not ready, or fails.
            asyncpg.PostgresError: One of :data:`homeroom.database.connection.AWAY`. Nobody is quarantined for it, and
                this may be called again: plugins that have started do not start twice.
        """
        await self.database.open()
        applied = await applied_migrations(self.database.read)
        await self.database.read(KEY_HOLDS, InSpace(NO_SPACE))
        for plugin, fault in unready(applied, self.registry.migration_packages()):
            if plugin == KERNEL:
                raise ConfigurationError(fault)
            self.quarantine(plugin, fault)
        for name in list(self.registry.plugins):
            if name not in self._started:
                await self.hooks.each("startup", frozenset({name}), failed=self._startup_failed, host=self)
                self._started.add(name)
        self.is_open = True

    async def open_in_time(self) -> None:
        """Open it as soon as the database lets it, trying every second. Logs each new reason why it is not open yet.

        What an operator can mend without a new process, such as a missing migration, is tried again too.
        """
        last = ""
        while True:
            try:
                await self.open()
            except Exception as error:  # noqa: BLE001 - the process lives on and is not ready, whatever it is
                reason = f"{type(error).__name__}: {error}"
                if reason != last:
                    logger.warning("the host is not open yet and tries again every second: %s", reason)
                last = reason
            else:
                return
            await asyncio.sleep(_AGAIN_SECONDS)

    def _startup_failed(self, plugin: str, error: Exception) -> None:
        if isinstance(error, AWAY):
            raise error
        self.quarantine(plugin, f"fails at start-up: {type(error).__name__}: {error}")

    async def close(self) -> None:
        """Stop the plugins and close the database."""
        self.is_open = False
        self._started.clear()
        # Backwards: a plugin may need those that it requires until it has ended.
        await self.hooks.each("shutdown", failed=lambda _plugin, _error: None, backwards=True, host=self)
        await self.hooks.end_tasks()
        await self.database.close()

    def variant(self, plugins: frozenset[str]) -> Variant:
        """What a set of plugins consists of; assembled once."""
        variant = self._variants.get(plugins)
        if variant is None:
            runnable = self.registry.runnable(plugins)
            variant = self._variants.get(runnable)
            if variant is None:
                variant = self._variants[runnable] = self._assembled(runnable)
            self._variants[plugins] = variant
        return variant

    def _assembled(self, plugins: frozenset[str]) -> Variant:
        together = frozenset(self.registry.plugins)
        return assemble(self.hooks, plugins, check_texts=self._check_texts, check_names=together not in self._variants)

    def variant_of(self, space: Space) -> Variant:
        """What a space consists of: its plugins and its own fields.

        Schools with fields of their own have schemas of their own; so many are kept as the settings say, and the one
        that was used longest ago is dropped.
        """
        return self._customised_variant(space.plugins, space.fields) if space.fields else self.variant(space.plugins)

    def _customised_variant(self, plugins: frozenset[str], fields: tuple[CustomField, ...]) -> Variant:
        key = (plugins, fields)
        made = self._customised.pop(key, None)
        if made is None:
            made = with_custom_fields(self.variant(plugins), fields)
            while len(self._customised) >= self.settings.custom_schemas:
                self._customised.pop(next(iter(self._customised)))
        self._customised[key] = made
        return made

    def compile_access(
        self,
        plugins: frozenset[str],
        roles: frozenset[str],
        own: Sequence[Rule],
        fields: tuple[CustomField, ...] = (),
    ) -> Access:
        """What roles may do in a space with these plugins, these rules of its own and these fields of its own."""
        variant = self._customised_variant(plugins, fields) if fields else self.variant(plugins)
        access: Access | None = self.hooks.first(
            "compile_access",
            only=variant.plugins,
            variant=variant,
            roles=roles,
            rules=(*variant.rules, *own),
        )
        if access is None:
            raise ConfigurationError("no plugin compiles permissions")
        return access

    def admit(self, caller: Caller, command: Command, now: datetime) -> None:
        """Check once, before a command runs, that its caller may run it.

        Args:
            caller: Who asks.
            command: What to do.
            now: The moment, UTC.

        Raises:
            Forbidden: The space has no such command, or the caller may not run it.
            ConfirmationRequired: The caller has to give the password first.
        """
        caller.access.scopes(command.name)
        require_confirmation(caller, command, now, self.settings.confirmation_minutes)

    async def execute(
        self,
        caller: Caller,
        command: Command,
        /,
        *,
        audit_reason: str | None = None,
        idempotency_key: str | None = None,
        rehearse: bool = False,
        **arguments: Any,
    ) -> Any:
        """Run one command for a caller and give its result; see :meth:`run`."""

        async def result_itself(_context: Context, result: Any) -> Any:
            return result

        return await self.run(
            caller,
            command,
            arguments,
            answer=result_itself,
            audit_reason=audit_reason,
            idempotency_key=idempotency_key,
            rehearse=rehearse,
        )

    async def run(
        self,
        caller: Caller,
        command: Command,
        arguments: Mapping[str, Any],
        *,
        answer: Callable[[Context, Any], Awaitable[Answer]],
        audit_reason: str | None = None,
        idempotency_key: str | None = None,
        rehearse: bool = False,
    ) -> Answer:
        """Run one command for a caller, in one transaction with its audit and its answer.

        Args:
            caller: Who asks.
            command: What to do.
            arguments: The command's arguments, of their Python types.
            answer: Makes the answer from the context and the command's result, before the commit.
            audit_reason: Why, for the audit. Without it the audit keeps the command's own argument ``reason``, if it
                has one and that is a text.
            idempotency_key: A repeated call with the same key by the same account gives the first one's result
                and writes nothing; see :mod:`homeroom.idempotency`.
            rehearse: Do everything, including the checks at the end of the transaction, make the answer, and roll back:
                nothing of it stays, and the idempotency key is not used. If the answer shows rows or a value, the
                audit keeps an entry ``audit.read`` that names the command, with the sensitive rows that it looked at.

        Raises:
            Forbidden: The caller may not run it; nothing was asked of the database.
            ConfirmationRequired: The caller has to give the password first; nothing was asked of the database.
            Refusal: The command refused; nothing was written.
        """
        self.admit(caller, command, self.clock())
        problems = [*null_problems(command.nulls, arguments), *character_problems(command.texts, arguments)]
        if audit_reason is not None and (bad := forbidden(audit_reason)) is not None:
            problems.append(Problem(BAD_CHARACTER, "reason", character=bad))
        if problems:
            raise Refusal.of(problems)
        try:
            return await self._run(caller, command, arguments, answer, audit_reason, idempotency_key, rehearse)
        except asyncpg.PostgresError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error

    async def ask(
        self,
        caller: Caller,
        query: ComputedQuery,
        arguments: Mapping[str, Any],
        *,
        purpose: str | None = None,
        accept: bytes = b"",
    ) -> Any:
        """Answer one computed query for a caller, in a read-only transaction that sees one state of the database.

        Args:
            caller: Who asks.
            query: What is asked.
            arguments: The query's arguments, of their Python types.
            purpose: Why, for the audit of what the query notes as seen.
            accept: The header ``Accept-Language`` of the request.

        Raises:
            Forbidden: The caller may not ask it; nothing was asked of the database.
            Refusal: The query refused.
        """
        caller.access.scopes(query.name)
        now = self.clock()
        trail = AuditTrail(query.name, purpose)
        space = caller.space.id
        async with self.database.transaction(space, isolation="REPEATABLE READ", read_only=True) as transaction:
            value = await Context(self, caller, transaction, trail, now, accept=accept).ask(query, arguments)
        if trail.lines:
            async with self.database.transaction(space) as transaction:
                await trail.write(transaction, caller, now, None)
        return value

    async def _run(
        self,
        caller: Caller,
        command: Command,
        arguments: Mapping[str, Any],
        answer: Callable[[Context, Any], Awaitable[Answer]],
        audit_reason: str | None,
        idempotency_key: str | None,
        rehearse: bool,
    ) -> Answer:
        now = self.clock()
        own_reason = arguments.get("reason")
        if audit_reason is None and isinstance(own_reason, str):
            audit_reason = own_reason
        trail = AuditTrail(command.name, audit_reason)
        try:
            return await self._within(trail, caller, command, arguments, answer, now, idempotency_key, rehearse)
        except Refusal:
            if trail.compared_rows:
                looks = [(noun, row, (), fields) for noun, row, fields in trail.compared_rows]
                await self._keep_looks(trail.reason, looks, caller, now)
            raise
        except _Rehearsed as done:
            if done.shown or trail.looked_rows:
                await self._keep_looks(trail.reason, trail.looked_rows, caller, now, {"rehearsed": command.name})
            answered: Answer = done.answer
            return answered

    async def _keep_looks(
        self,
        reason: str | None,
        rows: Iterable[tuple[str, UUID, Iterable[str], Iterable[str]]],
        caller: Caller,
        now: datetime,
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what a command has looked at whose own transaction is undone."""
        looks = AuditTrail(LOOK, reason)
        for noun, row, read, found_by in rows:
            looks.looked(noun, row, read, found_by)
        async with self.database.transaction(caller.space.id) as transaction:
            await looks.write(transaction, caller, now, arguments)

    async def _within(
        self,
        trail: AuditTrail,
        caller: Caller,
        command: Command,
        arguments: Mapping[str, Any],
        answer: Callable[[Context, Any], Awaitable[Answer]],
        now: datetime,
        idempotency_key: str | None,
        rehearse: bool,
    ) -> Answer:
        async with self.database.transaction(caller.space.id) as transaction:
            context = Context(self, caller, transaction, trail, now, rehearsing=rehearse)
            call = None
            if idempotency_key is not None and not rehearse:
                call = RecordedCall(transaction, caller, command, idempotency_key)
                if not await call.claim(arguments, now):
                    result, left_out = await call.result()
                    context.left_out(left_out)
                    return await answer(context, result)
            result = await context.run_admitted(command, arguments)
            await context.settle_changes()
            if call is not None:
                await call.keep(result, context.problems)
            context.audited_arguments = arguments if command.audited_arguments else None
            answered = await answer(context, result)
            shown = trail.written or command.value is not None  # answers that show rows write the audit's entry
            if not trail.written:
                await trail.write(transaction, caller, now, context.audited_arguments)
            if rehearse:
                await transaction.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _Rehearsed(answered, shown=shown)
            return answered


class _Rehearsed(Exception):  # noqa: N818 - not an error: it rolls back the transaction of a rehearsal
    """Rolls back the transaction of a rehearsal and carries its answer.

    Args:
        answer: The answer.
        shown: Whether it shows rows or a value, and not only errors.
    """

    def __init__(self, answer: Any, *, shown: bool) -> None:
        super().__init__()
        self.answer = answer
        self.shown = shown
