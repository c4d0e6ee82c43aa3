"""Made-up people, their roster, and the counting of steps."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.names import Script
from homeroom.reading.faults import FileRefused
from homeroom_demo.bundle import ORGANISATION, roster_bundle
from homeroom_demo.names import people
from homeroom_demo.show import QUERIES
from homeroom_demo.steps import StepFailed, Steps, expect
from homeroom_rosters.roster.formats import read_roster
from homeroom_rosters.roster.selection import select_orgs

STARTS_ON, ENDS_ON = date(2025, 9, 5), date(2026, 5, 31)


@pytest.mark.parametrize("region", ["vn", "hk", "cn"])
def test_equal_seeds_give_equal_people(region: str) -> None:
    one, two, other = (people(region, seed) for seed in ("a", "a", "b"))
    first = [one.make() for _ in range(50)]
    assert first == [two.make() for _ in range(50)]
    assert first != [other.make() for _ in range(50)]


def test_people_of_hong_kong_have_a_name_in_latin_letters() -> None:
    supply = people("hk", "x")
    for _ in range(20):
        person = supply.make()
        assert person.latin is not None
        assert Script.LATIN == person.latin.script
        assert (person.latin.given_name + person.latin.family_name).replace(" ", "").isascii()


@given(st.integers(min_value=1, max_value=60))
def test_the_roster_is_one_that_the_registry_reads(students: int) -> None:
    roster = read_roster(base64.b64decode(roster_bundle(starts_on=STARTS_ON, ends_on=ENDS_ON, students=students)))
    assert students == len(select_orgs(roster, [ORGANISATION]).roster.people)


def test_the_broken_roster_is_broken_where_it_says() -> None:
    with pytest.raises(FileRefused) as caught:
        read_roster(base64.b64decode(roster_bundle(starts_on=STARTS_ON, ends_on=ENDS_ON, students=5, broken_line=4)))
    assert [("enrollments.csv", 4)] == [(each.file, each.line) for each in caught.value.problems]


def test_three_queries_for_each_region() -> None:
    assert {"vn": 3, "hk": 3, "cn": 3} == {region: len(each) for region, each in QUERIES.items()}


def test_a_failing_step_is_reported_and_counted_and_the_play_continues() -> None:
    said: list[str] = []
    steps = Steps(said.append)

    def missing() -> None:
        raise KeyError("key")

    steps.play("one and one is three", lambda: expect(3, 1 + 1, "the sum"))
    steps.play("something is missing", missing)
    steps.play("all is well", lambda: expect(2, 1 + 1, "the sum"))
    assert 2 == steps.failed
    assert ["FAIL  one and one is three", "      StepFailed: the sum: expected 3, found 2"] == said[:2]
    assert said[-1].startswith("ok    all is well")


def test_expecting_what_is_found_is_silent() -> None:
    expect({"a"}, {"a"}, "a set")
    with pytest.raises(StepFailed):
        expect({"a"}, {"b"}, "a set")
