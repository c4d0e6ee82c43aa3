"""Readers run apart: what a file makes them do ends them and nobody else."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homeroom.reading import apart
from homeroom.reading.apart import Busy, Reader, ReadingLimits, read_apart, read_apart_now
from homeroom.reading.faults import FileRefused
from homeroom.settings import Settings

LITTLE = ReadingLimits(1.0, 100_000_000)


@pytest.fixture(scope="module", autouse=True)
def findable() -> Iterator[None]:
    """The readers beside this file can be found by a process that is started now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        apart._template.close()
        yield
    apart._template.close()


def reader(name: str, answer: type = object) -> Reader[Any]:
    """One of the readers beside this file."""
    return Reader(f"readers:{name}", answer if answer is not object else Any)


def codes(name: str, **arguments: Any) -> list[str]:
    """What a reader is refused for."""
    with pytest.raises(FileRefused) as refused:
        read_apart_now(reader(name), LITTLE, **arguments)
    return [each.code for each in refused.value.problems]


def test_an_answer_comes_back_in_pieces_and_a_file_is_passed() -> None:
    assert [0, 1, 2] == read_apart_now(reader("echo", int), LITTLE, number=3)
    with Path(__file__).open("rb") as file:
        assert [Path(__file__).stat().st_size] == read_apart_now(reader("size_of", int), LITTLE, file=file)


@pytest.mark.parametrize("name", ["memory", "loop", "flood", "abort"])
def test_what_takes_too_much_is_refused_and_the_next_is_read(name: str) -> None:
    assert ["FILE_TOO_LARGE"] == codes(name)
    assert [0] == read_apart_now(reader("echo", int), LITTLE, number=1)


def test_a_parser_that_stumbles_is_the_file_s_fault_and_a_missing_reader_is_ours() -> None:
    assert ["UNREADABLE"] == codes("stumble")
    with pytest.raises(RuntimeError, match="nowhere"):
        read_apart_now(reader("nowhere"), LITTLE)


def test_the_first_of_many_faults_are_listed_and_reading_ends() -> None:
    with pytest.raises(FileRefused) as refused:
        read_apart_now(reader("refuse"), LITTLE)
    assert 101 == len(refused.value.problems)
    assert "There are 10,001 problems in all. The first 100 are listed." == refused.value.problems[-1].reason
    assert sum(len(str(each)) for each in refused.value.problems) < 50_000


def test_a_reader_has_no_secrets_and_writes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from homeroom.reading.apart import *\n"
        "print(read_apart_now(Reader('readers:secrets', list[str])))\n"
    )
    environment = {**os.environ, "HOMEROOM_SECRET_KEY": "k" * 40}
    reported = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    assert "[[]]" == reported.stdout.strip()
    assert ["UNREADABLE"] == codes("write", path=str(tmp_path / "f"))


def test_the_process_that_reads_ends_with_the_one_that_asks() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from homeroom.reading.apart import *\n"
        "from homeroom.reading import apart\n"
        "read_apart_now(Reader('readers:echo', int), number=1)\n"
        "print(apart._template._process.pid, flush=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    reported = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    process = Path(f"/proc/{int(reported.stdout)}/stat")
    for _ in range(100):
        if not process.exists() or process.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError("it is still there")


def context(school: str) -> Any:
    """As much of a command's context as a call looks at: the school, its account and the settings."""
    settings = Settings(reading_seconds=1.0, readers=2)
    return SimpleNamespace(
        host=SimpleNamespace(settings=settings),
        space=SimpleNamespace(id=school),
        caller=SimpleNamespace(account="somebody"),
    )


async def test_a_school_has_one_place_at_a_time_and_leaves_the_other_to_others() -> None:
    hostile = [asyncio.create_task(read_apart(context("a"), reader("loop"))) for _ in range(4)]
    await asyncio.sleep(0.1)
    assert [0] == await read_apart(context("b"), reader("echo", int), number=1)
    assert 2 == sum(not each.done() for each in hostile), "one is read, one waits, the others are refused"
    ended = await asyncio.gather(*hostile, return_exceptions=True)
    assert [FileRefused, FileRefused, Busy, Busy] == [type(each) for each in ended]


async def test_a_call_that_is_given_up_keeps_its_place_until_its_process_is_gone() -> None:
    given_up = asyncio.create_task(read_apart(context("a"), reader("loop")))
    await asyncio.sleep(0.1)
    given_up.cancel()
    waiting = asyncio.create_task(read_apart(context("a"), reader("echo", int), number=1))
    await asyncio.sleep(0.05)
    with pytest.raises(Busy):
        await read_apart(context("a"), reader("echo", int), number=1)
    assert [0] == await waiting
