"""``homeroom bench talent``: the talent bank of a school after five years, with another school's beside it.

Each question is asked over HTTP as the coordinator and as a teacher, who sees less by more conditions. Each time the
statement that an author would write by hand is run as well, of one school and without any right. The ratio compares
the two; the milliseconds are those of a machine that may be busy.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import httpx
import msgspec

from homeroom.boot import build_host, migrate_database
from homeroom_bench.population import settle
from homeroom_bench.servers import Kind, serving
from homeroom_bench.talent_data import fill_talents

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.settings import Settings

__all__ = ["GOAL_MS", "GOAL_XLSX_S", "TalentFigures", "measure_talents", "text_of_talents"]

#: Milliseconds within which 95 of 100 questions are answered.
GOAL_MS: Final = 50.0
#: Seconds within which the list of all items is there.
GOAL_XLSX_S: Final = 3.0
_LIST: Final = "all items as XLSX"
#: Who may take whole lists out.
_EXPORTS: Final = "principal"
_Way = Callable[[], Awaitable[Any]]

#: Question to the document, and to the statement by hand: ``$1`` is the school, ``$2`` a grade level.
_QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "search": (
        """{ talentItems(first: 50, filter: {search: {matches: "音樂節 小提琴"}}) { totalCount nodes {
          id title award state student { fullName } schoolClass { name } category { title } } } }""",
        """SELECT i.id, i.title, i.award, i.state, s.full_name, c.name, v.title, count(*) OVER () FROM talent_item i
           JOIN student s ON (s.tenant_id, s.id) = (i.tenant_id, i.student_id)
           JOIN code_value v ON (v.tenant_id, v.id) = (i.tenant_id, i.category_id)
           LEFT JOIN school_class c ON (c.tenant_id, c.id) = (i.tenant_id, i.school_class_id)
           WHERE i.tenant_id = $1 AND i.words LIKE '%音乐节%' AND i.words LIKE '%小提琴%' AND $2::uuid IS NOT NULL
           ORDER BY i.section, i.id LIMIT 50""",
    ),
    "match": (
        """query($level: ID) {
          matchTalents(category: "violin", gradeLevel: $level, leastGrade: 5, freeOn: "2027-03-01") {
          student name schoolClass title grade award } }""",
        """SELECT DISTINCT ON (s.id) s.id, s.full_name, c.name, i.title, i.grade, i.award FROM talent_item i
           JOIN student s ON (s.tenant_id, s.id) = (i.tenant_id, i.student_id)
           JOIN class_enrolment e ON (e.tenant_id, e.student_id) = (s.tenant_id, s.id) AND e.starts_on <= current_date
               AND (e.ends_on IS NULL OR e.ends_on >= current_date)
           JOIN school_class c ON (c.tenant_id, c.id) = (e.tenant_id, e.school_class_id) AND c.grade_level_id = $2
           JOIN code_value v ON (v.tenant_id, v.id) = (i.tenant_id, i.category_id) AND v.code = 'violin'
           WHERE i.tenant_id = $1 AND i.grade >= 5 AND i.state IN ('verified', 'published')
               AND NOT EXISTS (SELECT FROM talent_engagement g WHERE (g.tenant_id, g.student_id) = (s.tenant_id, s.id)
                   AND date '2027-03-01' BETWEEN g.starts_on AND g.ends_on)
           ORDER BY s.id, i.grade DESC, i.happened_on DESC""",
    ),
    "by year and level": (
        """{ talentItemsAggregate(groupBy: [{field: SCHOOL_YEAR}, {field: LEVEL}]) {
          groups { key { schoolYear { name } level } count sum { hours } } } }""",
        """SELECT y.name, i.level, count(*), sum(i.hours) FROM talent_item i
           LEFT JOIN school_class c ON (c.tenant_id, c.id) = (i.tenant_id, i.school_class_id)
           LEFT JOIN school_year y ON (y.tenant_id, y.id) = (c.tenant_id, c.school_year_id)
           WHERE i.tenant_id = $1 AND $2::uuid IS NOT NULL GROUP BY 1, 2""",
    ),
    "by class": (
        """{ talentItemsAggregate(groupBy: [{field: SCHOOL_CLASS}]) {
          groups { key { schoolClass { name } } count sum { hours } } } }""",
        """SELECT c.name, c.id, count(*), sum(i.hours) FROM talent_item i
           LEFT JOIN school_class c ON (c.tenant_id, c.id) = (i.tenant_id, i.school_class_id)
           WHERE i.tenant_id = $1 AND $2::uuid IS NOT NULL GROUP BY 1, 2""",
    ),
}
_ALL: Final = "SELECT * FROM talent_item WHERE tenant_id = $1 AND $2::uuid IS NOT NULL"


class TalentFigures(msgspec.Struct, frozen=True):
    """One question, as one role.

    Args:
        question: Which.
        role: Who asks.
        p50_ms: The median of its answers, milliseconds of the wall clock as the client sees them.
        p95_ms: What 95 of 100 answers took at most.
        by_hand_ms: The median of the statement by hand.
    """

    question: str
    role: str
    p50_ms: float
    p95_ms: float
    by_hand_ms: float

    @property
    def ratio(self) -> float:
        """How many times the statement by hand it takes."""
        return self.p50_ms / self.by_hand_ms

    @property
    def goal_ms(self) -> float:
        """What it should take at most."""
        return GOAL_XLSX_S * 1000 if self.question == _LIST else GOAL_MS


async def measure_talents(
    settings: Settings, items: int, rounds: int, progress: Callable[[str], None]
) -> list[TalentFigures]:
    """Measure on a new database, with one process that serves.

    Args:
        settings: Of an empty database, with both of its URLs.
        items: Of each of the two schools.
        rounds: How often each question is asked.
        progress: Is called with what is being done.
    """
    await migrate_database(settings)
    owner = await asyncpg.connect(settings.owner_database_url)
    try:
        await owner.execute("SET homeroom.maintenance = 'on'")
        school, tokens = await _schools(settings, owner, items, progress)
        level = await owner.fetchval(
            "SELECT id FROM grade_level WHERE tenant_id = $1 ORDER BY number DESC LIMIT 1", school
        )
        chosen = msgspec.structs.replace(settings, workers=1, log_level="error")
        found = []
        with serving(chosen, [Kind.OURS]) as servers:
            url = f"http://{settings.host}:{servers[Kind.OURS].port}"
            for role, token in tokens.items():
                headers = {"Authorization": f"Bearer {token}"}
                async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
                    for question in (_LIST,) if role == _EXPORTS else _QUESTIONS:
                        progress(f"{question}, {role}")
                        ask, by_hand = _ways(client, owner, question, school, level)
                        times = max(2, rounds // 20) if question == _LIST else rounds
                        found.append(await _measured(question, role, times, ask, by_hand))
        return found
    finally:
        await owner.close()


def _ways(client: httpx.AsyncClient, owner: Any, question: str, school: UUID, level: UUID) -> tuple[_Way, _Way]:
    """How a question is asked over HTTP, and how by hand."""
    if question == _LIST:
        return lambda: client.get("/lists/talentItems.xlsx"), lambda: owner.fetch(_ALL, school, level)
    document, by_hand = _QUESTIONS[question]
    body = {"query": document, "variables": {"level": f"GradeLevel_{level}"}}
    return lambda: client.post("/graphql", json=body), lambda: owner.fetch(by_hand, school, level)


async def _measured(question: str, role: str, rounds: int, ask: _Way, by_hand: _Way) -> TalentFigures:
    ours, bare = [], []
    for number in range(rounds + 3):
        began = time.perf_counter()
        answer = await ask()
        between = time.perf_counter()
        await by_hand()
        ended = time.perf_counter()
        if answer.status_code != 200 or answer.content.startswith(b'{"errors"') or b'"errors":[{' in answer.content:
            raise AssertionError(f"{question}, {role}: {answer.status_code} {answer.text[:400]}")
        if number >= min(3, rounds):  # what is done once for a document that is new
            ours.append((between - began) * 1000)
            bare.append((ended - between) * 1000)
    ours.sort()
    return TalentFigures(
        question, role, statistics.median(ours), ours[max(0, -(-len(ours) * 95 // 100) - 1)], statistics.median(bare)
    )


async def _schools(
    settings: Settings, owner: Any, items: int, progress: Callable[[str], None]
) -> tuple[UUID, dict[str, str]]:
    """Two schools that are full, and a token of each role in the first one."""
    host = build_host(settings)
    await host.open()
    try:
        spaces = [
            await host.directory.create_space(slug=slug, name=slug, region="hk", plugins=("school", "talent"))
            for slug in ("talents", "beside")
        ]
        progress(f"two schools with {items} items each")
        teachers = [await fill_talents(owner, each.id, items) for each in spaces]
        await settle(owner)
        tokens = {}
        for role in ("talent_coordinator", "teacher", _EXPORTS):
            account = await host.directory.create_account(login=role, name=role)
            await host.directory.add_member(spaces[0].id, account, roles=[role], person=teachers[0])
            tokens[role] = await host.directory.issue_token(account, spaces[0].id, title="bench")
        return spaces[0].id, tokens
    finally:
        await host.close()


def text_of_talents(found: list[TalentFigures], items: int) -> str:
    """The figures, and which goals are met."""
    lines = [
        f"The talent bank over HTTP, {items} items in each of two schools",
        f"{'':39} {'p50 ms':>9} {'p95 ms':>9} {'by hand':>9} {'ratio':>7}",
    ]
    lines += [
        f"  {each.question:<18} {each.role:<18} {each.p50_ms:9.1f} {each.p95_ms:9.1f} {each.by_hand_ms:9.1f}"
        f" {each.ratio:7.2f}"
        for each in found
    ]
    lines.append("")
    for each in found:
        met = "met   " if each.p95_ms <= each.goal_ms else "MISSED"
        lines.append(f"{met} {each.question}, {each.role}: {each.p95_ms:.0f} ms, goal at most {each.goal_ms:.0f}")
    return "\n".join(lines)
