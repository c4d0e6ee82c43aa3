"""What a measurement says, as values and as text. Ratios stand within one block, where both met the same machine."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from homeroom_bench.operations import HEAVY, OPERATIONS
from homeroom_bench.servers import Kind

__all__ = ["GOALS", "Figures", "Goal", "Outcome", "Ratio", "Report", "goals", "text"]


class Ratio(msgspec.Struct, frozen=True):
    """A ratio over all blocks."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Ratio:
        """The ratio of each block, put together."""
        return cls(statistics.median(values), min(values), max(values))


class Figures(msgspec.Struct, frozen=True):
    """One operation on one server; medians over the blocks, CPU in milliseconds a request.

    Args:
        requests_per_second: At the number of connections that was asked for.
        p50_ms: Latency that half of the requests did not exceed.
        p99_ms: Latency that 99 of 100 did not exceed.
        statements: Statements that a request sends to PostgreSQL, or none where they cannot be counted.
        server_cpu_ms: CPU of the server's processes.
        database_cpu_ms: CPU of PostgreSQL's, or none where it runs elsewhere.
        answer_bytes: Length of the answer.
        crowded_p99_ms: Latency of 99 of 100 with many connections, where that was measured.
    """

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    statements: int | None
    server_cpu_ms: float
    database_cpu_ms: float | None
    answer_bytes: int
    crowded_p99_ms: float | None = None


class Goal(msgspec.Struct, frozen=True):
    """What was aimed at.

    Args:
        operation: Of which operation.
        what: The ratio that it is about, a name of :class:`Outcome`.
        bound: The bound.
        at_least: Whether the ratio should be at least that; else at most.
    """

    operation: str
    what: str
    bound: float
    at_least: bool = False


#: CPU to the bare handler, the ordinary way's CPU to ours, and the latency of the slowest in a crowd.
GOALS: Final = (
    *(Goal(each, "cpu_to_bare", 1.3) for each in ("gradebook", "report", "page", "statistics")),
    Goal("save", "cpu_to_bare", 1.4),
    Goal("gradebook", "ordinary_cpu_to_ours", 15.0, at_least=True),
    *(Goal(each, "crowded_p99_to_bare", 1.5) for each in OPERATIONS if each not in HEAVY),
)


class Outcome(msgspec.Struct, frozen=True):
    """One operation.

    Args:
        figures: By server.
        cpu_to_bare: CPU of the product to that of the bare handler.
        ordinary_cpu_to_ours: CPU of the ordinary way to that of the product.
        crowded_p99_to_bare: The product's p99 to that of the bare handler, with many connections.
    """

    figures: Mapping[Kind, Figures]
    cpu_to_bare: Ratio
    ordinary_cpu_to_ours: Ratio
    crowded_p99_to_bare: Ratio


class Report(msgspec.Struct, frozen=True):
    """A whole measurement.

    Args:
        conditions: On what it was made.
        operations: By operation.
    """

    conditions: Mapping[str, str | int | float]
    operations: Mapping[str, Outcome]


class Verdict(msgspec.Struct, frozen=True):
    """A goal and whether it was reached."""

    goal: Goal
    reached: float
    met: bool


def goals(report: Report) -> list[Verdict]:
    """Every goal of an operation that was measured, by its median."""
    made = []
    for goal in GOALS:
        if goal.operation in report.operations:
            ratio: Ratio = getattr(report.operations[goal.operation], goal.what)
            met = ratio.median >= goal.bound if goal.at_least else ratio.median <= goal.bound
            made.append(Verdict(goal, ratio.median, met))
    return made


def text(report: Report) -> str:
    """The report for people."""
    return "\n".join(_lines(report))


_WORDS: Final = {
    "cpu_to_bare": "CPU to the bare handler",
    "ordinary_cpu_to_ours": "CPU of the ordinary way to ours",
    "crowded_p99_to_bare": "p99 in a crowd to the bare handler",
}


def _lines(report: Report) -> Iterator[str]:
    yield ", ".join(f"{name}: {value}" for name, value in report.conditions.items())
    for operation, outcome in report.operations.items():
        yield ""
        yield f"{operation}: {OPERATIONS[operation]}"
        yield (
            f"  {'':10}{'requests/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'crowd p99':>11}{'statements':>12}"
            f"{'server ms':>11}{'database ms':>13}{'bytes':>8}"
        )
        for kind, figures in outcome.figures.items():
            crowd = "-" if figures.crowded_p99_ms is None else f"{figures.crowded_p99_ms:.1f}"
            statements = "-" if figures.statements is None else str(figures.statements)
            database = "-" if figures.database_cpu_ms is None else f"{figures.database_cpu_ms:.3f}"
            yield (
                f"  {kind.value:10}{figures.requests_per_second:>11.1f}{figures.p50_ms:>9.2f}{figures.p99_ms:>9.2f}"
                f"{crowd:>11}{statements:>12}{figures.server_cpu_ms:>11.3f}{database:>13}{figures.answer_bytes:>8}"
            )
        for name, words in _WORDS.items():
            if operation in HEAVY and name == "crowded_p99_to_bare":
                continue
            ratio: Ratio = getattr(outcome, name)
            yield f"  {words}: {ratio.median:.2f} ({ratio.lowest:.2f} to {ratio.highest:.2f})"
    yield ""
    for verdict in goals(report):
        goal = verdict.goal
        sign = "at least" if goal.at_least else "at most"
        yield (
            f"{'met   ' if verdict.met else 'MISSED'} {goal.operation}: {_WORDS[goal.what]} {verdict.reached:.2f},"
            f" goal {sign} {goal.bound:g}"
        )
