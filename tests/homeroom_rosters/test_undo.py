"""Undoing imports as a whole, and any sequence of rosters and of undoing them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from test_identity import FIRST, A, brought, everything, packed, people

from homeroom.errors import Forbidden, Refusal
from homeroom.imports.commands import undo_import
from homeroom_bench.rosters import SchoolShape, generate_roster
from homeroom_rosters.commands import import_roster
from homeroom_rosters.roster.formats import write_roster
from homeroom_rosters.roster.records import Enrolment, Roster
from homeroom_school.commands.people import change_student

pytestmark = pytest.mark.asyncio(loop_scope="session")

B = SchoolShape("b", "Generated B", students=2)


async def imported(school: Any, roster: Roster, **more: Any) -> Any:
    """Import, and give the run."""
    arguments = {"organisations": ["a"], **more}
    return await school.run(import_roster, bundle=packed(write_roster(roster)), **arguments)


async def answered(school: Any, run: Any) -> dict[str, Any]:
    """A run's report, as GraphQL shows it."""
    answer = await school.ask("{ importRuns { nodes { kind report } } }")
    rows = await school.sql("SELECT id FROM import_run ORDER BY at DESC, id")
    found: dict[str, Any] = answer["data"]["importRuns"]["nodes"][[row["id"] for row in rows].index(run)]
    return found


async def report_of(school: Any, run: Any, **call: Any) -> Any:
    """The report of an undo, read in its own transaction: that of a rehearsal is not there later."""

    async def answer(context: Any, undone: Any) -> Any:
        return msgspec.json.decode(await context.fetchval("SELECT report FROM import_run WHERE id = $1", undone))

    return await school.host.run(school.system, undo_import, {"import_run": run}, answer=answer, **call)


async def refused(school: Any, run: Any, **more: Any) -> list[tuple[str, str]]:
    before = await everything(school)
    with pytest.raises(Refusal) as refusal:
        await school.run(undo_import, import_run=run, **more)
    assert before == await everything(school)
    return [(each.code, each.message) for each in refusal.value.problems]


async def test_an_import_of_another_school_is_taken_back_as_a_whole(school: Any) -> None:
    roster = generate_roster([A, B])
    empty = await everything(school)
    first = await imported(school, roster)
    before = await everything(school)
    wrong = await imported(school, roster, organisations=["b"], allow_other_organisations=True, allow_endings=True)
    assert 20 == await school.one("SELECT count(*) FROM student")
    after = await everything(school)
    rehearsal = await report_of(school, wrong, rehearse=True)
    assert after == await everything(school)
    assert [("NOT_THE_LAST", True)] == [
        (code, "Undo the later import" in text) for code, text in await refused(school, first)
    ]
    runs = await school.one("SELECT count(*) FROM import_run")
    report = await report_of(school, wrong)
    assert before == await everything(school)
    assert rehearsal == report
    assert (4, 16) == (report["removed"]["student"], report["restored"]["class_enrolment"])
    assert runs + 1 == await school.one("SELECT count(*) FROM import_run"), "a rehearsal is no run"
    assert [("UNDONE", "This import was already undone.")] == await refused(school, wrong)
    undo = await school.one("SELECT id FROM import_run WHERE undoes_id = $1", wrong)
    assert ["NOT_AN_IMPORT"] == [code for code, _ in await refused(school, undo)]
    await school.run(undo_import, import_run=first)
    assert 16 == len(school.host.registry.plugins["zz"].asked[-1][1:]), "the hook import_undoing has the students"
    assert empty == await everything(school)
    # After that the right roster comes as if nothing had been.
    assert {"student": 16}.items() <= (await brought(school, roster))["created"].items()


async def test_what_depends_on_an_import_is_named(school: Any) -> None:
    run = await imported(school, generate_roster([A]))
    student = await school.one("SELECT id FROM student WHERE code = $1", FIRST)
    async with school.host.database.transaction(school.space.id) as transaction:
        await transaction.execute(
            "INSERT INTO student_status (id, student_id, status, starts_on)"
            " VALUES (gen_random_uuid(), $1, 'suspended', '2025-10-01')",
            student,
        )
    for rehearse in (True, False):
        ((code, message),) = await refused(school, run, rehearse=rehearse)
        assert ("IN_USE", True) == (code, "1 rows of student status" in message)


async def test_what_the_school_changed_since_stays(school: Any) -> None:
    roster = people(generate_roster([A]), lambda each: replace(each, email="one@people.example"))
    await imported(school, roster)
    run = await imported(school, people(roster, lambda each: replace(each, email="two@people.example")))
    student = await school.one("SELECT id FROM student WHERE code = $1", FIRST)
    await school.run(change_student, student=student, email="own@people.example")
    undo = await school.run(undo_import, import_run=run)
    report = msgspec.json.decode(await school.one("SELECT report FROM import_run WHERE id = $1", undo))
    assert {"student": 1} == report["kept"]
    emails = await school.sql("SELECT email, count(*) AS n FROM student GROUP BY 1 ORDER BY 1")
    assert [("one@people.example", 15), ("own@people.example", 1)] == [tuple(row.values()) for row in emails]


