"""The talent bank: nominated by one, verified by another, published while the family consents."""

from __future__ import annotations

import ast
import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pypdf import PdfReader

import homeroom_talent
from homeroom.context import Context
from homeroom.database.ids import new_id
from homeroom.database.migrations import Schema
from homeroom.errors import MOST_PROBLEMS
from homeroom.findings import _insert
from homeroom.host import Host
from homeroom.jobs import job
from homeroom.privacy.consent_tables import ConsentReply
from homeroom.settings import Settings
from homeroom_school.commands.status import apply_for_status_change
from homeroom_talent import nouns
from homeroom_talent.jobs import find_talents
from homeroom_talent.migrations.m0010_unique_sources import forwards
from homeroom_talent.tables import TalentLevel, TalentSection

pytestmark = pytest.mark.asyncio(loop_scope="session")

FACTS = {
    "section": "COMPETITION", "category": "violin", "title": "香港學校音樂節小提琴獨奏",
    "titles": {"en": "Schools Music Festival, violin solo"}, "happenedOn": "2026-10-12", "level": "TERRITORY",
    "organiser": "Hội đồng âm nhạc",
}  # fmt: skip
NOMINATE = """
mutation($input: CreateTalentItemInput!) { createTalentItem(input: $input) {
  talentItem { id state version schoolClass { name } evidence { nodes { id } } approvals { nodes { id seen } } }
  errors { code field message } } }"""
DECIDE = """
mutation($rows: [ApprovalDecisionRowInput!]!) { decideApprovals(input: {rows: $rows}) {
  approvals { state } errors { code field row } } }"""
ITEM = "query($id: ID!) { talentItem(id: $id) { id state title } }"
FOUND = "query($words: String!) { talentItems(filter: {search: {matches: $words}}) { nodes { id } } }"
MATCH = """
query($day: Date, $grade: Int) { matchTalents(category: "violin", leastGrade: $grade, freeOn: $day) {
  student name schoolClass title grade } }"""
ENGAGE = """
mutation($student: ID!, $day: Date!) { createTalentEngagement(input: {student: $student, title: "Camp", startsOn: $day,
  endsOn: $day}) { errors { code } } }"""
CHANGE = """
mutation($id: ID!) { changeTalentItem(input: {talentItem: $id, level: INTERNATIONAL}) { errors { code field } } }"""
TEAM = """
mutation($rows: [TalentTeamMemberInput!]!) { nominateTalentTeam(input: {section: COMPETITION, category: "chess",
  title: "Chess league", happenedOn: "2026-10-20", level: DISTRICT, rows: $rows}) {
  talentItems { id award approvals { nodes { id } } } errors { code field row } } }"""
COUNTED = """
{ talentItemsAggregate(filter: {title: {eq: "Chess league"}}, groupBy: [{field: %s}]) {
  groups { key { %s } count sum { hours } } } }"""


async def test_an_achievement_is_published_with_the_consent_of_the_family(school: Any) -> None:
    child = school.children[0]
    made = (await school.teacher.gql(NOMINATE, input={**FACTS, "student": f"Student_{child}", "grade": 6}))[
        "createTalentItem"
    ]
    assert [] == made["errors"]
    item = made["talentItem"]
    assert ("NOMINATED", "5A") == (item["state"], item["schoolClass"]["name"])
    (request,) = item["approvals"]["nodes"]
    row = {"approval": request["id"], "seen": request["seen"], "outcome": "APPROVE"}
    own = (await school.teacher.gql(DECIDE, rows=[row]))["decideApprovals"]
    assert ["NOT_FOUND"] == [each["code"] for each in own["errors"]]
    assert [] == (await school.coordinator.gql(DECIDE, rows=[row]))["decideApprovals"]["errors"]
    assert "VERIFIED" == (await school.coordinator.gql(ITEM, id=item["id"]))["talentItem"]["state"]
    assert None is (await school.mother.gql(ITEM, id=item["id"]))["talentItem"]
    await school.consent(child, ConsentReply.GIVEN)
    assert "PUBLISHED" == (await school.mother.gql(ITEM, id=item["id"]))["talentItem"]["state"]
    for who, code in ((school.teacher, "NOT_FOUND"), (school.coordinator, "NOT_IN_STATE")):
        changed = (await who.gql(CHANGE, id=item["id"]))["changeTalentItem"]
        assert [code] == [each["code"] for each in changed["errors"]]
    for words in ("小提琴", "音乐节", "music festival", "hoi dong"):
        nodes = (await school.teacher.gql(FOUND, words=words))["talentItems"]["nodes"]
        assert item["id"] in [each["id"] for each in nodes], words
    paper = await school.mother.http.get(
        "/documents/talent.profile", params={"student": f"Student_{child}", "language": "vi"}
    )
    assert "Kết quả thi đấu" in PdfReader(BytesIO(paper.content)).pages[0].extract_text()
    found = (await school.coordinator.gql(MATCH, day="2026-12-01", grade=5))["matchTalents"]
    assert [(f"Student_{child}", "5A", 6)] == [(e["student"], e["schoolClass"], e["grade"]) for e in found]
    assert [] == (await school.coordinator.gql(MATCH, grade=7))["matchTalents"]
    await school.coordinator.gql(ENGAGE, student=f"Student_{child}", day="2026-12-01")
    assert [] == (await school.coordinator.gql(MATCH, day="2026-12-01", grade=5))["matchTalents"]
    await school.consent(child, ConsentReply.REFUSED)
    assert None is (await school.mother.gql(ITEM, id=item["id"]))["talentItem"]


