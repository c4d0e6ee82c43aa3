"""Students who go from one school to another: the word of both, the walls between them, and nothing lost or doubled."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from PIL import Image

from homeroom.code_tables import titles
from homeroom.database.ids import new_id
from homeroom.errors import ConfigurationError, Forbidden, Refusal
from homeroom.files.addresses import find_file
from homeroom.messages import spelt
from homeroom.names import Script
from homeroom.uploads import FileMade
from homeroom_photos.commands import set_photo
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.guardianship import start_guardianship
from homeroom_school.commands.identity import record_identifier, record_name
from homeroom_school.commands.people import NameInput, create_guardian, create_student
from homeroom_school.commands.status import (
    annul_status_change,
    apply_for_status_change,
    change_status_change,
)
from homeroom_school.settings import REGISTRY_SETTINGS
from homeroom_school.tables import Relation, Sex, TransferConsentRule
from homeroom_transfers.background import collect_everywhere
from homeroom_transfers.commands import (
    ConsentRow,
    accept_transfer,
    collect_transfers,
    offer_transfer,
    refuse_transfer,
    withdraw_transfer,
)
from homeroom_transfers.parcel import MOST_BYTES, Parcel, ParcelFile, seal_of
from homeroom_transfers.plugin import TransfersPlugin
from homeroom_transfers.tables import TransferPart

FIRST = date(2025, 9, 5)
LEAVES = date(2025, 11, 3)


def picture() -> FileMade:
    """A picture that somebody sends."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 20, 20)).save(out, "JPEG")
    return FileMade("me.jpg", "image/jpeg", out.getvalue())


@dataclass
class Two:
    """Two schools: a student with mother, number and picture at the first, and a class at both."""

    giving: Any
    receiving: Any
    student: UUID
    mother: UUID
    rooms: dict[str, UUID]

    async def offer(self, **arguments: Any) -> UUID:
        """Offer the student, by default with the mother's consent."""
        given = {
            "student": self.student,
            "receiving_school": self.receiving.space.slug,
            "effective_on": LEAVES,
            "reason": "Moves to another town",
            "consents": [ConsentRow(guardian=self.mother, note="Form 7")],
            **arguments,
        }
        made: UUID = await self.giving.run(offer_transfer, **given)
        return made

    async def arrive(self) -> UUID:
        """Let the receiving school collect the one offer."""
        (found,) = await self.receiving.run(collect_transfers)
        return UUID(str(found))


async def _room(school: Any) -> UUID:
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    made: UUID = await school.run(create_school_class, school_year=year, name="6A", grade_level=level)
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def two(school: Any, make_school: Any) -> Two:
    """Two schools."""
    other = await make_school()
    rooms = {"giving": await _room(school), "receiving": await _room(other)}
    student = await school.run(
        create_student,
        name=NameInput("An", "Lê", "Minh"),
        code="S1",
        sex=Sex.FEMALE,
        birth_date=date(2014, 5, 1),
        birth_place="Huế",
        phone="0901",
    )
    await school.run(enrol_students, school_class=rooms["giving"], rows=[EnrolmentRow(student)], starts_on=FIRST)
    await school.run(record_name, student=student, name=NameInput("An", "Le", script=Script.LATIN))
    await school.run(record_identifier, student=student, kind="any.passport", value="C1234567")
    await school.run(set_photo, student=student, photo=picture(), taken_on=FIRST)
    mother = await school.run(create_guardian, name=NameInput("Hoa", "Trần"), phone="0902", email="hoa@example.org")
    await school.run(start_guardianship, student=student, guardian=mother, relation=Relation.MOTHER, starts_on=FIRST)
    return Two(school, other, student, mother, rooms)


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused."""
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


async def states(school: Any) -> list[tuple[str, str]]:
    """Direction and state of a school's transfers."""
    rows = await school.sql("SELECT direction, state FROM student_transfer ORDER BY proposed_on, id")
    return [(each["direction"], each["state"]) for each in rows]


@pytest_asyncio.fixture(loop_scope="session")
async def owner(database_settings: Any) -> Any:
    """Somebody who sees the tables outside the spaces."""
    connection = await asyncpg.connect(database_settings.owner_database_url)
    yield connection
    await connection.close()