async def test_reports_name_whom_they_speak_of(school: Any) -> None:
    roster = generate_roster([A])
    await imported(school, roster)
    first = f"a-h-6A-{FIRST}"
    newer = replace(
        people(roster, lambda each: replace(each, given="Mới") if each.source_id == FIRST else each),
        enrolments=tuple(
            replace(each, section="a-h-6B", source_id="moved") if each.source_id == first else each
            for each in roster.enrolments
            if each.person != "a-s-6A-01"
        ),
    )
    report = (await answered(school, await imported(school, newer)))["report"]
    changed = {each["noun"]: each for each in report["names"]["changed"]}
    assert "Mới" in changed["student"]["name"]
    assert "given_name: " in changed["student"]["detail"]
    assert [True] == [each["name"].endswith(": 6A") for each in report["names"]["moved"]]
    assert [True] == [each["name"].endswith(": 6A") for each in report["names"]["ended"]]
    assert [True] == [each["name"].endswith(": 6B") for each in report["names"]["created"]]
    bundle = packed(write_roster(roster))
    assert (
        "reopened" in (await school.reported(import_roster, rehearse=True, bundle=bundle, organisations=["a"]))["names"]
    )


async def test_only_the_office_of_the_school_undoes(school: Any, make_school: Any) -> None:
    run = await imported(school, generate_roster([A]))
    for role in ("admin", "teacher", "student", "guardian"):
        with pytest.raises(Forbidden):
            await school.run(undo_import, caller=school.caller(role), import_run=run)
    other = await make_school()
    with pytest.raises(Refusal):
        await other.run(undo_import, import_run=run)
    assert 16 == await school.one("SELECT count(*) FROM student")


# Any sequence -----------------------------------------------------------------------------------------------


SHAPE = SchoolShape("a", grades=("6",), classes=3, students=3, subjects=(("math", "Mathematics"),), guardians=1)
PUPILS = [f"a-s-6{letter}-{number:02d}" for letter in "ABC" for number in range(3)]
CLASSES = [f"a-h-6{letter}" for letter in "ABC"]


def any_roster(random: Random, day: date) -> Roster:
    """A roster with drops, moves, renames, and in another year the same ids of other classes and courses."""
    first_year = 2025 if random.random() < 0.7 else 2026
    base = generate_roster([SHAPE], first_year=first_year)
    enrolments = [each for each in base.enrolments if each.role == "teacher" and random.random() < 0.9]
    numbers = iter(range(1000))
    for pupil in PUPILS:
        if random.random() < 0.85:
            begins = day if random.random() < 0.2 and first_year == 2025 else None
            # Ids of enrolments are used again for whatever comes.
            source_id = f"e{next(numbers)}" if random.random() < 0.3 else f"{pupil}-enrolled"
            enrolments.append(Enrolment(random.choice(CLASSES), pupil, "student", source_id, starts_on=begins))
    names = random.sample(["6A", "6B", "6C"], 3) if random.random() < 0.3 else ["6A", "6B", "6C"]
    titles = dict(zip(CLASSES, names, strict=True))
    return replace(
        base,
        sections=tuple(replace(each, title=titles.get(each.source_id, each.title)) for each in base.sections),
        courses=tuple(
            replace(each, title=random.choice(("Mathematics", "Algebra"))) if each.source_id == "a-c-math" else each
            for each in base.courses
        ),
        people=tuple(
            replace(each, given="Mới", phone=random.choice(("", "0900"))) if random.random() < 0.2 else each
            for each in base.people
        ),
        enrolments=tuple(enrolments),
    )


@pytest.mark.parametrize("seed", [4, 16, 30, 36])
async def test_any_sequence_of_rosters_loses_nothing_and_is_undone_step_by_step(school: Any, seed: int) -> None:
    random = Random(seed)
    clock, day = school.host.clock, datetime(2025, 10, 15, 3, tzinfo=UTC)
    steps: list[tuple[Any, dict[str, Any]]] = []
    try:
        for _ in range(5):
            school.host.clock = lambda now=day: now
            before = await everything(school)
            roster = any_roster(random, day.date())
            run = await imported(school, roster, allow_endings=True)
            steps.append((run, before))
            now = await everything(school)
            for table in ("student", "staff", "guardian", "school_class", "class_subject", "school_year"):
                held = {row["id"]: row for row in now[table]}
                assert all(row["id"] in held for row in before[table]), f"{table}: an import removes no row"
            years = {row["id"]: row["school_year_id"] for row in now["school_class"]}
            assert all(years[row["id"]] == row["school_year_id"] for row in before["school_class"])
            again = await school.run(
                import_roster, bundle=packed(write_roster(roster)), organisations=["a"], allow_endings=True
            )
            report = msgspec.json.decode(await school.one("SELECT report FROM import_run WHERE id = $1", again))
            assert ({}, {}, {}) == (report["created"], report["changed"], report["ended"])
            steps.append((again, now))
            day += timedelta(days=random.choice((0, 0, 1, 9, 30)))
        for run, before in reversed(steps):
            await school.run(undo_import, import_run=run)
            assert before == await everything(school)
    finally:
        school.host.clock = clock
