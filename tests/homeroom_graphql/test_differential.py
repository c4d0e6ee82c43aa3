"""The compiled answer equals the one that a second interpreter gives, which was written apart."""

from __future__ import annotations

import collections
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

import pytest_asyncio
from garden.planting import Garden
from graphql import GraphQLSchema, parse
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from reference.callers import make_caller
from reference.documents import Request, make_request
from reference.interpreter import Interpreter
from reference.meaning import World
from reference.store import fetch_world

from homeroom.callers import Caller
from homeroom.host import Host
from homeroom_graphql.executor import Executor
from homeroom_graphql.operations import RequestError

#: How many requests are made from plain random numbers.
MANY = 120


async def _compare(executor: Executor, caller: Caller, reference: Interpreter, request: Request) -> Any:
    about = f"{request.query}\n{json.dumps(request.variables, ensure_ascii=False)}\n{caller.access}"
    try:
        answer = await executor.execute(caller, request.query, request.variables, request.operation)
    except RequestError as error:
        if "GRAPHQL_VALIDATION_FAILED" == error.errors[0]["extensions"]["code"]:
            return None  # two selections of one response key that do not fit together: rare, and not what is compared
        raise AssertionError(f"refused: {error.errors}\n{about}") from error
    expected = reference.answer(parse(request.query), request.variables, request.operation)
    got = json.loads(answer)
    assert _ordered(expected.data) == _ordered(got["data"]), about
    _compare_errors(expected.errors, got.get("errors", []), about)
    return got


def _compare_errors(
    expected: list[tuple[tuple[str, ...], frozenset[str]]], got: list[dict[str, Any]], about: str
) -> None:
    """One error for each denied place; where several reasons hold, any of them may be reported."""
    assert {"FORBIDDEN"} >= {each["extensions"]["code"] for each in got}
    left = sorted(((tuple(each["path"]), each["extensions"]["field"]) for each in got), key=repr)
    for path, names in sorted(expected, key=lambda each: (each[0], len(each[1]), sorted(each[1]))):
        fitting = next(((p, name) for p, name in left if p == path and name in names), None)
        assert fitting is not None, f"no error at {path} about {names}, of {left}\n{about}"
        left.remove(fitting)
    assert [] == left, about


def _ordered(value: Any) -> Any:
    """Dictionaries as lists of pairs: the order of keys counts."""
    if isinstance(value, dict):
        return [(key, _ordered(each)) for key, each in value.items()]
    return [_ordered(each) for each in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Bench:
    """What both interpreters work on."""

    executor: Executor
    schema: GraphQLSchema
    gardens: tuple[Garden, Garden]
    worlds: tuple[World, World]

    async def compare_one(self, integer: Callable[[int, int], int], *, aggregates: bool = False) -> str:
        """Make a request, or one for aggregates alone, and compare; gives what became of it."""
        which = integer(0, 1)
        garden = self.gardens[which]
        caller = make_caller(integer, garden.space, garden.ids["Gardener"])
        reference = Interpreter(self.schema, replace(self.worlds[which], persons=caller.persons), caller)
        request = make_request(integer, self.schema, reference, self._ids(which), aggregates=aggregates)
        got = await _compare(self.executor, caller, reference, request)
        return "clash" if got is None else "errors" if "errors" in got else "data"

    def _ids(self, which: int) -> dict[str, list[str]]:
        """Ids of both gardens, and what only looks like one."""
        made: dict[str, list[str]] = {}
        for name, own in self.gardens[which].ids.items():
            real = [f"{name}_{each}" for each in own[:6]]
            foreign = [f"{name}_{self.gardens[1 - which].ids[name][0]}", f"{name}_{UUID(int=5)}"]
            odd = [f"{name}_", "", name, f"{name}_{'x' * 36}", f"Nobody_{UUID(int=5)}", real[0].upper()]
            made[name] = [*real, *foreign, *odd, "é_" + "1" * 36]
        return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def bench(house: Host, executor: Executor, schema: GraphQLSchema, garden: Garden, other_garden: Garden) -> Bench:
    """Both gardens and their rows."""
    worlds = [await fetch_world(house, each.space, ()) for each in (garden, other_garden)]
    return Bench(executor, schema, (garden, other_garden), (worlds[0], worlds[1]))


# Without shrinking, which takes minutes here: the request that failed is shown whole.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data(), aggregates=st.booleans())
async def test_compiled_equals_interpreted(bench: Bench, data: st.DataObject, aggregates: bool) -> None:
    """Hypothesis draws each choice."""

    def integer(low: int, high: int) -> int:
        return data.draw(st.integers(low, high))

    event(await bench.compare_one(integer, aggregates=aggregates))


async def test_compiled_equals_interpreted_many_times(bench: Bench) -> None:
    """The same from plain random numbers, which cost a hundredth of Hypothesis's draws."""
    became = collections.Counter[str]()
    for seed in range(MANY):
        try:
            became[await bench.compare_one(Random(seed).randint, aggregates=seed % 2 == 1)] += 1
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
    assert became["clash"] < MANY / 50
    assert min(became["data"], became["errors"]) > MANY / 5
