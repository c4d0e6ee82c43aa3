"""Conduct, levels, titles and proposals: entered by the homeroom teacher, made by the circular, kept right."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_gradebook.commands.grading import choose_grading
from homeroom_gradebook.commands.homeroom import TraitRow, YearRow, conclude_results, enter_traits, record_year
from homeroom_gradebook.commands.marks import MarkRow, enter_marks, exempt_students

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Room = Any
    MakeRoom = Callable[..., Awaitable[Any]]

CONCLUDE = """
mutation Conclude($class: ID!, $term: ID) {
  concludeResults(input: {schoolClass: $class, term: $term}) {
    studentResults { student { id } span level levelLabel unadjustedLevel average title titleLabel
                     promotion promotionLabel promotionReason schemeVersion }
    errors { code message field row }
  }
}
"""
CONDUCT = """
mutation Conduct($class: ID!, $term: ID, $rows: [TraitRowInput!]!) {
  enterTraits(input: {schoolClass: $class, term: $term, rows: $rows}) {
    traitMarks { level levelLabel source version } errors { code field row }
  }
}
"""


async def fill(room: Room, value: str, *, term: int, student: int = 0, weak: dict[str, str] | None = None) -> None:
    """Give a student one mark everywhere in a term, and other ones in some subjects."""
    for subject, book in room.books.items():
        columns = room.columns[subject, term]
        cells = await room.fetch(
            "SELECT assessment_id, version FROM mark WHERE gradebook_id = $1 AND student_id = $2",
            book,
            room.students[student],
        )
        versions = {each["assessment_id"]: each["version"] for each in cells}
        scored = await room.fetch("SELECT measure FROM gradebook WHERE id = $1", book)
        mark = (weak or {}).get(subject, value) if scored[0]["measure"] == "scored" else "Đ"
        rows = [MarkRow(room.students[student], each, mark, versions.get(each)) for each, _ in columns]
        await room.run(enter_marks, gradebook=book, rows=rows)


async def result(room: Room, student: int = 0, term: int | None = None) -> dict[str, Any]:
    (found,) = await room.fetch(
        "SELECT * FROM student_result WHERE student_id = $1 AND term_id IS NOT DISTINCT FROM $2",
        room.students[student],
        None if term is None else room.terms[term],
    )
    return found


def pick(row: dict[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


async def conduct(room: Room, level: str, *, term: int, student: int = 0, version: int | None = None) -> None:
    rows = [TraitRow(room.students[student], "conduct", level, version)]
    await room.run(enter_traits, school_class=room.school_class, term=room.terms[term], rows=rows)


@pytest.fixture
async def pupil(make_room: MakeRoom, school_a: Any, rounds: None, request: pytest.FixtureRequest) -> Room:
    """A class of one, with a good year: both terms 8.5 everywhere."""
    room = await make_room(school_a, f"{request.node.name[:60]}", size=1)
    await fill(room, "8.5", term=1)
    await fill(room, "8.5", term=2)
    return room


async def test_the_homeroom_teacher_concludes_term_and_year(pupil: Room) -> None:
    homeroom = await pupil.as_("teacher", pupil.homeroom)
    class_id = f"SchoolClass_{pupil.school_class}"
    for number in (1, 2):
        term = f"Term_{pupil.terms[number]}"
        rows = [{"student": f"Student_{pupil.students[0]}", "trait": "conduct", "level": "Tốt"}]
        judged = (await homeroom.gql(CONDUCT, **{"class": class_id, "term": term, "rows": rows}))["enterTraits"]
        assert [{"level": "good", "levelLabel": "Tốt", "source": "JUDGED", "version": 1}] == judged["traitMarks"]
        concluded = (await homeroom.gql(CONCLUDE, **{"class": class_id, "term": term}))["concludeResults"]
        (of_term,) = concluded["studentResults"]
        assert ("good", "Tốt", None, None, "TT22/2021") == tuple(
            of_term[name] for name in ("level", "levelLabel", "title", "promotion", "schemeVersion")
        )
    await pupil.run(record_year, school_class=pupil.school_class, rows=[YearRow(pupil.students[0], absences=3)])
    (year,) = (await homeroom.gql(CONCLUDE, **{"class": class_id}))["concludeResults"]["studentResults"]
    assert {
        "student": {"id": f"Student_{pupil.students[0]}"},
        "span": "YEAR",
        "level": "good",
        "levelLabel": "Tốt",
        "unadjustedLevel": "good",
        "average": None,
        "title": "excellent",
        "titleLabel": "Học sinh Giỏi",
        "promotion": "promoted",
        "promotionLabel": "Được lên lớp",
        "promotionReason": "met",
        "schemeVersion": "TT22/2021",
    } == year
    (settled,) = await pupil.fetch(
        "SELECT level, source FROM trait_mark WHERE student_id = $1 AND span = 'year'", pupil.students[0]
    )
    assert {"level": "good", "source": "rule"} == settled


async def test_a_result_is_empty_while_something_is_missing_and_fills_by_itself(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "fills", size=1)
    await fill(room, "7", term=1)
    await room.run(conclude_results, school_class=room.school_class)
    await room.run(conclude_results, school_class=room.school_class, term=room.terms[1])
    assert "fair" == (await result(room, term=1))["level"]
    assert (await result(room))["level"] is None
    await fill(room, "9", term=2)
    assert "good" == (await result(room))["level"]  # (7 + 18) / 3 = 8.3
    assert (await result(room))["promotion"] is None
    for term in (1, 2):
        await conduct(room, "good", term=term)
    assert ("excellent", None) == ((await result(room))["title"], (await result(room))["promotion"])
    version = (await result(room))["version"]
    await room.run(
        record_year,
        school_class=room.school_class,
        rows=[YearRow(room.students[0], absences=46, expected_version=version)],
    )
    assert ("retained", "absences") == pick(await result(room), ("promotion", "promotion_reason"))


async def test_a_year_in_which_only_absences_are_recorded_fills_by_itself_too(
    make_room: MakeRoom, school_a: Any, rounds: None
) -> None:
    room = await make_room(school_a, "absences", size=1)
    await room.run(record_year, school_class=room.school_class, rows=[YearRow(room.students[0], absences=2)])
    assert (2, None) == pick(await result(room), ("absences", "level"))
    for term in (1, 2):
        await fill(room, "8", term=term)
        await conduct(room, "good", term=term)
    assert (2, "good", "promoted") == pick(await result(room), ("absences", "level", "promotion"))


async def test_a_corrected_mark_changes_the_concluded_level(pupil: Room) -> None:
    await pupil.run(conclude_results, school_class=pupil.school_class)
    assert "good" == (await result(pupil))["level"]
    await fill(pupil, "8.5", term=2, weak={"cong-nghe": "2"})
    after = await result(pupil)
    # (8.5 + 4) / 3 = 4.2 in one subject alone: two levels down, and one up by mercy.
    assert ("pass", "fair") == (after["unadjusted_level"], after["level"])


async def test_two_corrections_at_once_both_count(pupil: Room) -> None:
    await pupil.run(conclude_results, school_class=pupil.school_class)

    async def spoil(subject: str) -> None:
        rows = [MarkRow(pupil.students[0], each, "2", 1) for each, _ in pupil.columns[subject, 2]]
        await pupil.run(enter_marks, gradebook=pupil.books[subject], rows=rows)

    await asyncio.gather(spoil("cong-nghe"), spoil("tin-hoc"))
    after = await result(pupil)
    assert ("pass", "pass") == (after["unadjusted_level"], after["level"])


async def test_an_exempted_subject_does_not_count(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "exempt", size=1)
    for term in (1, 2):
        await fill(room, "8", term=term)
    await room.run(conclude_results, school_class=room.school_class)
    rows = [
        MarkRow(room.students[0], each, "CĐ", 1)
        for term in (1, 2)
        for each, _ in room.columns["giao-duc-the-chat", term]
    ]
    await room.run(enter_marks, gradebook=room.books["giao-duc-the-chat"], rows=rows)
    assert "fair" == (await result(room))["level"]
    lines = await room.run(exempt_students, gradebook=room.books["giao-duc-the-chat"], students=[room.students[0]])
    assert 3 == len(lines)
    assert "good" == (await result(room))["level"]


async def test_the_schools_reading_of_an_open_point_is_kept_with_the_result(
    make_space: Callable[..., Awaitable[Any]], make_room: MakeRoom
) -> None:
    from homeroom_gradebook.commands.rounds import open_entry_round

    room = await make_room(await make_space("vn"), "readings", size=1)
    for term in room.terms.values():
        await room.run(open_entry_round, title="Round", term=term)
    weak = {"toan": "7", "ngu-van": "7", "cong-nghe": "4"}
    for term in (1, 2):
        await fill(room, "8.5", term=term, weak=weak)
    await room.run(conclude_results, school_class=room.school_class)
    assert ("pass", "TT22/2021") == pick(await result(room), ("level", "scheme_version"))
    await room.run(choose_grading, scheme="vn.secondary_2021", name="adjustment_reading", value="had_been_good")
    assert "pass" == (await result(room))["level"]
    await room.run(conclude_results, school_class=room.school_class)
    assert ("fair", "TT22/2021;adjustment_reading=had_been_good") == pick(
        await result(room), ("level", "scheme_version")
    )


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"scheme": "none", "name": "adjustment_reading", "value": "removal"}, "scheme"),
        ({"scheme": "vn.secondary_2021", "name": "none", "value": "removal"}, "name"),
        ({"scheme": "vn.secondary_2021", "name": "adjustment_reading", "value": "none"}, "value"),
    ],
)
async def test_a_choice_that_no_regulation_leaves_open_is_refused(
    room: Room, choice: dict[str, str], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await room.run(choose_grading, **choice)
    assert [field] == [spelt(problem.field) for problem in refusal.value.problems]


async def test_bad_judgements_are_named_and_nothing_is_written(room: Room, foreign_room: Room) -> None:
    rows = [
        TraitRow(room.students[0], "conduct", "Tốt"),
        TraitRow(room.students[1], "conduct", "splendid"),
        TraitRow(room.students[2], "luck", "Tốt"),
        TraitRow(room.students[3], "conduct", "Tốt", 4),
    ]
    with pytest.raises(Refusal) as refusal:
        await room.run(enter_traits, school_class=room.school_class, term=room.terms[1], rows=rows)
    assert {("INVALID", "rows.level", 1), ("INVALID", "rows.trait", 2), ("CONFLICT", "rows.expectedVersion", 3)} == {
        (problem.code, spelt(problem.field), problem.row) for problem in refusal.value.problems
    }
    foreign = [TraitRow(foreign_room.students[0], "conduct", "Tốt")]
    with pytest.raises(Refusal) as refusal:
        await room.run(enter_traits, school_class=room.school_class, term=room.terms[1], rows=foreign)
    assert [("NOT_FOUND", 0)] == [(problem.code, problem.row) for problem in refusal.value.problems]
    assert [] == await room.fetch("SELECT id FROM trait_mark WHERE school_class_id = $1", room.school_class)


async def test_the_year_is_not_judged_where_the_regulation_settles_it(pupil: Room) -> None:
    for term in (1, 2):
        await conduct(pupil, "good", term=term)
    rows = [TraitRow(pupil.students[0], "conduct", "pass")]
    with pytest.raises(Refusal) as refusal:
        await pupil.run(enter_traits, school_class=pupil.school_class, rows=rows)
    assert ["rows.trait"] == [spelt(problem.field) for problem in refusal.value.problems]


async def test_changed_conduct_of_a_term_changes_the_year(pupil: Room) -> None:
    for term in (1, 2):
        await conduct(pupil, "good", term=term)
    await pupil.run(conclude_results, school_class=pupil.school_class)
    assert "excellent" == (await result(pupil))["title"]
    await conduct(pupil, "pass", term=2, version=1)
    assert (await result(pupil))["title"] is None
    (year,) = await pupil.fetch(
        "SELECT level FROM trait_mark WHERE student_id = $1 AND span = 'year'", pupil.students[0]
    )
    assert {"level": "fair"} == year


@pytest.mark.parametrize(("role", "person"), [("teacher", "teacher"), ("teacher", "other_teacher"), ("student", None)])
async def test_only_the_homeroom_teacher_judges_and_concludes(room: Room, role: str, person: str | None) -> None:
    client = await room.as_(role, room.students[0] if person is None else getattr(room, person))
    class_id = f"SchoolClass_{room.school_class}"
    rows = [{"student": f"Student_{room.students[0]}", "trait": "conduct", "level": "Tốt"}]
    for document, variables in (
        (CONDUCT, {"class": class_id, "term": f"Term_{room.terms[1]}", "rows": rows}),
        (CONCLUDE, {"class": class_id}),
    ):
        body = (await client.post(document, variables)).json()
        refused = [error["extensions"]["code"] for error in body.get("errors") or ()]
        for payload in (body.get("data") or {}).values():
            refused += [error["code"] for error in (payload or {}).get("errors") or ()]
        assert ["NOT_FOUND" if role == "teacher" else "FORBIDDEN"] == refused
    assert [] == await room.fetch("SELECT id FROM student_result WHERE school_class_id = $1", room.school_class)


async def test_a_primary_class_is_judged_without_averages(make_room: MakeRoom, school_a: Any, rounds: None) -> None:
    room = await make_room(school_a, "3A", grade=3, size=1)
    kinds = [kind for _, kind in room.columns["toan", 1]]
    assert ["midterm", "final", "final_test"] == kinds
    for subject, book in room.books.items():
        values = {"midterm": "T", "final": "T", "final_test": "9"}
        rows = [
            MarkRow(room.students[0], each, values[kind])
            for term in (1, 2)
            for each, kind in room.columns[subject, term]
        ]
        await room.run(enter_marks, gradebook=book, rows=rows)
    traits = (
        "patriotism kindness diligence honesty responsibility self_reliance cooperation problem_solving language"
        " calculation science aesthetics physical technology informatics"
    ).split()
    rows = [TraitRow(room.students[0], trait, "T") for trait in traits]
    await room.run(enter_traits, school_class=room.school_class, term=room.terms[2], rows=rows)
    await room.run(conclude_results, school_class=room.school_class)
    year = await result(room)
    assert ("outstanding", "Học sinh Xuất sắc", "promoted", "TT27/2020") == tuple(
        year[name] for name in ("level", "title_label", "promotion", "scheme_version")
    )
