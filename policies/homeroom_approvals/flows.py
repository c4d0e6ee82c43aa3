"""Declaring flows: what is asked for, who decides it in which steps, and what follows.

A flow is about the rows of one table. There are two kinds:

* a row has a **state** (``state=`` and ``states=``): a command makes the row and opens a request about it, and each
  outcome sets the state, such as ``nominated`` to ``published``;
* a command is **proposed** (``proposes=``): its arguments are kept with the request, and the command runs in the
  transaction of the last decision, such as the correction of a mark. ``propose`` is a command by itself.

``settled=`` does what else follows from an outcome.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from homeroom.commands import Command, command_of
from homeroom.database.tables import reference_of
from homeroom.errors import ConfigurationError
from homeroom.languages import LANGUAGES
from homeroom.nouns import way_of
from homeroom.permissions import Rule
from homeroom.resources import extend, many
from homeroom_approvals.tables import ApprovalRequest, RequestState

if TYPE_CHECKING:
    from piccolo.columns import Column

    from homeroom.code_tables.declare import Titles
    from homeroom.context import Context
    from homeroom.database.tables import SchoolTable
    from homeroom.files.attachments import Owner
    from homeroom.recipients import Recipients

__all__ = ["ApprovalOutcome", "Flow", "Settled", "Step", "StepCheck", "asked_by_reader", "flow", "step"]

#: Days within which a school sets a deadline.
_MOST_DAYS: Final = 250
_DAYS: Final = 5


class ApprovalOutcome(StrEnum):
    """What somebody decides."""

    APPROVE = "approve"
    REFUSE = "refuse"
    #: Return for correction: the person who asked submits it again, or withdraws it.
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Settled:
    """A request that has come to its end.

    Args:
        request: The request's id.
        row: The row that it was about.
        state: What it has come to.
        note: What was said with the last decision.
    """

    request: UUID
    row: UUID
    state: RequestState
    note: str


#: Refuses to approve rows at a step: gets the context and their ids, and raises Refusal.
StepCheck = Callable[["Context", Sequence[UUID]], Awaitable[None]]
#: Does what follows from an outcome, in the transaction of the last decision.
Follow = Callable[["Context", Settled], Awaitable[None]]


@dataclass(frozen=True)
class Step:
    """One step of a flow. Made by :func:`step`.

    Args:
        name: Snake case, unique in the flow.
        titles: What people call it, in the four languages.
        by: Who decides.
        days: School days in which it is to be decided.
        escalates_to: Who is asked as well once it is late, or while all who decide are absent.
        when: The condition over ``{row}`` under which a request needs it; empty: always.
        from_amount: The least amount of the flow for which a request needs it; None: any.
        check: Refuses to approve.
        optional: Whether a school may leave it out.
        another: Whether nobody may decide it who has asked or has decided an earlier step.
        fixed: Whether a school cannot choose other roles for it.
        sets: What the state column of the row holds once it is approved; empty: as before.
        reply: Whether an approval needs a note, too: a written reply.
    """

    name: str
    titles: Titles
    by: Recipients
    days: int = _DAYS
    escalates_to: Recipients | None = None
    when: str = ""
    from_amount: Decimal | None = None
    check: StepCheck | None = None
    optional: bool = False
    another: bool = True
    fixed: bool = False
    sets: str = ""
    reply: bool = False


def step(
    name: str,
    titles: Titles,
    by: Recipients,
    *,
    days: int = _DAYS,
    escalates_to: Recipients | None = None,
    when: str = "",
    from_amount: Decimal | int | None = None,
    check: StepCheck | None = None,
    optional: bool = False,
    another: bool = True,
    fixed: bool = False,
    sets: str = "",
    reply: bool = False,
) -> Step:
    """Declare a step of a flow; see :class:`Step` for the arguments.

    Raises:
        ConfigurationError: A title is missing in one of the languages, or the days make no sense.
    """
    if missing := [each for each in LANGUAGES if each not in titles]:
        raise ConfigurationError(f"step {name}: no title in {', '.join(missing)}")
    if not 1 <= days <= _MOST_DAYS:
        raise ConfigurationError(f"step {name}: the days must be between 1 and {_MOST_DAYS}")
    amount = None if from_amount is None else Decimal(from_amount)
    return Step(name, titles, by, days, escalates_to, when, amount, check, optional, another, fixed, sets, reply)


@dataclass(frozen=True)
class Flow:
    """A flow. Made by :func:`flow`.

    Args:
        table: The table of the rows that it is about.
        name: Plugin and flow: ``talent.nomination``.
        titles: What people call it, in the four languages.
        steps: The steps in their order; those of an inner tuple are decided side by side.
        state: The column of the rows that shows the outcome.
        states: What the column holds while a request is in each state.
        proposed: The command that is proposed.
        propose: The command that proposes it.
        seen: Columns of other tables that lead to the row: what they hold belongs to the facts.
        amount: The column of the rows with an amount, for steps that begin at one.
        settled: Does what else follows from an outcome.
        expires_days: School days after which an undecided request expires; None: never.
        relation: What the row calls its requests.
        called: SQL over ``{row}`` for what people call the row; empty: its code and name.
        of: The noun whose verbs that create rows open requests.
        forgets_after: Days after which a row is removed whose request was refused, withdrawn or expired; None: never.
        rules: Who may propose.
        closes: Whether commands leave alone what was approved, with what ``seen`` names.
    """

    table: type[SchoolTable]
    name: str
    titles: Titles
    steps: tuple[tuple[Step, ...], ...]
    state: Column | None
    states: Mapping[RequestState, str]
    proposed: Command | None
    propose: Command | None
    seen: tuple[Any, ...]
    amount: Column | None
    settled: Follow | None
    expires_days: int | None
    relation: str
    called: str
    of: Owner | None
    forgets_after: int | None
    rules: tuple[Rule, ...]
    closes: bool = True

    @property
    def parts(self) -> Mapping[str, tuple[Any, ...]]:
        """The part of a plugin to what this adds to it; see :mod:`homeroom.parts`."""
        history = many(
            self.relation,
            ApprovalRequest.subject_id,
            where=f"{{row}}.flow = '{self.name}'",
            order=("asked_at",),
            description=f"Requests about this row: {_lower(self.titles['en'])}.",
        )
        own: dict[str, tuple[Any, ...]] = {
            "approvals.FLOWS": (self,),
            "resources.EXTENSIONS": (extend(self.table, history),),
            "commands.COMMANDS": (self.propose,) if self.propose is not None else (),
            "permissions.RULES": self.rules,
        }
        if self.of is None:
            return own
        given = dict(self.of.parts)
        given["commands.COMMANDS"] = tuple(
            self.opened_by(each) if way_of(each) == "create" else each for each in given["commands.COMMANDS"]
        )
        return {name: (*given.get(name, ()), *own.get(name, ())) for name in {**given, **own}}

    @property
    def removing(self) -> Command | None:
        """The verb that removes a row, of the noun whose verbs open requests."""
        commands = () if self.of is None else self.of.parts["commands.COMMANDS"]
        return next((each for each in commands if way_of(each) == "remove" and each.removes), None)

    @property
    def all_steps(self) -> Mapping[str, Step]:
        """Name to step."""
        return {each.name: each for group in self.steps for each in group}

    def title(self, language: str) -> str:
        """What people call it in a language of the house."""
        return self.titles.get(language, self.titles["en"])

    async def open(self, context: Context, rows: Sequence[UUID]) -> list[UUID]:
        """Open a request about each row, by the caller of the context; gives the requests' ids.

        Args:
            context: A command's or a job's.
            rows: Rows of the table, each once.
        """
        from homeroom_approvals.opening import open_requests

        return await open_requests(context, self, rows)

    def opened_by(self, command: Command) -> Command:
        """The same command, which opens a request about each row that it returns.

        Args:
            command: It returns rows of the table, such as one of a noun that creates them.
        """

        async def function(context: Context, **arguments: Any) -> Any:
            made = await command.function(context, **arguments)
            await self.open(context, made if isinstance(made, list) else [made])
            return made

        function.__dict__.update(command.function.__dict__)  # of which noun it is, and which verb
        function.__name__ = function.__qualname__ = command.function.__name__
        return command_of(
            command.name,
            function,
            command.parameters,
            command.description,
            returns=command.returns,
            many=command.many,
            audited_arguments=command.audited_arguments,
            confirmed=command.confirmed,
        )


def flow(
    table: type[SchoolTable],
    name: str,
    titles: Titles,
    *steps: Step | tuple[Step, ...],
    state: Column | None = None,
    states: Mapping[RequestState, str] | None = None,
    proposes: Command | None = None,
    asked_by: Sequence[str] | Mapping[str, str] = (),
    seen: Sequence[Any] = (),
    amount: Column | None = None,
    settled: Follow | None = None,
    expires_days: int | None = None,
    relation: str = "approvals",
    called: str = "",
    of: Owner | None = None,
    forgets_after: int | None = None,
    closes: bool = True,
) -> Flow:
    """Declare a flow.

    Args:
        table: The table of the rows that requests are about.
        name: Plugin and flow: ``talent.nomination``.
        titles: What people call it; see :func:`homeroom.code_tables.titles`.
        steps: The steps in their order; a tuple holds steps that are decided side by side.
        state: The column of the rows that shows the outcome.
        states: What that column holds while a request is in each state. A state that is not named leaves it as it is.
        proposes: The command that a request proposes. Its first parameter is the id of a row of the table.
        asked_by: The roles that may propose, by default, or a mapping from each role to its scope.
        seen: Columns of other tables that lead to the row, such as those of attachments: a decision is bound to what
            these rows hold, too.
        amount: The column of the rows with an amount, for steps with ``from_amount``.
        settled: ``async def settled(context, outcome)``: does what else follows from an outcome, in its transaction.
        expires_days: School days after which an undecided request expires.
        relation: What the row calls its requests, where there are several flows about a table.
        called: SQL over ``{row}`` for what people call the row, where it has no code or name of its own.
        of: What ``ordinary(...)`` or ``attachments(...)`` made of the table: its verbs that create rows open requests.
            List the flow in its place in ``NOUNS``.
        forgets_after: Days after which a row is removed whose request was refused, withdrawn or expired, with what
            belongs to it, by the verb ``remove`` of ``of``.
        closes: Whether commands, imports and their undoing, attachments and the school's own fields leave an approved
            row, but for its state, and what ``seen`` names as they are. A flow that proposes a command closes nothing.

    Raises:
        ConfigurationError: The declaration contradicts itself.
    """
    groups = tuple(each if isinstance(each, tuple) else (each,) for each in steps)
    _refuse_faults(table, name, titles, groups, state, states, proposes, seen, amount)
    roles = dict.fromkeys(asked_by, "school") if not isinstance(asked_by, Mapping) else asked_by
    rules = tuple(Rule(role, f"{name}.propose", "run", scope) for role, scope in roles.items())
    made = Flow(
        table, name, titles, groups, state, states or {}, proposes, None, tuple(seen), amount, settled, expires_days,
        relation, called, of, forgets_after, rules, closes,
    )  # fmt: skip
    if forgets_after is not None and made.removing is None:
        raise ConfigurationError(f"flow {name}: what forgets its rows needs of=, with a verb that removes them")
    if proposes is not None:
        object.__setattr__(made, "propose", _proposing(made, proposes))
    return made


def asked_by_reader(name: str) -> str:
    """The rows that the reader, or another account of the same person, has asked for: a predicate for scopes.

    Args:
        name: Of the flow: ``talent.nomination``.
    """
    # EXISTS lets PostgreSQL look at the requests of a few rows by their index, and at all requests at once for many.
    return (
        "EXISTS (SELECT FROM approval_request asked WHERE asked.subject_id = {row}.id"
        f" AND asked.flow = '{name}' AND (asked.asked_account = :account OR asked.asked_persons && :persons))"
    )


def _proposing(made: Flow, proposes: Command) -> Command:
    first, *_ = proposes.parameters

    async def propose(context: Context, *, note: str = "", **arguments: Any) -> list[UUID]:
        from homeroom_approvals.opening import propose as open_proposal

        return [await open_proposal(context, made, arguments.pop(first), arguments, note)]

    propose.__name__ = propose.__qualname__ = f"propose_{proposes.function.__name__}"
    text, _, arguments = proposes.description.partition("\n\nArgs:\n")
    does = text.partition("\n")[0].rstrip(".")
    about = (
        f"{does}, once it is approved: {_lower(made.titles['en'])}.\n\n"
        "It is tried at once, so that it is refused now if it is not possible.\n\n"
        f"Args:\n{arguments.rstrip()}\n    note: Why it is asked for."
    )
    parameters = {**proposes.parameters, "note": (str, "")}
    return command_of(f"{made.name}.propose", propose, parameters, about, returns="Approval", many=True)


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _refuse_faults(
    table: type[SchoolTable],
    name: str,
    titles: Titles,
    groups: Sequence[tuple[Step, ...]],
    state: Column | None,
    states: Mapping[RequestState, str] | None,
    proposes: Command | None,
    seen: Sequence[Any],
    amount: Column | None,
) -> None:
    what = f"flow {name}"
    if name.count(".") != 1:
        raise ConfigurationError(f"{what}: a flow is named by its plugin and itself, such as talent.nomination")
    if missing := [each for each in LANGUAGES if each not in titles]:
        raise ConfigurationError(f"{what}: no title in {', '.join(missing)}")
    names = [each.name for group in groups for each in group]
    if not names or len(set(names)) != len(names):
        raise ConfigurationError(f"{what}: it needs steps, each with a name of its own")
    if bool(state is not None) is not bool(states):
        raise ConfigurationError(f"{what}: state and states belong together")
    if state is not None and state._meta.table is not table:
        raise ConfigurationError(f"{what}: {state!r} is no column of {table.__name__}")
    if any(each.from_amount is not None for group in groups for each in group) and amount is None:
        raise ConfigurationError(f"{what}: a step begins at an amount, and the flow names no column with one")
    for each in seen:
        if reference_of(each) != table._meta.tablename:
            raise ConfigurationError(f"{what}: {each!r} does not lead to {table.__name__}")
    for group in groups:
        for each_step in group:
            if each_step.by.table not in ("", table._meta.tablename):
                raise ConfigurationError(f"{what}: {each_step.by.name} belong to rows of {each_step.by.table}")
    if proposes is not None and "note" in proposes.parameters:
        raise ConfigurationError(f"{what}: {proposes.name} has an argument note, which a request has itself")
