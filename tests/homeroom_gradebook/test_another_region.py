"""The gradebook knows no region: a plugin made here brings three terms, percent, and rules of its own."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Self

import pytest
import pytest_asyncio

from homeroom.boot import build_host
from homeroom.errors import Refusal
from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin, PluginRegistry
from homeroom.presets import Preset
from homeroom_gradebook.commands.books import open_gradebooks
from homeroom_gradebook.commands.homeroom import YearRow, conclude_results, record_year
from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_gradebook.commands.rounds import open_entry_round
from homeroom_gradebook.scales import Label, NumberScale, Value
from homeroom_gradebook.scheme_choice import SchemeFamily
from homeroom_gradebook.schemes import (
    GradingScheme,
    OverallResult,
    PeriodRecord,
    Promotion,
    PromotionCode,
    RequiredAssessment,
    SchemeSetting,
    SubjectPlan,
    SubjectResult,
    Trait,
    TraitYear,
)
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_student

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings

PERCENT = NumberScale("percent", "Percent", Decimal(0), Decimal(100), Decimal(1))
PASSED, FAILED = Label("passed", "Passed"), Label("failed", "Failed")


class Island:
    """Two tests and an exam that counts twice, in each of three terms; 50 percent pass."""

    name = "island"
    version = "Island 1"
    source = "The island's school act"
    settings: tuple[SchemeSetting, ...] = ()
    stamp = "Island 1"
    levels = (PASSED, FAILED)
    terms = 3

    def configured(self, choices: Mapping[str, str]) -> Self:
        return self

    def applies(self, grade: int, school_year_start: int) -> bool:
        return 1 <= grade <= 2

    def traits(self, grade: int) -> tuple[Trait, ...]:
        return ()

    def assessments(self, subject: SubjectPlan, grade: int, term: int) -> tuple[RequiredAssessment, ...]:
        return (
            RequiredAssessment(Label("test", "Test"), 2, 1, PERCENT),
            RequiredAssessment(Label("exam", "Exam"), 1, 2, PERCENT),
        )

    def subject_term_result(
        self, subject: SubjectPlan, grade: int, term: int, marks: Mapping[str, Sequence[Value]]
    ) -> SubjectResult | None:
        tests, exam = marks.get("test", ()), marks.get("exam", ())
        if len(tests) < 2 or not exam:
            return None
        return SubjectResult(rounded((sum(map(Decimal, tests)) + 2 * Decimal(exam[0])) / (len(tests) + 2)))

    def subject_year_result(
        self, subject: SubjectPlan, terms: Mapping[int, SubjectResult | None]
    ) -> SubjectResult | None:
        scores = [result.score for result in terms.values() if result is not None and result.score is not None]
        return SubjectResult(rounded(sum(scores, Decimal(0)) / 3)) if len(scores) == 3 else None

    def overall(self, record: PeriodRecord) -> OverallResult | None:
        scores = [each.result.score for each in record.subjects if each.result is not None]
        if len(scores) < len(record.subjects) or record.period != "year":
            return None
        level = PASSED if all(score is not None and score >= 50 for score in scores) else FAILED
        return OverallResult(level, level)

    def trait_year(self, trait: str, terms: Mapping[int, str]) -> TraitYear | None:
        return None

    def title(self, record: PeriodRecord, overall: OverallResult) -> Label | None:
        return Label("honour", "Honours") if record.commended and overall.level == PASSED else None

    def promotion(
        self, record: PeriodRecord, overall: OverallResult, *, after_summer: bool = False
    ) -> Promotion | None:
        if overall.level == PASSED:
            return Promotion(PromotionCode.PROMOTED, "Continues", "met")
        return Promotion(PromotionCode.RETAINED, "Stays", "learning")

    def eligible(self, record: PeriodRecord) -> tuple[str, ...]:
        return ()

    def reassess(self, record: PeriodRecord, results: Mapping[str, SubjectResult]) -> PeriodRecord | None:
        return None


def rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


class IslandPlugin(Plugin):
    """A region that only this test knows."""

    name = "island"
    title = "Island"
    requires = ("gradebook",)

    @hookimpl
    def grading_schemes(self) -> Sequence[SchemeFamily]:
        return [SchemeFamily("island", (Island(),))]

    @hookimpl
    def presets(self) -> Sequence[Preset]:
        thirds = (("01-01", "04-30"), ("05-01", "08-31"), ("09-01", "12-31"))
        school = {
            "name_script": "latin",
            "year": {
                "starts_on": "01-01",
                "ends_on": "12-31",
                "terms": [
                    {"name": f"Term {n}", "starts_on": first, "ends_on": last}
                    for n, (first, last) in enumerate(thirds, start=1)
                ],
            },
            "grade_levels": [{"number": n, "code": f"G{n}", "title": f"Grade {n}"} for n in (1, 2, 3)],
            "subjects": [{"code": "sailing", "title": "Sailing", "periods": {"G1": 40, "G2": 40, "G3": 40}}],
        }
        graded = {"subjects": [{"code": "sailing", "measure": "scored"}]}
        options = {"school": school, "gradebook": graded}
        return [Preset("island", "Island", ("school", "gradebook", "island"), "UTC", "en", options)]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def island(host: Host, database_settings: Settings) -> AsyncIterator[Host]:
    """A second host over the same database, which has the region too."""
    registry = PluginRegistry.discover([IslandPlugin()])
    assert [] == registry.quarantined
    made = build_host(database_settings, registry)
    await made.open()
    yield made
    await made.close()


async def start(island: Host) -> tuple[Any, Any]:
    """A school of the region with a class; gives how to run a command there, and how to look."""
    slug = f"isle-{secrets.token_hex(4)}"
    space = await island.directory.create_space(slug=slug, name=slug, region="island")
    caller = island.system_caller(space)

    async def run(command: Any, **arguments: Any) -> Any:
        return await island.execute(caller, command, **arguments)

    async def fetch(sql: str, *args: Any) -> Any:
        async with island.database.transaction(space.id) as transaction:
            return await transaction.fetch(sql, *args)

    return run, fetch


async def test_marks_averages_levels_and_titles_follow_the_regions_own_rules(island: Host) -> None:
    assert isinstance(Island(), GradingScheme)
    run, fetch = await start(island)
    (year,) = await fetch("SELECT id FROM school_year")
    (grade,) = await fetch("SELECT id FROM grade_level WHERE number = 1")
    school_class = await run(create_school_class, school_year=year["id"], name="G1", grade_level=grade["id"])
    student = await run(create_student, name=NameInput(given_name="Robin", family_name="Wells"))
    await run(enrol_students, school_class=school_class, rows=[EnrolmentRow(student=student)])
    (book,) = await run(open_gradebooks, school_class=school_class)
    for term in await fetch("SELECT id FROM term"):
        await run(open_entry_round, title="Round", term=term["id"])
    columns = await fetch("SELECT id, kind, term_number, title FROM assessment ORDER BY position")
    assert ["Test 1", "Test 2", "Exam"] * 3 == [column["title"] for column in columns]
    values = {"test": "80", "exam": "71"}
    rows = [
        MarkRow(student, column["id"], "47" if column["term_number"] == 3 else values[column["kind"]])
        for column in columns
    ]
    await run(enter_marks, gradebook=book, rows=rows)
    scores = await fetch("SELECT score FROM subject_result ORDER BY span, term_id")
    assert [Decimal("47.00"), Decimal("75.50"), Decimal("75.50")] == sorted(each["score"] for each in scores[:3])
    assert Decimal("66.00") == scores[3]["score"]
    await run(record_year, school_class=school_class, rows=[YearRow(student, commended=True)])
    await run(conclude_results, school_class=school_class)
    (result,) = await fetch("SELECT level, title_label, promotion_label, scheme_version FROM student_result")
    assert ("passed", "Honours", "Continues", "Island 1") == tuple(result.values())
    with pytest.raises(Refusal, match="finer than steps of 1"):
        await run(enter_marks, gradebook=book, rows=[MarkRow(student, columns[0]["id"], "80.5", 1)])


async def test_a_grade_that_no_scheme_governs_gets_no_books(island: Host) -> None:
    run, fetch = await start(island)
    (year,) = await fetch("SELECT id FROM school_year")
    (grade,) = await fetch("SELECT id FROM grade_level WHERE number = 3")
    school_class = await run(create_school_class, school_year=year["id"], name="G3", grade_level=grade["id"])
    with pytest.raises(Refusal, match="No grading scheme governs grade 3"):
        await run(open_gradebooks, school_class=school_class)
    assert [] == await fetch("SELECT id FROM gradebook")
