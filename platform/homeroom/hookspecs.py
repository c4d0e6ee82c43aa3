"""Every hook of the host, in one place. A plugin implements those it needs, and takes just the arguments it needs.

Each hook says how results combine:

* **collect**: the lists of all implementations, one after another, in start order (requires first);
* **first**: the first answer that is not none;
* **each**: every implementation is awaited; results do not matter.

Implementations are called by the host's own caller (:mod:`homeroom.hooks`): it awaits the asynchronous ones,
times each, and says which plugin failed. Hooks marked *per space* are called only for the plugins that the
space has switched on; a plugin never asks "am I on?".

A hook with a *part* needs no implementation in ``plugin.py``: the host takes what lies at that place of the plugin's
package, such as ``commands.COMMANDS`` (see :mod:`homeroom.parts`). An implementation in the plugin's class wins. Other
hooks are functions in modules of the folder ``on``, or methods of the class (see :mod:`homeroom.hook_modules`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.markers import API_VERSION, hookimpl, hookspec
from homeroom.parts import part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    import click
    from litestar.types import ControllerRouterHandler, Middleware

    from homeroom.acceptance import Point
    from homeroom.background import Background
    from homeroom.claims import Claim
    from homeroom.code_tables.declare import CodeTable
    from homeroom.commands import Command, Event
    from homeroom.computed_queries import ComputedQuery
    from homeroom.context import Context
    from homeroom.database.migrations import Schema
    from homeroom.directory import Directory
    from homeroom.documents import Document
    from homeroom.eligibility import Bar
    from homeroom.findings import Finder
    from homeroom.health import HealthCheck
    from homeroom.hooks import Hooks
    from homeroom.host import Host
    from homeroom.jobs import Job
    from homeroom.notices import NoticeKind
    from homeroom.pages import Figure, Look, Page, Widget
    from homeroom.permissions import Access, Rule
    from homeroom.personal_data import PersonalData
    from homeroom.presets import Preset
    from homeroom.privacy.gates import ConsentGate
    from homeroom.privacy.purposes import Purpose
    from homeroom.recipients import Recipients
    from homeroom.resources import Extension, Resource
    from homeroom.subscriptions import Subscription
    from homeroom.variants import Variant

__all__ = ["API_VERSION", "hookimpl", "hookspec"]


# What a plugin is made of -------------------------------------------------------------------------------


@hookspec
@part("resources.RESOURCES", of="homeroom.resources:Resource")
def resources() -> Sequence[Resource]:  # type: ignore[empty-body]
    """What can be read. Sync, collect, per space.

    Each resource gives a GraphQL type; two plugins that give one name are refused when the host starts, and a plugin
    that gives one of the host's own names is quarantined.
    """


@hookspec
@part("resources.EXTENSIONS", of="homeroom.resources:Extension")
def extensions() -> Sequence[Extension]:  # type: ignore[empty-body]
    """Fields for resources of required plugins. Sync, collect, per space."""


@hookspec
@part("commands.COMMANDS", of="homeroom.commands:Command")
def commands() -> Sequence[Command]:  # type: ignore[empty-body]
    """What can be done. Sync, collect, per space. Each is a mutation, a CLI verb and a callable."""


@hookspec
@part("queries.QUERIES")
def queries() -> Sequence[ComputedQuery]:  # type: ignore[empty-body]
    """Answers that are computed and no rows: see :mod:`homeroom.computed_queries`. Sync, collect, per space.

    Each is a field of GraphQL's ``Query`` type and a callable. A rule with the action ``run`` gives it to a role.
    """


@hookspec
@part("subscriptions.SUBSCRIPTIONS")
def subscriptions() -> Sequence[Subscription]:  # type: ignore[empty-body]
    """What one can listen to: rows that events touch. Sync, collect, per space."""


@hookspec
@part("jobs.JOBS")
def jobs() -> Sequence[Job]:  # type: ignore[empty-body]
    """What runs in the background. Sync, collect, per space."""


@hookspec
@part("personal_data.PERSONAL_DATA")
def personal_data() -> Sequence[PersonalData]:  # type: ignore[empty-body]
    """Whose data each table of the plugin has, and what erasing a person does to its rows. Sync, collect.

    See :mod:`homeroom.personal_data`. Asked of every plugin, those that a space has switched off included: their rows
    are kept, and so are people's rights to them.
    """


@hookspec
@part("permissions.RULES")
def rules() -> Sequence[Rule]:  # type: ignore[empty-body]
    """The permissions that this plugin's parts give to roles by default. Sync, collect, per space."""


