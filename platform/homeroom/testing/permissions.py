"""A table of permissions, and the trials that follow from each of its lines.

::

    @permission_table(
        Attempt("rename", RENAME, renaming, allowed=("registrar",), denied=("teacher", "student")),
    )
    async def test_who_may_do_what(trial: Trial, stage: Stage) -> None:
        await trial.play(stage)

Each line is tried

* **allowed**: as everybody who may; there is no error, and a mutation changes something, but nothing when it is
  rehearsed;
* **denied**: as everybody who may not;
* **other school**: about rows of the other school: the answer is the one about rows that never were;
* **absent**: about rows that never were: nothing is found.

What concerns the plugin as a whole is tried once for all lines of a table, one after the other:

* **no member**: as somebody who is no member;
* **not signed in**: as nobody in particular;
* **plugin off**: where the plugin is off: there is no such field.

Whatever is refused must leave every row of both schools as it was.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args

import pytest
from graphql import FieldNode, OperationDefinitionNode, OperationType, VariableNode, parse

from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from homeroom.testing.client import Client
    from homeroom.testing.stage import Side, Stage

__all__ = ["Attempt", "Trial", "WholeTrial", "permission_table"]

_GLOBAL_ID = re.compile(r"([A-Z]\w*)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
#: How a refusal of a right looks. Anything else, such as INVALID, would say that the person got past it.
_REFUSALS: Final = frozenset({"FORBIDDEN", "NOT_FOUND", "UNAUTHENTICATED", "NOTHING"})
_VOID: Final = frozenset({"NOT_FOUND", "NOTHING"})
_UNKNOWN: Final = "GRAPHQL_VALIDATION_FAILED"
Kind = Literal["allowed", "denied", "other school", "absent"]
WholeKind = Literal["no member", "not signed in", "plugin off"]
Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of a table: something that one can ask, and who may.

    Args:
        name: What is attempted, for the names of the tests.
        document: GraphQL with one operation.
        variables: Its variables, or an async function that makes them in a school, fresh for each trial. The trials
            about other rows replace the global ids among them.
        allowed: Who may: names of :attr:`homeroom.testing.Side.people`, or roles.
        denied: Who may not; for a query it is enough that it shows nothing. Nobody, where every role may.
    """

    name: str
    document: str
    variables: Mapping[str, Any] | Callable[[Side], Awaitable[Mapping[str, Any]]]
    allowed: tuple[str, ...]
    denied: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.allowed:
            raise ConfigurationError(f"{self.name}: a line names somebody who may")
        if set(self.allowed) & set(self.denied):
            raise ConfigurationError(
                f"{self.name}: {sorted(set(self.allowed) & set(self.denied))} both may and may not"
            )

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""
        (operation,) = (each for each in parse(self.document).definitions if isinstance(each, OperationDefinitionNode))
        return operation.operation is OperationType.MUTATION

    async def in_school(self, side: Side) -> Mapping[str, Any]:
        """The variables for a trial in a school."""
        return self.variables if isinstance(self.variables, Mapping) else await self.variables(side)

    def trials(self) -> Iterator[Trial]:
        """Every trial of this line alone; see :class:`WholeTrial` for those of all lines of a table."""
        for who in self.allowed:
            yield Trial(self, "allowed", who)
        for who in self.denied:
            yield Trial(self, "denied", who)
        if "$" in self.document:
            for who in self.allowed:
                yield Trial(self, "absent", who)
                yield Trial(self, "other school", who)


@dataclass(frozen=True, slots=True)
class Trial:
    """One line of a table, tried in one way.

    Args:
        attempt: The line.
        kind: In which way.
        who: The name of the person or the role.
    """

    attempt: Attempt
    kind: Kind
    who: str

    def __str__(self) -> str:
        return f"{self.attempt.name}, {self.kind}, {self.who}"

    async def play(self, stage: Stage) -> None:
        """Try it.

        Args:
            stage: The schools.

        Raises:
            AssertionError: The answer, or what is left behind, is another than the table says.
        """
        variables = await self.attempt.in_school(stage.theirs if self.kind == "other school" else stage.ours)
        about_rows = _elsewhere(variables) != variables
        if self.kind == "absent":
            variables = _elsewhere(variables)
        client = await stage.ours.somebody(self.who)
        before = [await side.contents() for side in (stage.ours, stage.theirs)]
        if self.kind == "allowed" and self.who == self.attempt.allowed[0] and self.attempt.writes:
            rehearsed = await client.post(*_rehearsal(self.attempt.document, variables))
            assert set() == _codes(rehearsed.json()), f"{self}, rehearsed: {rehearsed.text}"
            assert before[0] == await stage.ours.contents(), f"{self}: a rehearsal changed something"
        answer = await client.post(self.attempt.document, dict(variables))
        after = [await side.contents() for side in (stage.ours, stage.theirs)]
        codes = _codes(answer.json())
        attempted = f"{self}: {answer.text}"
        if self.kind == "allowed" or (self.kind in ("absent", "other school") and not about_rows):
            assert set() == codes, attempted
            assert not self.attempt.writes or before != after, f"{self}: it is said to be done, and nothing changed"
            assert before[1] == after[1], f"{self}: the other school changed"
            return
        assert before == after, f"{self}: was refused and changed something; {answer.text}"
        if self.kind in ("absent", "other school"):
            assert codes, attempted
            assert codes <= _VOID, attempted
            if self.kind == "other school":
                never = await client.post(self.attempt.document, dict(_elsewhere(variables)))
                assert _without_ids(never.text) == _without_ids(answer.text), attempted
        else:
            assert codes, attempted
            assert codes <= _REFUSALS, attempted


