"""Passwords: Argon2id with stated parameters, few at a time, and nothing revealed by time."""

from __future__ import annotations

import asyncio
import time
import unicodedata
from collections.abc import Iterator, Mapping

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from homeroom.errors import Refusal
from homeroom_tenants.passwords import MAX_LENGTH, Passwords, TooBusy


@pytest.fixture(autouse=True)
def full(full_cost: Mapping[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hash costs what it costs outside the tests."""
    monkeypatch.setattr(Passwords, "cost", full_cost)


@pytest.fixture
def passwords(full: None) -> Iterator[Passwords]:
    made = Passwords(threads=2)
    yield made
    made.close()


async def test_only_the_right_password_is_right(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse battery")
    assert await passwords.verify(stored, "correct horse battery")
    assert not await passwords.verify(stored, "correct horse batterie")
    assert not await passwords.verify(stored, "")
    assert not passwords.outdated(stored)


async def test_the_parameters_are_those_promised(passwords: Passwords) -> None:
    parameters = extract_parameters(await passwords.hash("correct horse battery"))
    assert (Type.ID, 19 * 1024, 2, 1) == (
        parameters.type, parameters.memory_cost, parameters.time_cost, parameters.parallelism,
    )  # fmt: skip


async def test_an_accent_may_be_typed_in_either_way(passwords: Passwords) -> None:
    composed = "mật khẩu mới"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    assert await passwords.verify(await passwords.hash(composed), decomposed)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=1"])
async def test_what_is_no_hash_lets_nobody_in(passwords: Passwords, stored: str | None) -> None:
    assert not await passwords.verify(stored, "nobody has this password")


async def test_a_hash_of_other_parameters_is_outdated_but_right(passwords: Passwords) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash("correct horse battery")
    assert passwords.outdated(old)
    assert await passwords.verify(old, "correct horse battery")


async def test_an_unknown_account_takes_as_long_as_a_wrong_password(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse battery")
    await passwords.verify(None, "warm up")

    async def took(of: str | None) -> float:
        began = time.process_time()  # by the processor: what else the machine does is not counted
        await passwords.verify(of, "wrong wrong wrong")
        return time.process_time() - began

    # In turns, and the best of many: a machine that is slow for a while is so for both.
    pairs = [(await took(None), await took(stored)) for _ in range(12)]
    unknown, wrong = (min(times) for times in zip(*pairs, strict=True))
    assert 0.5 < unknown / wrong < 2.0


async def test_the_event_loop_continues_meanwhile(passwords: Passwords) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.002)
            beats += 1

    task = asyncio.create_task(beat())
    await passwords.hash("correct horse battery")
    task.cancel()
    assert beats > 1


async def test_a_flood_is_asked_to_come_back() -> None:
    few = Passwords(threads=1)
    try:
        stored = await few.hash("correct horse battery")
        flood = [few.verify(stored, "wrong wrong wrong") for _ in range(40)]
        answers = await asyncio.gather(*flood, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, TooBusy)]
        assert 40 - 33 == len(refused)
        assert all(answer is False or answer in refused for answer in answers)
        assert await few.verify(stored, "correct horse battery")
    finally:
        few.close()


@pytest.mark.parametrize(
    "password", ["", "seven77", "x" * (MAX_LENGTH + 1), "aaaaaaaaaaaa", "Mai.Tran@school", "12345678"]
)
async def test_a_password_that_is_too_easy_is_refused_by_field(passwords: Passwords, password: str) -> None:
    with pytest.raises(Refusal) as caught:
        await passwords.choose(password, "mai.tran@school")
    assert ["password"] == [problem.field for problem in caught.value.problems]


async def test_a_long_phrase_is_welcome(passwords: Passwords) -> None:
    stored = await passwords.choose("con chim xanh hót trên cành cây", "mai.tran@school")
    assert await passwords.verify(stored, "con chim xanh hót trên cành cây")


async def test_an_endless_password_costs_no_hash_of_it(passwords: Passwords) -> None:
    assert not await passwords.verify(None, "x" * 5_000_000)