async def parcels(owner: Any, *schools: Any) -> list[tuple[str, bool, int]]:
    """State of the parcels between schools, whether they hold something, and how many files."""
    rows = await owner.fetch(
        "SELECT p.state, p.content IS NOT NULL AS full, (SELECT count(*) FROM homeroom.school_parcel_file f"
        " WHERE f.parcel_id = p.id) AS files FROM homeroom.school_parcel p WHERE p.giver_id = ANY($1::uuid[])",
        [each.space.id for each in schools],
    )
    return [(row["state"], row["full"], row["files"]) for row in rows]


async def test_a_student_moves_with_the_word_of_both(two: Two, owner: Any) -> None:
    await two.offer()
    assert [("offered", True, 2)] == await parcels(owner, two.giving)
    transfer = await two.arrive()
    (reported,) = await two.receiving.sql("SELECT * FROM student_transfer")
    assert ("Lê Minh An", "6A", "Moves to another town", two.giving.space.name, LEAVES, None) == tuple(
        reported[each]
        for each in ("student_name", "class_name", "reason", "other_school", "effective_on", "student_id")
    )
    assert 0 == await two.receiving.one("SELECT count(*) FROM student")
    await two.receiving.run(
        accept_transfer, transfer=transfer, code="N7", school_class=two.rooms["receiving"], note="Welcome"
    )
    (student,) = await two.receiving.sql("SELECT * FROM student")
    assert ("Lê Minh An", "N7", "female", date(2014, 5, 1), "Huế", "0901") == tuple(
        student[each] for each in ("full_name", "code", "sex", "birth_date", "birth_place", "phone")
    )
    assert student["id"] != two.student
    assert "C1234567" == await two.receiving.one("SELECT value FROM person_identifier WHERE student_id IS NOT NULL")
    assert "Le" == await two.receiving.one("SELECT family_name FROM person_name")
    assert {"full_name": "Trần Hoa", "phone": "0902", "relation": "mother", "starts_on": LEAVES} == (
        await two.receiving.sql(
            "SELECT g.full_name, g.phone, s.relation, s.starts_on FROM guardianship s JOIN guardian g"
            " ON g.id = s.guardian_id"
        )
    )[0]
    assert [{"starts_on": LEAVES, "ends_on": None}] == await two.receiving.sql(
        "SELECT starts_on, ends_on FROM class_enrolment"
    )
    assert FIRST == await two.receiving.one("SELECT taken_on FROM person_photo")
    assert "transfer_in" == await two.receiving.one(
        "SELECT v.code FROM student_status_change c JOIN code_value v ON v.id = c.change_type_id"
    )
    # The other half waits until the first school learns of it.
    assert [("accepted", False, 0)] == await parcels(owner, two.giving)
    assert [("out", "offered")] == await states(two.giving)
    await two.giving.run(collect_transfers)
    assert [] == await parcels(owner, two.giving)
    assert [("out", "accepted")] == await states(two.giving)
    assert [{"status": "transferred_out", "starts_on": LEAVES}] == await two.giving.sql(
        "SELECT status, starts_on FROM student_status"
    )
    assert date(2025, 11, 2) == await two.giving.one("SELECT ends_on FROM class_enrolment")
    assert "Welcome" == await two.giving.one("SELECT answer FROM student_transfer")
    assert 1 == await two.giving.one("SELECT count(DISTINCT seal) FROM student_transfer")
    seals = {await each.one("SELECT seal FROM student_transfer") for each in (two.giving, two.receiving)}
    assert 1 == len(seals)


async def test_both_audits_tell_it(two: Two) -> None:
    await two.offer()
    await two.receiving.run(accept_transfer, transfer=await two.arrive())
    await two.giving.run(collect_transfers)
    for school, command in ((two.giving, "transfers.transfer.offer"), (two.receiving, "transfers.transfer.accept")):
        assert 1 == await school.one("SELECT count(*) FROM audit_entry WHERE command = $1", command)
    assert "Moves to another town" == await two.giving.one(
        "SELECT reason FROM audit_entry WHERE command = 'transfers.transfer.offer'"
    )
    assert 1 == await two.giving.one("SELECT count(*) FROM audit_entry WHERE command = 'transfers.transfer.collect'")


