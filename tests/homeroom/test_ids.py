"""Identifiers: RFC 9562, version 7."""

from __future__ import annotations

import time
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from homeroom.database.ids import new_id, new_ids


def test_version_and_variant_are_those_of_rfc_9562() -> None:
    for made in [new_id(), *new_ids(50)]:
        assert 7 == made.version
        assert "specified in RFC 4122" == made.variant


def test_the_first_48_bits_are_the_milliseconds_of_now() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert before <= made.int >> 80 <= after


def test_a_later_id_is_greater_as_number_and_as_text() -> None:
    earlier = new_id()
    time.sleep(0.002)
    later = new_id()
    assert earlier < later
    assert str(earlier) < str(later)


@given(st.integers(min_value=0, max_value=2000))
def test_many_are_as_many_as_asked_for_all_different_and_ascending(count: int) -> None:
    made = new_ids(count)
    assert count == len(set(made))
    assert sorted(made) == made


def test_random_bits_are_random() -> None:
    made = [new_id().int & ((1 << 62) - 1) for _ in range(1000)]
    for bit in range(62):
        ones = sum(number >> bit & 1 for number in made)
        assert 350 < ones < 650, f"bit {bit} is one in {ones} of 1000"
    assert isinstance(new_id(), UUID)
