"""The command line without a process of its own, which would take two seconds to load what is loaded here already.

For tests of what commands do. That they work as processes, with signals and streams, is tried where it matters.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from click.testing import CliRunner

from homeroom.cli import main

__all__ = ["Done", "homeroom"]


@dataclass(frozen=True)
class Done:
    """A command that has ended.

    Args:
        returncode: Its exit code.
        stdout: What it printed.
        stderr: What it printed of errors.
    """

    returncode: int
    stdout: str
    stderr: str


def homeroom(environment: Mapping[str, str], *words: str) -> Done:
    """Run ``homeroom``, also from within a coroutine: commands have an event loop of their own.

    Args:
        environment: Its variables, such as those of ``Settings.environment()``; no other setting is seen.
        words: The command and its arguments.
    """
    hidden = dict.fromkeys(name for name in os.environ if name.startswith("HOMEROOM_"))
    runner = CliRunner(env={**hidden, **environment})
    with ThreadPoolExecutor(1) as thread:
        result = thread.submit(runner.invoke, main, words).result()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)
