"""The measurement itself: it compares before it measures, and says what it measured. Timings are nobody's assertion."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner

from homeroom.database.providers import throwaway
from homeroom.settings import Settings
from homeroom_bench.cli import bench
from homeroom_bench.client import BadAnswer
from homeroom_bench.comparison import difference
from homeroom_bench.console.browsing import Browsed
from homeroom_bench.console.kinds import KINDS
from homeroom_bench.console.measuring import ConsoleFigures, PageFigures, measure_console
from homeroom_bench.console.report import console_goals, text_of_console
from homeroom_bench.hosting import Hosting
from homeroom_bench.hosting import text as hosting_text
from homeroom_bench.measure import Plan, measure
from homeroom_bench.operations import HEAVY, OPERATIONS
from homeroom_bench.own_fields import measure_own_fields, text_of_own_fields
from homeroom_bench.report import Figures, Outcome, Ratio, Report, goals, text
from homeroom_bench.schemas import SchemaCost, text_of_schemas
from homeroom_bench.servers import Kind
from homeroom_bench.sizes import FULL, Size
from homeroom_bench.talents import TalentFigures, measure_talents, text_of_talents

TINY = Size(schools=2, students=7, classes=2, subjects=2, teachers=1)
PLAN = Plan(seconds=0.02, blocks=2, connections=2, crowd=2, warm_up=0.01)


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """A measurement of next to nothing; its answers were compared, or it would not be there."""
    with throwaway() as access:
        settings = msgspec.structs.replace(access.apply(Settings()), workers=1, log_level="warning")
        reported: list[str] = []
        # With a loop of its own: a server that starts is waited for without leaving the loop to others.
        with asyncio.Runner() as runner:
            made = runner.run(measure(settings, TINY, PLAN, reported.append))
        assert "comparing answers" in reported
        yield made


@pytest.mark.slow
def test_every_operation_is_measured_on_every_server(report: Report) -> None:
    assert list(OPERATIONS) == list(report.operations)
    for outcome in report.operations.values():
        assert list(Kind) == list(outcome.figures)
        for figures in outcome.figures.values():
            assert figures.requests_per_second > 0
            assert 0 < figures.p50_ms <= figures.p99_ms


@pytest.mark.slow
def test_statements_are_counted(report: Report) -> None:
    # Those of an operation of seconds are not counted where it takes seconds.
    short = {name: outcome for name, outcome in report.operations.items() if name not in HEAVY}
    reads = [each for each in short if each != "save"]
    assert [1] * 3 == [short[each].figures[Kind.OURS].statements for each in reads]
    assert [1] * 4 == [outcome.figures[Kind.BARE].statements for outcome in short.values()]
    for outcome in short.values():
        statements = outcome.figures[Kind.ORDINARY].statements
        assert statements is not None
        assert statements > 3


@pytest.mark.slow
def test_the_report_reads_back_from_json(report: Report) -> None:
    assert report == msgspec.json.decode(msgspec.json.encode(report), type=Report)


@pytest.mark.slow
def test_the_text_names_each_goal_once(report: Report) -> None:
    lines = text(report).splitlines()
    assert len(goals(report)) == sum(line.startswith(("met ", "MISSED ")) for line in lines)


def _report(to_bare: float, ordinary: float, crowd: float) -> Report:
    figures = dict.fromkeys(Kind, Figures(1.0, 1.0, 1.0, 1, 1.0, 1.0, 1))
    ratios = [Ratio(each, each, each) for each in (to_bare, ordinary, crowd)]
    return Report({}, dict.fromkeys(OPERATIONS, Outcome(figures, *ratios)))


def test_goals_are_met_at_their_bounds_and_missed_beyond() -> None:
    at_bounds = {(each.goal.operation, each.goal.what): each.met for each in goals(_report(1.3, 15.0, 1.5))}
    assert 10 == len(at_bounds)
    assert all(at_bounds.values())
    beyond = {(each.goal.operation, each.goal.what): each.met for each in goals(_report(1.31, 14.9, 1.51))}
    assert {("save", "cpu_to_bare")} == {key for key, met in beyond.items() if met}


def test_a_ratio_is_the_median_of_its_blocks() -> None:
    assert Ratio(2.0, 1.0, 9.0) == Ratio.of([9.0, 1.0, 2.0])


def test_the_full_size_is_that_of_a_real_school() -> None:
    assert (20, 1200, 36, 14, 34, 12) == (
        FULL.schools, FULL.students, FULL.classes, FULL.subjects, FULL.in_class, FULL.full_classes,
    )  # fmt: skip
    assert 2_016_000 == FULL.marks == FULL.as_one_school.marks
    assert (1, 24_000, 480) == (FULL.as_one_school.schools, FULL.as_one_school.students, FULL.as_one_school.classes)
    assert 64 <= FULL.books


def test_a_difference_is_reported_by_its_place() -> None:
    one, other = {"data": {"rows": [1, {"a": 2}]}}, {"data": {"rows": [1, {"a": 3}]}}
    assert "at .data.rows[1].a: 2 and 3" == difference(one, other)


def test_two_databases_at_once_are_refused() -> None:
    result = CliRunner().invoke(bench, ["graphql", "--configured", "--keep", os.devnull + "x"])
    assert 2 == result.exit_code
    assert "exclude each other" in result.output


async def test_a_refusal_ends_the_measurement() -> None:
    from homeroom_bench.client import put_load, request
    from homeroom_bench.usage import Usage

    class Meter:
        def read(self) -> Usage:
            return Usage(0.0, None)

    class Asking:
        def next(self) -> bytes:
            return request("/", "school.example", b"{}")

        def accept(self, body: bytes) -> None:
            raise AssertionError(f"a refused request has no answer to look at: {body!r}")

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1") as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BadAnswer, match="503"):
            await put_load("127.0.0.1", port, [Asking()], 0.1, Meter(), warm_up=0.0)


@pytest.mark.slow
def test_many_schools_are_made_migrated_and_weighed() -> None:
    result = CliRunner().invoke(bench, ["host", "--schools", "3", "--measured", "1", "--no-graphql", "--json"])
    assert 0 == result.exit_code, result.output
    hosting = msgspec.json.decode(result.stdout, type=Hosting)
    assert 2 == hosting.provisioning.schools
    assert [1, 3] == [each.schools for each in hosting.migrating]
    assert hosting.memory.variants >= 4
    for line in ("2 new schools", "at 1 school(s)", "at 3 school(s)"):
        assert line in hosting_text(hosting)


def test_schemas_are_shared_and_made_as_far_as_they_are_asked() -> None:
    """Memory is no matter of how fast the machine is: a schema of its own would hold fourteen MiB."""
    printed = CliRunner().invoke(bench, ["schema", "--times", "1", "--no-http", "--json"])
    assert 0 == printed.exit_code, printed.output
    found = msgspec.json.decode(printed.stdout)
    assert found["own_fields"] is None
    (cost,) = msgspec.convert(found["sizes"], type=list[SchemaCost])
    assert cost.types > 500
    assert max(cost.start_kib, cost.variant_kib, cost.own_field_kib) < 2048 < cost.baseline_kib
    assert f"{cost.types} types" in text_of_schemas([cost])


@pytest.mark.slow
def test_the_next_request_asks_for_a_new_own_field_over_http() -> None:
    with throwaway() as access:
        found = asyncio.run(measure_own_fields(access.apply(Settings(warm_seconds=0)), 2))
    assert 2 == found.fields
    assert 0 < found.next_ms <= found.longest_ms
    assert "own field seen by each next request" in text_of_own_fields(found)
    missed = text_of_own_fields(msgspec.structs.replace(found, longest_ms=101.0))
    assert "MISSED own field seen by each next request: 101 ms, goal at most 100" in missed


@pytest.mark.slow
def test_the_talent_bank_is_measured_as_two_roles_and_its_list_as_one_that_exports() -> None:
    with throwaway() as access:
        settings = access.apply(Settings(warm_seconds=0))
        found = asyncio.run(measure_talents(settings, 100, 1, lambda _what: None))
    assert {"talent_coordinator": 4, "teacher": 4, "principal": 1} == Counter(each.role for each in found)
    assert all(0 < each.p50_ms <= each.p95_ms and each.by_hand_ms > 0 for each in found)


def test_a_question_that_takes_too_long_is_named() -> None:
    text = text_of_talents([TalentFigures("match", "teacher", 20.0, 51.0, 10.0)], 7)
    assert "MISSED match, teacher: 51 ms, goal at most 50" in text
    assert "2.00" in text


@pytest.mark.slow
def test_pages_are_measured_beside_their_documents_over_graphql() -> None:
    with throwaway() as access:
        settings = msgspec.structs.replace(access.apply(Settings()), workers=1, log_level="warning")
        figures = asyncio.run(measure_console(settings, 1, 1, browser=False, progress=lambda _: None))
    assert list(KINDS) == list(figures.pages)
    assert all(page.bytes > 1000 for page in figures.pages.values())
    assert all(page.documents and page.graphql_cpu_ms >= 0 for page in figures.pages.values())
    said = text_of_console(figures)
    assert "LEFT OUT: cold and warm loads" in said
    assert ["CPU of the server, ms", "bytes of the page itself"] == [each.what for each in console_goals(figures)]


def test_the_worst_page_is_held_to_each_goal_of_the_console() -> None:
    browsed = Browsed(50_000, 4, 9_000, 1, 1500.0, 0, 0)
    good = PageFigures(1, 9_000, 5.0, 2.0, 2.5, browsed)
    heavy = msgspec.structs.replace(good, browsed=msgspec.structs.replace(browsed, cold_requests=6, violations=1))
    figures = ConsoleFigures({"list": good, "form": heavy}, 136, "")
    missed = {each.what: each.page for each in console_goals(figures) if not each.met}
    assert {"cold requests": "form", "violations of WCAG 2.2 AA": "form"} == missed
    assert text_of_console(figures).count("MISSED") == 2