async def test_a_refused_student_stays_and_nothing_of_the_offer_is_kept(two: Two, owner: Any) -> None:
    await two.offer()
    transfer = await two.arrive()
    await two.receiving.run(refuse_transfer, transfer=transfer, reason="No place")
    assert [("refused", False, 0)] == await parcels(owner, two.giving)
    assert {"student_name": None, "birth_date": None, "sex": None, "class_name": None} == (
        await two.receiving.sql("SELECT student_name, birth_date, sex, class_name FROM student_transfer")
    )[0]
    await two.giving.run(collect_transfers)
    assert [] == await parcels(owner, two.giving)
    assert [("out", "refused")] == await states(two.giving)
    assert [{"state": "refused", "decision_note": "No place"}] == await two.giving.sql(
        "SELECT state, decision_note FROM student_status_change"
    )
    assert 0 == await two.giving.one("SELECT count(*) FROM student_status")
    # And may be offered again.
    await two.offer()


async def test_an_offer_is_withdrawn_before_and_after_it_was_seen(two: Two, owner: Any) -> None:
    transfer = await two.offer()
    await two.giving.run(withdraw_transfer, transfer=transfer, note="Stays")
    assert [] == await two.receiving.run(collect_transfers)
    assert [] == await parcels(owner, two.giving)
    transfer = await two.offer()
    arrived = await two.arrive()
    await two.giving.run(withdraw_transfer, transfer=transfer, note="Stays after all")
    assert [("NOT_IN_STATE", "transfer", None)] == await refused(two.receiving, accept_transfer, transfer=arrived)
    await two.receiving.run(collect_transfers)
    assert [{"state": "withdrawn", "student_name": None, "answer": "Stays after all"}] == await two.receiving.sql(
        "SELECT state, student_name, answer FROM student_transfer"
    )
    assert [] == await parcels(owner, two.giving)
    assert {"withdrawn"} == {each["state"] for each in await two.giving.sql("SELECT state FROM student_status_change")}


