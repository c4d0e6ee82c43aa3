"""Fixtures of every test that needs a host; see `homeroom.testing`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # what several folders share is a plain module

from homeroom_tenants.passwords import Passwords
from recording import record_statements, write_statements

pytest_plugins = ["homeroom.testing.plugin"]

_TESTS = Path(__file__).parent

# The folder to record the SQL statements of this run in, for a server of another version; see .ci/run.
_FOLDER = os.environ.get("HOMEROOM_TEST_STATEMENTS")
_STATEMENTS = record_statements() if _FOLDER else set()

# A run in the background may be made to ignore Ctrl-C; what the tests start must heed it, as it does for people.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Hosts, schemas and the tests themselves are a million objects that stay. With Python's own numbers (700, 10, 10) its
# collector walks over them so often that it takes an eighth of all the tests' time.
gc.set_threshold(20_000, 20, 50)

# A tenth of all the tests' time would be hashing of passwords at its full cost. The tests of passwords and the servers
# that tests start hash at that cost.
_FULL_COST, Passwords.cost = Passwords.cost, {"time_cost": 1, "memory_cost": 64, "parallelism": 1}

# How long an example takes says more about the machine's other work than about the code. The same examples each time:
# a change is not held up by what it did not touch. HOMEROOM_HYPOTHESIS=explore looks for new ones.
settings.register_profile("homeroom", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile(os.environ.get("HOMEROOM_HYPOTHESIS", "homeroom"))


@pytest.fixture(scope="session")
def full_cost() -> Mapping[str, int]:
    """What hashing a password costs outside the tests."""
    return _FULL_COST


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process for each core, and two more, because many tests wait for processes of their own.

    None beside this one for a single file, which is done before others have started.
    """
    named = {argument.partition("::")[0] for argument in config.args}
    if len(named) == 1 and named.pop().endswith(".py"):
        return 0
    # Beyond a handful, making their databases costs more than the company is worth.
    return min(len(os.sched_getaffinity(0)) + 2, 8)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what speaks to a database, and say which tests one process runs one after another.

    Those are the tests of a folder, which share a host, its tables and schools: three processes would make them three
    times. A file with slow tests runs by itself. Slow files come first, then the larger folders: no process is left
    alone with one of them in the end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    sizes = Counter(item.path.parent for item in items)
    items.sort(key=lambda item: (item.path not in slow, -sizes[item.path.parent], item.path.parent))
    for item in items:
        together = item.path if item.path in slow else item.path.parent
        item.add_marker(pytest.mark.xdist_group(together.relative_to(_TESTS).as_posix()))
        if "database_settings" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """Keep the collector from looking at what was imported, which stays."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Write down the statements of this process."""
    if _FOLDER:
        write_statements(Path(_FOLDER), _STATEMENTS)