async def test_a_team_is_nominated_in_one_call(school: Any, beside: Any) -> None:
    rows = [
        {"student": f"Student_{each}", "award": award, "hours": "2.5"}
        for each, award in zip(school.children, ("A", "B", "C"), strict=True)
    ]
    made = (await school.teacher.gql(TEAM, rows=rows))["nominateTalentTeam"]
    assert [] == made["errors"]
    assert ["A", "B", "C"] == [each["award"] for each in made["talentItems"]]
    assert all(each["approvals"]["nodes"] for each in made["talentItems"])
    wrong = (await school.teacher.gql(TEAM, rows=[{"student": f"Student_{UUID(int=7)}"}]))["nominateTalentTeam"]
    assert [("NOT_FOUND", "rows.student", 0)] == [(e["code"], e["field"], e["row"]) for e in wrong["errors"]]
    for field, key, value in (
        ("LEVEL", "level", "DISTRICT"),
        ("SCHOOL_CLASS", "schoolClass { name }", {"name": "5A"}),
        ("SCHOOL_YEAR", "schoolYear { status }", {"status": "CURRENT"}),
        ("CATEGORY", "category { code }", {"code": "chess"}),
    ):
        document = COUNTED % (field, key)
        (group,) = (await school.coordinator.gql(document))["talentItemsAggregate"]["groups"]
        assert (3, "7.50") == (group["count"], group["sum"]["hours"]), field
        assert [value] == list(group["key"].values())
        assert [] == (await beside.coordinator.gql(document))["talentItemsAggregate"]["groups"]


async def test_other_plugins_find_talents_and_bar_students(school: Any) -> None:
    """A finder of the gradebook and a bar of the registry: ``finders`` and ``bars``."""
    child = school.children[2]
    day = school.host.clock().date()
    async with school.host.database.transaction(school.space.id) as transaction:
        year = await transaction.fetchval("SELECT id FROM school_year WHERE status = 'current'")
        school_class = await transaction.fetchval("SELECT id FROM school_class WHERE school_year_id = $1", year)
        await transaction.execute(
            "INSERT INTO student_result (id, school_class_id, student_id, span, title, title_label)"
            " VALUES ($1, $2, $3, 'year', 'excellent', 'Excellent student')",
            new_id(), school_class, child,
        )  # fmt: skip

    async def find() -> int:
        async with school.context() as context:
            found: int = await context.run_job(find_talents, {})
            return found

    assert [0, 1] == sorted(await asyncio.gather(find(), find()))
    assert 0 == await find()
    academic = "{ talentItems(filter: {section: {eq: ACADEMIC}}) { nodes { title state } } }"
    items = await school.coordinator.gql(academic)
    ((title, state),) = [(each["title"], each["state"]) for each in items["talentItems"]["nodes"]]
    assert ("NOMINATED", True) == (state, title.startswith("Excellent student"))

    given = {**FACTS, "student": f"Student_{child}", "grade": 8}
    made = (await school.teacher.gql(NOMINATE, input=given))["createTalentItem"]["talentItem"]
    (request,) = made["approvals"]["nodes"]
    row = {"approval": request["id"], "seen": request["seen"], "outcome": "APPROVE"}
    assert [] == (await school.coordinator.gql(DECIDE, rows=[row]))["decideApprovals"]["errors"]
    assert f"Student_{child}" in [e["student"] for e in (await school.coordinator.gql(MATCH, grade=8))["matchTalents"]]
    change = await school.run(apply_for_status_change, student=child, change_type="suspend", effective_on=day)
    # The suspension acts while it waits; a refusal takes that back.
    assert [] == (await school.coordinator.gql(MATCH, grade=8))["matchTalents"]
    approval, seen = await school.request_about(change)
    refuse = {"approval": approval, "seen": seen, "outcome": "REFUSE", "note": "Not ill any more."}
    head, _ = await school.staff("principal")
    assert [] == (await head.gql(DECIDE, rows=[refuse]))["decideApprovals"]["errors"]
    assert f"Student_{child}" in [e["student"] for e in (await school.coordinator.gql(MATCH, grade=8))["matchTalents"]]