@hookspec
@part("permissions.RIGHTS")
def rights() -> Mapping[str, str]:  # type: ignore[empty-body]
    """Rights to what is no resource and no command: name to what it opens. Sync, collect (as items), per space.

    The name is dotted as a command's is: ``graphql.introspect``.
    A rule with the action ``run`` gives one to a role; the code that asks finds its name among
    :attr:`homeroom.permissions.Access.commands`.
    """


@hookspec
@part("permissions.ROLE_TITLES")
def role_titles() -> Mapping[str, str]:  # type: ignore[empty-body]
    """The roles that this plugin speaks of: name to English title. Sync, collect (as items), per space."""


@hookspec
@part("labels.LABELS")
def labels() -> Mapping[str, str]:  # type: ignore[empty-body]
    """English labels in place of those that follow from names. Sync, collect (as items), per space.

    See :mod:`homeroom.labels`. The catalogues of the plugin have them in the other languages.
    """


@hookspec
@part("presets.PRESETS")
def presets() -> Sequence[Preset]:  # type: ignore[empty-body]
    """What makes a new school of a region usable at once. Sync, collect."""


@hookspec
@part("documents.DOCUMENTS")
def documents() -> Sequence[Document]:  # type: ignore[empty-body]
    """Papers that can be printed. Sync, collect, per space.

    Everybody who may see what a paper's query asks for may print it: ``GET /documents/<name>``.
    """


@hookspec
@part("pages.PAGES")
def pages() -> Sequence[Page]:  # type: ignore[empty-body]
    """Pages of a plugin's own in the browser; see :mod:`homeroom.pages`. Sync, collect, per space.

    Everybody who may see what a page's query asks for may open it: ``GET /pages/<path>``.
    """


@hookspec
@part("pages.WIDGETS")
def widgets() -> Sequence[Widget]:  # type: ignore[empty-body]
    """Parts of the first page and of the details of nouns; see :mod:`homeroom.pages`. Sync, collect, per space."""


@hookspec
@part("pages.FIGURES")
def figures() -> Sequence[Figure]:  # type: ignore[empty-body]
    """Numbers of a school that its district sees; see :mod:`homeroom.pages`. Sync, collect, per space."""


@hookspec
@part("pages.LOOKS")
def looks() -> Sequence[Look]:  # type: ignore[empty-body]
    """How generic pages show nouns; see :mod:`homeroom.pages`. Sync, collect, per space.

    Of several looks of one noun, that of the plugin that starts last counts.
    """


@hookspec
@part("notices.NOTICE_KINDS")
def notice_kinds() -> Sequence[NoticeKind]:  # type: ignore[empty-body]
    """Kinds of notice, with their texts. Sync, collect, per space.

    A kind that lacks a text in one of the languages is this plugin's failure, found when the host starts.
    """


@hookspec
@part("code_tables.CODE_TABLES")
def code_tables() -> Sequence[CodeTable]:  # type: ignore[empty-body]
    """Code tables with the codes that schools start with, and what a region adds to them. Sync, collect, per space.

    The codes reach every school that has the plugin, also one that has it already; see :mod:`homeroom.code_tables`.
    """


@hookspec
@part("consent_purposes.CONSENT_PURPOSES")
def consent_purposes() -> Sequence[Purpose]:  # type: ignore[empty-body]
    """Purposes for which schools ask consent; see :mod:`homeroom.privacy.purposes`. Sync, collect, per space.

    They reach every school that has the plugin, also one that has it already.
    """


@hookspec
@part("consent_gates.CONSENT_GATES")
def consent_gates() -> Sequence[ConsentGate]:  # type: ignore[empty-body]
    """Rows that are open while their person consents; see :mod:`homeroom.privacy.gates`. Sync, collect, per space.

    A gate that is listed among the ``NOUNS`` of a plugin needs no entry here.
    """