async def test_an_offer_ends_with_its_last_day(two: Two, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await two.offer(expires_on=date(2025, 10, 20))
    transfer = await two.arrive()
    monkeypatch.setattr(two.giving.host, "clock", lambda: datetime(2025, 10, 21, 3, tzinfo=UTC))
    assert [("NOT_IN_STATE", "transfer", None)] == await refused(two.receiving, accept_transfer, transfer=transfer)
    await collect_everywhere(two.giving.host)
    assert [("out", "expired")] == await states(two.giving)
    assert [("in", "expired")] == await states(two.receiving)
    assert "withdrawn" == await two.giving.one("SELECT state FROM student_status_change")
    assert [] == await parcels(owner, two.giving)


async def test_the_rounds_bring_offers_and_answers_to_both(two: Two) -> None:
    host = two.giving.host
    await collect_everywhere(host)
    await two.offer()
    assert 1 <= await collect_everywhere(host)
    (transfer,) = await two.receiving.sql("SELECT id FROM student_transfer")
    assert 0 == await collect_everywhere(host)
    await two.receiving.run(accept_transfer, transfer=transfer["id"])
    assert 1 <= await collect_everywhere(host)
    assert [("out", "accepted")] == await states(two.giving)
    assert 0 == await collect_everywhere(host)


async def test_neither_half_is_done_twice(two: Two, owner: Any) -> None:
    await two.offer()
    found = await asyncio.gather(*(two.receiving.run(collect_transfers) for _ in range(3)))
    (transfer,) = [each for one in found for each in one]
    answers = await asyncio.gather(
        *(two.receiving.run(accept_transfer, transfer=transfer) for _ in range(3)), return_exceptions=True
    )
    assert [transfer] == [each for each in answers if isinstance(each, UUID)]
    assert 1 == await two.receiving.one("SELECT count(*) FROM student")
    await asyncio.gather(*(two.giving.run(collect_transfers) for _ in range(3)))
    assert 1 == await two.giving.one("SELECT count(*) FROM student_status")
    assert [] == await parcels(owner, two.giving)


async def test_withdrawal_and_acceptance_at_once_have_one_outcome(two: Two) -> None:
    offered = await two.offer()
    transfer = await two.arrive()
    await asyncio.gather(
        two.giving.run(withdraw_transfer, transfer=offered),
        two.receiving.run(accept_transfer, transfer=transfer),
        return_exceptions=True,
    )
    for school in (two.giving, two.receiving):
        await school.run(collect_transfers)
    ((_, out),), ((_, into),) = await states(two.giving), await states(two.receiving)
    arrived = await two.receiving.one("SELECT count(*) FROM student")
    left = await two.giving.one("SELECT count(*) FROM student_status WHERE status = 'transferred_out'")
    assert (out, into, arrived, left) in {("withdrawn", "withdrawn", 0, 0), ("accepted", "accepted", 1, 1)}


async def test_an_acceptance_that_fails_leaves_the_offer_as_it_is(two: Two, owner: Any) -> None:
    await two.receiving.run(create_student, name=NameInput("B", "B"), code="N7")
    await two.offer()
    transfer = await two.arrive()
    assert [("DUPLICATE", "code", None)] == await refused(two.receiving, accept_transfer, transfer=transfer, code="N7")
    assert [("offered", True, 2)] == await parcels(owner, two.giving)
    assert 1 == await two.receiving.one("SELECT count(*) FROM student")
    await two.receiving.run(accept_transfer, transfer=transfer, code="N8")


async def test_only_what_was_chosen_is_sent_along(two: Two) -> None:
    await two.offer(parts=[TransferPart.GUARDIANS])
    await two.receiving.run(accept_transfer, transfer=await two.arrive())
    assert ["guardians"] == await two.receiving.one("SELECT parts FROM student_transfer")
    assert None is await two.receiving.one("SELECT phone FROM student")
    assert None is await two.receiving.one("SELECT phone FROM guardian")
    for table in ("person_identifier", "person_name", "person_photo", "transfer_record"):
        assert 0 == await two.receiving.one(f"SELECT count(*) FROM {table}"), table


async def test_what_plugins_give_along_is_kept_under_its_seal(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = ParcelFile("record.pdf", "application/pdf", b"%PDF-1.4 a record")
    note = titles("Note", "備註", "备注", "Ghi chú")
    gives = [("zz.note", note, {"says": "well"}, paper), ("zz.other", note, {}, None)]
    monkeypatch.setattr(two.giving.host.registry.plugins["zz"], "gives", gives, raising=True)
    await two.offer()
    await two.receiving.run(accept_transfer, transfer=await two.arrive())
    assert ["zz.note", "zz.other"] == (await two.receiving.one("SELECT parts FROM student_transfer"))[-2:]
    document = "{ transferRecords { nodes { kind title content seal fileUrl student { fullName } } } }"
    caller = two.receiving.caller("registrar")
    note, other = (await two.receiving.ask(document, caller=caller))["data"]["transferRecords"]["nodes"]
    assert {"says": "well", "student": str(two.student)} == note["content"]
    assert seal_of(note["content"]) == note["seal"]
    assert ("Ghi chú", "Lê Minh An", None) == (note["title"], note["student"]["fullName"], other["fileUrl"])
    found = await find_file(two.receiving.host, caller, note["fileUrl"].rpartition("/")[2])
    assert ("record.pdf", "application/pdf") == (found or ())[:2]
    admin = (await two.receiving.ask(document, caller=two.receiving.caller("admin")))["data"]["transferRecords"]
    assert [(None, None)] * 2 == [(each["content"], each["fileUrl"]) for each in admin["nodes"]]


@pytest.mark.parametrize("kind", ["nodot", "zz.twice"])
def test_a_record_has_a_kind_of_its_own(kind: str) -> None:
    parcel = Parcel()
    parcel.record("zz.twice", titles("Note", "備註", "备注", "Ghi chú"), {})
    with pytest.raises(ConfigurationError):
        parcel.record(kind, titles("Note", "備註", "备注", "Ghi chú"), {})


def test_a_parcel_does_not_grow_without_end() -> None:
    parcel = Parcel()
    parcel.add_file(ParcelFile("a", "application/pdf", bytes(MOST_BYTES)))
    with pytest.raises(Refusal):
        parcel.add_file(ParcelFile("b", "application/pdf", b"1"))


async def test_consent_is_asked_for_as_the_school_has_set_it_and_is_kept(two: Two) -> None:
    needed = [("CONSENT_NEEDED", "consents", None)]
    base: dict[str, Any] = {
        "student": two.student,
        "receiving_school": two.receiving.space.slug,
        "effective_on": LEAVES,
        "reason": "x",
    }
    mother, self_ = ConsentRow(guardian=two.mother, note="Form 7"), ConsentRow(student=two.student)
    assert needed == await refused(two.giving, offer_transfer, **base)
    await two.giving.run(REGISTRY_SETTINGS.change, transfer_consent=TransferConsentRule.STUDENT)
    assert needed == await refused(two.giving, offer_transfer, consents=[mother], **base)
    await two.giving.run(REGISTRY_SETTINGS.change, transfer_consent=TransferConsentRule.GUARDIAN)
    assert needed == await refused(two.giving, offer_transfer, consents=[self_], **base)
    stranger = await two.giving.run(create_guardian, name=NameInput("X", "Y"))
    assert [
        ("NOT_FOUND", "consents.guardian", 0),
        ("INVALID", "consents.student", 1),
        ("OUT_OF_RANGE", "consents.givenOn", 2),
        ("NOT_FOUND", "consents.student", 3),
    ] == await refused(
        two.giving,
        offer_transfer,
        consents=[
            ConsentRow(guardian=stranger),
            ConsentRow(),
            ConsentRow(student=two.student, given_on=date(2025, 10, 16)),
            ConsentRow(student=new_id()),
        ],
        **base,
    )
    await two.giving.run(offer_transfer, consents=[mother, self_], **base)
    assert [two.mother, two.student] == [
        each["guardian_id"] or each["student_id"]
        for each in await two.giving.sql("SELECT * FROM transfer_consent ORDER BY guardian_id IS NULL")
    ]
    # What a school agreed with its people is its own.
    await two.arrive()
    assert 0 == await two.receiving.one("SELECT count(*) FROM transfer_consent")


async def test_a_school_may_do_without_consent(two: Two) -> None:
    await two.giving.run(REGISTRY_SETTINGS.change, transfer_consent=TransferConsentRule.NONE)
    await two.offer(consents=[])


async def test_while_an_offer_is_open_nothing_else_changes_the_status(two: Two) -> None:
    await two.offer()
    (change,) = [each["id"] for each in await two.giving.sql("SELECT id FROM student_status_change")]
    for command, field, arguments in (
        (change_status_change, "effectiveOn", {"effective_on": LEAVES}),
        (annul_status_change, "change", {"note": "x"}),
    ):
        assert [("NOT_IN_STATE", field, None)] == await refused(two.giving, command, change=change, **arguments)
    assert 0 == await two.giving.one("SELECT count(*) FROM approval_request")
    assert [("PENDING_CHANGE", "student", None)] == await refused(
        two.giving, apply_for_status_change, student=two.student, change_type="graduate"
    )
    assert [("PENDING_CHANGE", "student", None)] == await refused(
        two.giving, offer_transfer, student=two.student, receiving_school=two.receiving.space.slug,
        effective_on=LEAVES, reason="again",
    )  # fmt: skip


async def test_an_offer_that_cannot_be_is_refused_by_field(two: Two) -> None:
    base: dict[str, Any] = {
        "student": two.student,
        "effective_on": LEAVES,
        "reason": "x",
        "consents": [ConsentRow(student=two.student)],
    }
    for slug in ("nowhere", two.giving.space.slug):
        assert [("NOT_FOUND", "receivingSchool", None)] == await refused(
            two.giving, offer_transfer, receiving_school=slug, **base
        )
    base["receiving_school"] = two.receiving.space.slug
    for last in (date(2025, 10, 14), date(2026, 10, 15)):
        assert [("INVALID", "expiresOn", None)] == await refused(two.giving, offer_transfer, expires_on=last, **base)
    assert [("REQUIRED", "reason", None)] == await refused(two.giving, offer_transfer, **{**base, "reason": " "})
    with pytest.raises(Refusal):
        await two.giving.run(offer_transfer, **{**base, "student": new_id()})
    assert 0 == await two.giving.one("SELECT count(*) FROM student_status_change")


async def test_who_comes_back_is_the_same_student(two: Two) -> None:
    await two.offer()
    await two.receiving.run(accept_transfer, transfer=await two.arrive())
    await two.giving.run(collect_transfers)
    there = await two.receiving.one("SELECT id FROM student")
    back = await two.receiving.run(
        offer_transfer,
        student=there,
        receiving_school=two.giving.space.slug,
        effective_on=date(2026, 1, 5),
        reason="Comes back",
        consents=[ConsentRow(student=there)],
    )
    assert back is not None
    (transfer,) = await two.giving.run(collect_transfers)
    assert [("DUPLICATE", "student", None)] == await refused(two.giving, accept_transfer, transfer=transfer)
    await two.giving.run(accept_transfer, transfer=transfer, student=two.student, code="")
    assert 1 == await two.giving.one("SELECT count(*) FROM student")
    # The mother is known by her name and number.
    assert 1 == await two.giving.one("SELECT count(*) FROM guardian")
    assert [("transferred_out", LEAVES), ("enrolled", date(2026, 1, 5))] == [
        (each["status"], each["starts_on"])
        for each in await two.giving.sql("SELECT status, starts_on FROM student_status ORDER BY starts_on")
    ]
    assert "S1" == await two.giving.one("SELECT code FROM student")
    history = await two.giving.one(
        "SELECT content -> 'changes' -> 0 ->> 'code' FROM transfer_record WHERE kind = 'school.status_history'"
    )
    assert "transfer_in" == history


async def test_nobody_else_sees_or_answers_an_offer(two: Two, make_school: Any) -> None:
    third = await make_school()
    await two.offer()
    assert [] == await third.run(collect_transfers)
    parcel = await two.giving.one("SELECT parcel_id FROM student_transfer")
    for school in (third, two.giving):
        assert None is await school.one("SELECT homeroom.open_school_parcel($1, '2025-10-15')", parcel)
        assert [] == await school.sql("SELECT * FROM homeroom.school_parcel_files($1)", parcel)
        assert not await school.one("SELECT homeroom.answer_school_parcel($1, 'accepted', '{}', '2025-10-15')", parcel)
    assert not await third.one("SELECT homeroom.note_school_parcel($1)", parcel)
    for school in (third, two.receiving):
        assert not await school.one("SELECT homeroom.answer_school_parcel($1, 'withdrawn', '{}', '2025-10-15')", parcel)
        assert not await school.one("SELECT homeroom.add_school_parcel_file($1, 9, 'x', 'x', 'x')", parcel)
    transfer = await two.arrive()
    with pytest.raises(Refusal):
        await third.run(accept_transfer, transfer=transfer)
    with pytest.raises(Refusal):
        await two.giving.run(accept_transfer, transfer=transfer)


@pytest.mark.parametrize("table", sorted(TransfersPlugin.global_tables))
async def test_parcels_are_reached_through_functions_alone(two: Two, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await two.giving.sql(f"SELECT FROM homeroom.{table}")


async def test_who_may_offer_and_answer_and_see(two: Two) -> None:
    for role in ("teacher", "student", "guardian", "admin"):
        with pytest.raises(Forbidden):
            await two.giving.run(
                offer_transfer, caller=two.giving.caller(role), student=two.student,
                receiving_school=two.receiving.space.slug, effective_on=LEAVES, reason="x",
            )  # fmt: skip
    offered = await two.offer()
    transfer = await two.arrive()
    seen = "{ studentTransfers { nodes { direction state studentName reason consents { totalCount } } } }"
    registrar = (await two.receiving.ask(seen, caller=two.receiving.caller("registrar")))["data"]
    assert [
        {
            "direction": "IN",
            "state": "OFFERED",
            "studentName": "Lê Minh An",
            "reason": "Moves to another town",
            "consents": {"totalCount": 0},
        }
    ] == registrar["studentTransfers"]["nodes"]
    admin = (await two.receiving.ask(seen, caller=two.receiving.caller("admin")))["data"]["studentTransfers"]["nodes"]
    assert [(None, None)] == [(each["studentName"], each["reason"]) for each in admin]
    child = two.giving.caller("student", persons=[two.student])
    (own,) = (await two.giving.ask(seen, caller=child))["data"]["studentTransfers"]["nodes"]
    assert ("OUT", "OFFERED", 1) == (own["direction"], own["state"], own["consents"]["totalCount"])
    nobody = two.giving.caller("student", persons=[new_id()])
    assert [] == (await two.giving.ask(seen, caller=nobody))["data"]["studentTransfers"]["nodes"]
    assert offered != transfer


async def test_districts_are_no_wall_to_it_and_none_is_needed(two: Two) -> None:
    directory = two.giving.host.directory
    districts = [
        await directory.create_space(
            slug=f"{each.space.slug}-d", name="District", region="zz", kind="district", plugins=[]
        )
        for each in (two.giving, two.receiving)
    ]
    for school, district in zip((two.giving, two.receiving), districts, strict=True):
        await directory.join_district(school.space.id, district.id)
    assert [("NOT_FOUND", "receivingSchool", None)] == await refused(
        two.giving, offer_transfer, student=two.student, receiving_school=districts[1].slug,
        effective_on=LEAVES, reason="x", consents=[ConsentRow(student=two.student)],
    )  # fmt: skip
    await two.offer()
    await two.receiving.run(accept_transfer, transfer=await two.arrive())
    assert 1 == await two.receiving.one("SELECT count(*) FROM student")