async def test_findings_that_are_wrong_are_left_out_however_many_they_are(school: Any) -> None:
    given = {
        "student": school.children[1], "section": TalentSection.OTHER, "category": "other", "level": TalentLevel.SCHOOL,
        "happened_on": school.host.clock().date(),
    }  # fmt: skip
    found = {f"test.found:{n}": {**given, "title": " " if n else "Of a finder"} for n in range(MOST_PROBLEMS + 2)}

    @job(find_talents.name, cron="30 4 1 * *")
    async def find(context: Context) -> UUID:
        """Find them."""
        (made,) = await _insert(context, nouns.ITEM.noun, found)
        return made

    async with school.context() as context:
        made = await context.run_job(find, {})
        assert "test.found:0" == await context.fetchval("SELECT source FROM talent_item WHERE id = $1", made)


async def test_what_other_plugins_add_is_found_by_hooks(host: Host) -> None:
    assert ["talent_bank"] == [each.purpose.code for each in host.hooks.collect("consent_gates")]
    assert ["gradebook.title"] == [each.name for each in host.hooks.collect("finders")]
    assert {"school.status", "talent_engagement.busy"} <= {each.name for each in host.hooks.collect("bars")}


async def test_sources_of_an_existing_database_become_unique(school: Any, database_settings: Settings) -> None:
    """The first of several items with one source keeps it; items of people have none."""
    connection = await asyncpg.connect(database_settings.owner_database_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL search_path = public")
        await connection.execute(
            "ALTER TABLE talent_item DROP CONSTRAINT talent_item_source_uq;"
            "UPDATE talent_item SET source = '' WHERE source IS NULL;"
            "ALTER TABLE talent_item ALTER COLUMN source SET DEFAULT '', ALTER COLUMN source SET NOT NULL;"
            "CREATE INDEX talent_item_source_ix ON talent_item (tenant_id, source)"
        )
        category = await connection.fetchrow(
            "SELECT tenant_id, id FROM code_value WHERE code = 'chess' AND tenant_id = $1", school.space.id
        )
        made = sorted(new_id() for _ in range(3))
        await connection.executemany(
            "INSERT INTO talent_item"
            " (tenant_id, id, student_id, section, category_id, title, happened_on, level, source)"
            " VALUES ($1, $2, $3, 'other', $4, 'x', '2026-01-01', 'school', $5)",
            [
                (school.space.id, each, school.children[0], category["id"], source)
                for each, source in zip(made, ("a:1", "a:1", ""), strict=True)
            ],
        )
        await forwards(Schema(connection, "nobody"))
        kept = await connection.fetch("SELECT id, source FROM talent_item WHERE id = ANY($1) ORDER BY id", made)
        assert ["a:1", None, None] == [each["source"] for each in kept]
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("UPDATE talent_item SET source = 'a:1' WHERE id = $1", made[2])
    finally:
        await transaction.rollback()
        await connection.close()


async def test_the_plugin_stays_small() -> None:
    """It is the proof of the kit: what is generic belongs there."""
    folder = Path(homeroom_talent.__file__).parent
    lines = {
        each: len(each.read_text(encoding="utf-8").splitlines())
        for each in folder.rglob("*.py")
        if "migrations" not in each.parts
    }
    looks = lines.pop(folder / "pages.py")  # how the console shows it is no part of what it does
    assert 25 >= looks
    assert 550 >= sum(lines.values())
    (flow,) = (
        each
        for each in ast.parse((folder / "nouns.py").read_text(encoding="utf-8")).body
        if isinstance(each, ast.AnnAssign) and "NOMINATION" == getattr(each.target, "id", "")
    )
    assert flow.end_lineno is not None
    assert 25 >= flow.end_lineno - flow.lineno + 1