@dataclass(frozen=True, slots=True)
class WholeTrial:
    """All lines of a table, tried by somebody to whom the whole plugin is shut.

    Args:
        attempts: The lines.
        kind: In which way.
    """

    attempts: tuple[Attempt, ...]
    kind: WholeKind

    def __str__(self) -> str:
        return f"every line, {self.kind}"

    async def play(self, stage: Stage) -> None:
        """Try it.

        Args:
            stage: The schools.

        Raises:
            AssertionError: A line is answered otherwise than by a refusal, or something changed.
        """
        asked = [dict(await attempt.in_school(stage.ours)) for attempt in self.attempts]
        clients = await self._clients(stage)
        before = [await side.contents() for side in (stage.ours, stage.theirs)]
        for attempt, client, variables in zip(self.attempts, clients, asked, strict=True):
            answer = await client.post(attempt.document, variables)
            codes, attempted = _codes(answer.json()), f"{attempt.name}, {self.kind}: {answer.text}"
            if self.kind == "plugin off":
                assert {_UNKNOWN if _roles_without(stage, attempt.allowed[0]) else "FORBIDDEN"} == codes, attempted
            else:
                assert codes, attempted
                assert codes <= _REFUSALS, attempted
        after = [await side.contents() for side in (stage.ours, stage.theirs)]
        assert before == after, f"{self}: was refused and changed something"

    async def _clients(self, stage: Stage) -> list[Client]:
        """Who tries each line."""
        accounts = stage.ours.accounts
        if self.kind == "plugin off":
            return [await self._without(stage, attempt.allowed[0]) for attempt in self.attempts]
        if self.kind == "no member":
            somebody = await accounts.newcomer(stage.ours.space)
        else:
            somebody = accounts.visitor(stage.ours.space)
        return [somebody] * len(self.attempts)

    async def _without(self, stage: Stage, who: str) -> Client:
        accounts, without, roles = stage.ours.accounts, stage.without.space, _roles_without(stage, who)
        return await (accounts.as_role(without, *roles) if roles else accounts.newcomer(without))


def _roles_without(stage: Stage, who: str) -> list[str]:
    """The roles of a person that there are without the plugin: one that brings roles takes them with it."""
    known = stage.without.host.variant(stage.without.space.plugins).roles
    return [role for role in stage.ours.person(who).roles if role in known]


def permission_table(*attempts: Attempt) -> Callable[[Test], Test]:
    """Run a test once for each trial of a table; it gets the :class:`Trial` or :class:`WholeTrial` as ``trial``.

    Args:
        attempts: The lines. Each has a name of its own.
    """
    names = [each.name for each in attempts]
    if len(set(names)) != len(names):
        raise ConfigurationError(f"two lines of a table have one name: {names}")
    trials: list[Trial | WholeTrial] = [trial for each in attempts for trial in each.trials()]
    trials += [WholeTrial(attempts, kind) for kind in get_args(WholeKind)] if attempts else []
    mark: Any = pytest.mark.parametrize("trial", trials, ids=[str(each) for each in trials])
    return mark  # type: ignore[no-any-return]


def _elsewhere(value: Any, made: dict[str, str] | None = None) -> Any:
    """The same variables about rows that never were: each global id becomes a fresh one of its type."""
    made = {} if made is None else made
    if isinstance(value, Mapping):
        return {name: _elsewhere(each, made) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_elsewhere(each, made) for each in value]
    found = _GLOBAL_ID.fullmatch(value) if isinstance(value, str) else None
    return made.setdefault(value, f"{found[1]}_{new_id()}") if found is not None else value


def _rehearsal(document: str, variables: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A mutation and its variables with ``rehearse: true`` in the input of each root field."""
    made = dict(variables)
    (operation,) = (each for each in parse(document).definitions if isinstance(each, OperationDefinitionNode))
    fields = [each for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    for value in reversed([argument.value for field in fields for argument in field.arguments or ()]):
        if isinstance(value, VariableNode):
            made[value.name.value] = {**made[value.name.value], "rehearse": True}
        elif value.loc is not None:
            inside = value.loc.start + len("{")
            document = f"{document[:inside]}rehearse: true {document[inside:]}"
    return document, made


def _without_ids(text: str) -> str:
    return _GLOBAL_ID.sub(r"\1_", text)


def _codes(body: Mapping[str, Any]) -> set[str]:
    """The codes of all errors, and NOTHING where a query shows no row."""
    codes = {error.get("extensions", {}).get("code", "?") for error in body.get("errors") or ()}
    for value in (body.get("data") or {}).values():
        if value is None or value.get("totalCount") == 0 or value.get("nodes") == []:
            codes.add("NOTHING")
        else:
            codes |= {error["code"] for error in value.get("errors") or ()}
    return codes
