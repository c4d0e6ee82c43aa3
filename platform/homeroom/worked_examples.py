"""Worked examples of regulations, run through a plugin's rules without a database.

An examples file is one JSON object with a list ``examples``. Each has an ``id``, the ``circular`` (the regulation) and
the ``kind``, which together name its runner, an ``input`` and the ``expected`` answer. Numbers are read exactly.

A plugin whose rules follow a regulation registers a runner for each (regulation, kind), and offers a command of the
command line that calls :func:`read_examples` and :func:`run_examples`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from homeroom.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = [
    "Example",
    "ExampleFault",
    "ExampleRunner",
    "Mismatch",
    "Runners",
    "gather_runners",
    "read_examples",
    "run_examples",
]


class ExampleFault(ValueError):  # noqa: N818
    """A file or an example that cannot be run: malformed, or not in the terms of its regulation."""


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example.

    Args:
        id: how people refer to it.
        circular: the regulation, as the file cites it.
        kind: what is computed.
        input: what the rules are given; its shape depends on the kind.
        expected: the answer; its shape depends on the kind.
    """

    id: str
    circular: str
    kind: str
    input: Any
    expected: Any


ExampleRunner = Callable[[Example], Any]
"""Computes an answer in the shape of ``expected``; raises ``ExampleFault`` for an unreadable example."""
Runners = Mapping[tuple[str, str], ExampleRunner]
"""A runner for each (regulation as examples cite it, kind of example)."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An example that did not come out as expected.

    Args:
        example: which one.
        actual: what the rules answered; nothing where they could not be run.
        fault: why they could not be run.
    """

    example: Example
    actual: Any = None
    fault: str | None = None

    def __str__(self) -> str:
        name = f"{self.example.id} ({self.example.circular}, {self.example.kind})"
        if self.fault is not None:
            return f"{name}: {self.fault}"
        return f"{name}: expected {_shown(self.example.expected)}, got {_shown(self.actual)}"


def read_examples(path: Path) -> list[Example]:
    """The examples of a file.

    Raises:
        ExampleFault: no such file, no JSON, no list of examples, or an example without its parts; the message
            names the file and the place.
    """
    try:
        document = json.loads(
            path.read_bytes(),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique_keys,
        )
    except OSError as fault:
        raise ExampleFault(f"{path}: {fault.strerror or fault}") from fault
    except (ValueError, InvalidOperation, RecursionError) as fault:
        raise ExampleFault(f"{path}: not JSON: {fault}") from fault
    listed = document.get("examples") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ExampleFault(f"{path}: needs an object with a list named 'examples'")
    if not listed:
        raise ExampleFault(f"{path}: the list 'examples' is empty")
    examples: list[Example] = []
    seen: set[str] = set()
    for place, entry in enumerate(listed):
        example = _read_example(path, place, entry)
        if example.id in seen:
            raise ExampleFault(f"{path}: examples[{place}]: a second example has the id {example.id!r}")
        seen.add(example.id)
        examples.append(example)
    return examples


def _read_example(path: Path, place: int, entry: object) -> Example:
    where = f"{path}: examples[{place}]"
    if not isinstance(entry, dict):
        raise ExampleFault(f"{where}: is not an object")
    for part in ("id", "circular", "kind"):
        if not isinstance(entry.get(part), str) or not entry[part]:
            raise ExampleFault(f"{where}: needs a text {part!r}")
    for part in ("input", "expected"):
        if part not in entry:
            raise ExampleFault(f"{where} ({entry['id']}): has no {part!r}")
    return Example(entry["id"], entry["circular"], entry["kind"], entry["input"], entry["expected"])


def gather_runners(given: Mapping[str, Runners]) -> dict[tuple[str, str], ExampleRunner]:
    """The runners of all that give some.

    Args:
        given: Who gives them, and the runners by (regulation, kind).

    Raises:
        ConfigurationError: Two give a runner for one (regulation, kind).
    """
    runners: dict[tuple[str, str], ExampleRunner] = {}
    for name, own in given.items():
        for key, runner in own.items():
            if key in runners:
                raise ConfigurationError(f"{name}: examples {key} already have a runner")
            runners[key] = runner
    return runners


def run_examples(examples: Iterable[Example], runners: Runners) -> Iterator[Mismatch]:
    """Run examples and yield those that do not come out; an unknown kind is one of them."""
    for example in examples:
        runner = runners.get((example.circular, example.kind))
        if runner is None:
            yield Mismatch(example, fault=f"no installed scheme runs {example.kind!r} of {example.circular!r}")
            continue
        try:
            actual = runner(example)
        except (ExampleFault, ValueError, LookupError) as fault:
            yield Mismatch(example, fault=f"{type(fault).__name__}: {fault}")
            continue
        if not _same(example.expected, actual):
            yield Mismatch(example, actual)


def _same(expected: Any, actual: Any) -> bool:
    """Equality in which numbers are exact and true is not 1."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(_same(expected[key], actual[key]) for key in expected)
    if isinstance(expected, (list, tuple)) and isinstance(actual, (list, tuple)):
        return len(expected) == len(actual) and all(map(_same, expected, actual))
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return bool(expected == actual)


def _shown(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False, default=str)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is given twice in one object")
        found[key] = value
    return found
