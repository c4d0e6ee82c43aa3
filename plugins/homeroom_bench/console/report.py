"""The figures of the console as text, with what is met and what is missed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from homeroom_bench.console.kinds import (
    COLD_BYTES,
    COLD_REQUESTS,
    INTERACTIVE_MS,
    KINDS,
    MARK_KEYS,
    WARM_BYTES,
    WARM_REQUESTS,
)
from homeroom_bench.console.measuring import ConsoleFigures

__all__ = ["ConsoleGoal", "console_goals", "text_of_console"]


class ConsoleGoal(msgspec.Struct, frozen=True):
    """What was aimed at, and what was found.

    Args:
        what: The figure.
        found: The worst of all pages, or the keys.
        bound: The most that it may be.
        page: The page with the worst figure.
    """

    what: str
    found: float
    bound: float
    page: str

    @property
    def met(self) -> bool:
        """Whether it was reached."""
        return self.found <= self.bound


def console_goals(figures: ConsoleFigures) -> list[ConsoleGoal]:
    """What is aimed at; without a browser, the part of it that was measured."""
    slowest = max(figures.pages, key=lambda name: figures.pages[name].cpu_ms / KINDS[name].cpu_ms)
    found = [ConsoleGoal("CPU of the server, ms", figures.pages[slowest].cpu_ms, KINDS[slowest].cpu_ms, slowest)]
    largest = max(figures.pages, key=lambda name: figures.pages[name].bytes)
    found.append(ConsoleGoal("bytes of the page itself", figures.pages[largest].bytes, WARM_BYTES, largest))
    browsed = {name: page.browsed for name, page in figures.pages.items() if page.browsed is not None}
    for what, field, bound in (
        ("cold bytes", "cold_bytes", COLD_BYTES),
        ("cold requests", "cold_requests", COLD_REQUESTS),
        ("warm bytes", "warm_bytes", WARM_BYTES),
        ("warm requests", "warm_requests", WARM_REQUESTS),
        ("interactive, ms", "interactive_ms", INTERACTIVE_MS),
        ("violations of WCAG 2.2 AA", "violations", 0),
        ("errors and CSP reports", "reports", 0),
    ):
        if browsed:
            worst = max(browsed, key=lambda name: getattr(browsed[name], field))
            found.append(ConsoleGoal(what, getattr(browsed[worst], field), bound, worst))
    if figures.mark_keys is not None:
        found.append(ConsoleGoal("keys for 34 marks", figures.mark_keys, 34 * MARK_KEYS, "book of 680 marks"))
    return found


def text_of_console(figures: ConsoleFigures) -> str:
    """The figures, and which goals are met."""
    return "\n".join(_lines(figures))


def _lines(figures: ConsoleFigures) -> Iterator[str]:
    yield "CPU of the server's processes in ms, a page and its documents over /graphql; bytes of the page as it is sent"
    yield f"{'':22}{'CPU':>8}{'/graphql':>10}{'ratio':>7}{'asks':>6}{'bytes':>8}"
    for name, page in figures.pages.items():
        ratio = "–" if page.ratio is None else f"{page.ratio:.1f}"
        yield (f"{name:22}{page.cpu_ms:8.1f}{page.graphql_cpu_ms:10.1f}{ratio:>7}{page.documents:6}{page.bytes:8,}")
    yield ""
    if figures.left_out:
        yield f"LEFT OUT: cold and warm loads, interactive, axe, CSP reports, keys: {figures.left_out}"
    else:
        yield "In Chromium; interactive in ms at 400 kbit/s and 400 ms with a CPU four times slower"
        yield f"{'':22}{'cold':>9}{'requests':>9}{'warm':>9}{'requests':>9}{'interactive':>12}{'axe':>5}{'CSP':>5}"
        for name, page in figures.pages.items():
            if (at := page.browsed) is not None:
                yield (
                    f"{name:22}{at.cold_bytes:9,}{at.cold_requests:9}{at.warm_bytes:9,}{at.warm_requests:9}"
                    f"{at.interactive_ms:12.0f}{at.violations:5}{at.reports:5}"
                )
    yield ""
    for goal in console_goals(figures):
        met = "met   " if goal.met else "MISSED"
        yield f"{met} {goal.what}: {goal.found:,.1f}, goal at most {goal.bound:,.0f} ({goal.page})"