@hookspec
@part("recipients.RECIPIENTS")
def recipients() -> Sequence[Recipients]:  # type: ignore[empty-body]
    """Who belongs to the rows of a table, such as the family of a student. Sync, collect, per space.

    See :mod:`homeroom.recipients`. They are known by their names to all parts of the host that address people.
    """


@hookspec
@part("bars.BARS")
def bars() -> Sequence[Bar]:  # type: ignore[empty-body]
    """Who cannot be chosen for a task on a day, such as students who are suspended. Sync, collect, per space.

    See :mod:`homeroom.eligibility`. A bar that is listed among the ``NOUNS`` of a plugin needs no entry here.
    """


@hookspec
@part("finders.FINDERS")
def finders() -> Sequence[Finder]:  # type: ignore[empty-body]
    """What a plugin finds in its records for the rows of another one. Sync, collect, per space.

    See :mod:`homeroom.findings`.
    """


@hookspec
@part("acceptance.POINTS")
def acceptance_points() -> Sequence[Point]:  # type: ignore[empty-body]
    """Further points that ``homeroom plugin check`` holds every plugin to. Sync, collect."""


@hookspec
@part("cli.COMMANDS")
def cli() -> Sequence[click.Command]:  # type: ignore[empty-body]
    """Commands of the command line. Sync, collect."""


@hookspec
@part("routes.routes")
def routes(host: Host) -> Sequence[ControllerRouterHandler]:  # type: ignore[empty-body]
    """HTTP routes beside GraphQL: login, health, files. Sync, collect.

    Pages of other origins cannot call them with a session. A route that answers from the selected school's data alone
    may let those in that the school lists: ``@get("/...", opt=homeroom.origins.FOR_LISTED_ORIGINS)``.

    Args:
        host: The running host.
    """


@hookspec
def middleware(host: Host) -> Sequence[Middleware]:  # type: ignore[empty-body]
    """ASGI middleware around every route, the first outermost. Sync, collect. Keep it to a few microseconds.

    Args:
        host: The running host.
    """


@hookspec
def health_checks(host: Host) -> Sequence[HealthCheck]:  # type: ignore[empty-body]
    """What must hold for a process to take requests, for ``/health/ready``. Sync, collect; asked once.

    Args:
        host: The running host.
    """


# While the host runs ------------------------------------------------------------------------------------


@hookspec
def directory(host: Host) -> Directory | None:
    """Where spaces, accounts and memberships are known. Sync, first; asked once.

    Args:
        host: The host, its database not yet open.
    """


@hookspec
def derived_names(variant: Variant) -> Sequence[Claim]:  # type: ignore[empty-body]
    """Names that follow from what plugins declare, such as those of GraphQL types. Sync, collect.

    Asked once, when the host starts: a name that is given twice is reported as early as one that somebody wrote.

    Args:
        variant: All that the plugins declare together; its ``given_by`` says which plugin declares what.
    """


@hookspec
async def startup(host: Host) -> None:
    """The host opens its database. Async, each; who fails is quarantined, and a part of the host stops the start.

    Who has not ended after thirty seconds has failed. Begin here what runs on as a task, and end it in `shutdown`.

    Args:
        host: The host, its database open.
    """


@hookspec
async def shutdown(host: Host) -> None:
    """The host is about to close its database. Async, each, in the reverse order of start; a failure is logged.

    Args:
        host: The host, its database still open.
    """


@hookspec
@part("background.background")
def background(host: Host) -> Sequence[Background]:  # type: ignore[empty-body]
    """What is done round the clock for all spaces, such as sealing the audit. Sync, collect.

    Asked once in each worker process. What concerns one space and may wait for its turn is a job instead.

    Args:
        host: The host of a worker process, open.
    """


@hookspec
def compile_access(variant: Variant, roles: frozenset[str], rules: Sequence[Rule]) -> Access | None:
    """Compile what a combination of roles may do. Sync, first.

    Args:
        variant: What the space consists of.
        roles: The roles in force.
        rules: The rules of the space's plugins and the space's own, in that order.

    Returns:
        The compiled access; its key is equal for equal content.
    """


@hookspec
async def plugins_switched_on(context: Context) -> None:
    """A space was just created, or has switched plugins on, for the first time or again. Async, each, per space.

    Runs in the transaction that does it, before :func:`space_created`; a failure refuses the whole. It is for parts of
    the host that keep rows of what other plugins declare. Make only what is missing.

    Args:
        context: The context of the space; its caller may do everything.
    """


