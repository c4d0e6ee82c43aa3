"""Choosing one school's part of a bundle that spans several organisations."""

from __future__ import annotations

import pytest

from homeroom.imports.report import Report
from homeroom.reading.faults import FileRefused
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.roster.formats import FORMATS, read_roster, write_roster
from homeroom_rosters.roster.selection import select_orgs

A = SchoolShape("a", "Generated A", students=4)
B = SchoolShape("b", "Generated B", students=3)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_part_is_complete_in_itself_and_holds_nothing_else(form: str) -> None:
    roster = generate_roster([A, B], form=form)
    part = select_orgs(roster, ["a"]).roster
    assert part == read_roster(write_roster(part)), "no reference leads out of it"
    alone = generate_roster([A], form=form)
    assert alone.people == part.people
    assert alone.enrolments == part.enrolments
    assert not [section for section in part.sections if section.org != "a"]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_what_is_left_out_is_reported(form: str) -> None:
    roster = generate_roster([A, B], form=form)
    selection = select_orgs(roster, ["a"])
    left = {each.org: each for each in selection.left_out}
    assert "a" not in left
    (other,) = [each for each in left.values() if each.org == "b"]
    of_b = [section.source_id for section in roster.sections if section.org == "b"]
    assert len(of_b) == other.counts["sections"]
    assert sum(each.section in of_b for each in roster.enrolments) == other.counts["enrolments"]
    assert 0 == selection.outside_enrolments


def test_a_teacher_from_elsewhere_is_taken_with_the_class() -> None:
    roster = generate_roster([A, B], form="sds-v2.1")
    section = next(each for each in roster.sections if each.org == "a")
    from dataclasses import replace

    from homeroom_rosters.roster.records import Enrolment

    guest = replace(roster, enrolments=(*roster.enrolments, Enrolment(section.source_id, "b-t-00", "teacher")))
    selection = select_orgs(guest, ["a"])
    assert 1 == selection.outside_enrolments
    assert "b-t-00" in [person.source_id for person in selection.roster.people]


def test_unknown_and_missing_organisations_are_refused() -> None:
    roster = generate_roster([A])
    with pytest.raises(FileRefused) as refused:
        select_orgs(roster, ["a", "x", "y"])
    assert ["UNKNOWN_ORG", "UNKNOWN_ORG"] == [each.code for each in refused.value.problems]
    with pytest.raises(FileRefused) as refused:
        select_orgs(roster, [])
    assert ["NO_ORG"] == [each.code for each in refused.value.problems]


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_bundle_of_one_school_need_not_name_it_and_one_of_several_lists_them(form: str) -> None:
    alone = generate_roster([A], form=form)
    chosen = select_orgs(alone, None)
    assert chosen == select_orgs(alone, chosen.organisations)
    assert ("a",) == chosen.organisations
    with pytest.raises(FileRefused) as refused:
        select_orgs(generate_roster([A, B], form=form), None)
    (problem,) = refused.value.problems
    assert "NO_ORG" == problem.code
    assert "a (Generated A), b (Generated B)" == problem.values["options"]


def test_a_report_of_many_unknown_words_stays_small() -> None:
    report = Report()
    report["unknown"].update({f"role {number:05}{'x' * 4000}": 1 for number in range(5000)})
    report["unknown"]["grade 99"] = 7
    reported = report.as_json()["unknown"]
    assert (7, 4901, 101) == (reported["grade 99"], reported["others"], len(reported))
    assert max(map(len, reported)) <= 60
