"""Playing steps: one line each, and a count of those that fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from homeroom_demo.client import Answer

__all__ = ["StepFailed", "Steps", "expect", "payload"]


class StepFailed(Exception):  # noqa: N818
    """A step did not go as it should; the message says how it went."""


def expect(expected: Any, found: Any, what: str) -> None:
    """Raise :class:`StepFailed` unless both are equal."""
    if expected != found:
        raise StepFailed(f"{what}: expected {expected!r}, found {found!r}")


def payload(answer: Answer, mutation: str) -> dict[str, Any]:
    """What a mutation gave, errors of its own included. Raises :class:`StepFailed` if the request failed."""
    if answer.errors or not isinstance(answer.data.get(mutation), dict):
        raise StepFailed(f"{mutation}: {answer}")
    result: dict[str, Any] = answer.data[mutation]
    return result


class Steps:
    """Runs steps and prints one line for each.

    Args:
        say: Prints a line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self.failed = 0

    def play(self, sentence: str, step: Callable[[], None]) -> None:
        """Run one step. A failure is reported and counted; the play continues.

        Args:
            sentence: What happens in it, for people.
            step: Raises when it does not happen.
        """
        began = time.monotonic()
        try:
            step()
        except (
            StepFailed,
            httpx.HTTPError,
            KeyError,
            IndexError,
            TypeError,
            ValueError,
            ArithmeticError,
            StopIteration,
        ) as error:
            self.failed += 1
            self._say(f"FAIL  {sentence}")
            self._say(f"      {type(error).__name__}: {error}"[:2000])
        else:
            self._say(f"ok    {sentence}  ({(time.monotonic() - began) * 1000:.0f} ms)")