@hookspec
async def declarations_changed(schema: Schema, hooks: Hooks) -> None:
    """``homeroom migrate`` has run all migrations, after which plugins may declare more than before. Async, each.

    Runs in one transaction over all spaces; a failure ends the command. It is for parts of the host that keep rows of
    what other plugins declare. Make only what is missing, by a few statements for all spaces.

    Args:
        schema: As the owner; it sees the rows of all spaces.
        hooks: Calls the hooks of the installed plugins, such as those that collect declarations.
    """


@hookspec
async def space_created(context: Context, options: Mapping[str, Any]) -> None:
    """A space was just created, or has switched this plugin on for the first time. Async, each, per space.

    Runs in the transaction that does it; a failure refuses the whole.

    Args:
        context: The context of the new space; its caller may do everything that set-up needs.
        options: The preset's values for this plugin's name, such as the grade levels of the region.
    """


@hookspec
async def event(context: Context, event: Event) -> None:
    """A command did something that others may want to know. Async, each, per space.

    Runs in the command's transaction. A :class:`~homeroom.errors.Refusal` refuses the command. Any other failure, or
    ten seconds without an end, undoes what this implementation did and nothing else, and is logged. A plugin names the
    events that it wants in :attr:`homeroom.plugins.Plugin.events`; no others cost it a call.

    Args:
        context: The context of the command.
        event: What happened.
    """


@hookspec
async def rows_changed(context: Context, rows: Mapping[str, Collection[UUID]]) -> None:
    """A command or a job has changed rows. Async, each, per space.

    Runs in its transaction, after all that it does and before its answer; a failure refuses the whole. It is called
    for everything that is written: ask the database only about tables that concern the plugin.

    Args:
        context: The command's or the job's.
        rows: Table to the rows that were made, changed or removed.
    """


@hookspec
async def rows_merged(context: Context, table: str, keep: UUID, duplicate: UUID) -> None:
    """One of two records of the same thing was merged into the other. Async, each, per space.

    Runs in the command's transaction; a failure refuses it. It is for what plugins keep of records without a
    reference, such as the ids of persons in an array.

    Args:
        context: The command's.
        table: What they were.
        keep: The record that is there.
        duplicate: The record that is gone.
    """


@hookspec
async def rows_writing(context: Context, table: str, rows: Sequence[UUID], new: Sequence[Mapping[str, Any]]) -> None:
    """A command is about to make or change rows or their files, or has just removed rows. Async, each, per space.

    Whatever is written by ``context.rows(table)`` calls it, and so do files, own fields of a school, steps from state
    to state (with the state alone) and undoing an import; merging records does not. It runs in the command's
    transaction. A :class:`~homeroom.errors.Refusal` refuses the command, and removed rows are there again; where it
    names no field, the host names that of the rows. It is called often: an implementation soon returns for tables that
    are not its own.

    Args:
        context: The command's.
        table: The table.
        rows: Those that are there already and stay.
        new: What is about to be written, by column, or what the removed rows had.
    """


@hookspec
async def import_undoing(context: Context, made: Mapping[str, Sequence[UUID]]) -> None:
    """An import is undone: remove what the plugin keeps of the rows that it created. Async, each, per space.

    Runs in the command's transaction, before the host looks what refers to these rows: what somebody has entered must
    stay, so that the import is not undone.

    Args:
        context: The context of the command.
        made: Table to the rows that the import created and that are about to be removed.
    """


@hookspec
async def job_given_up(context: Context, job: UUID, name: str, account: UUID | None, error: str) -> None:
    """A job has ended for good without success: it failed, or the account that asked may not run it. Async, each, per
    space.

    Runs in the transaction that notes the end, as the installation. Whatever goes wrong here, or takes longer than ten
    seconds, undoes what this implementation did and nothing else, and is logged: the job has ended all the same.

    Args:
        context: As the installation, in the job's space.
        job: The job's id.
        name: What ran: the name that its plugin gave it.
        account: Who asked for it; none if that was the installation or the calendar.
        error: Why it did not succeed, as that person may read it.
    """
