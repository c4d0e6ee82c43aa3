"""The hook ``student_leaving``: results go along with a student to another school, as they stand, under a seal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from homeroom_gradebook.commands.marks import MarkRow, enter_marks
from homeroom_transfers.commands import ConsentRow, accept_transfer, collect_transfers, offer_transfer
from homeroom_transfers.parcel import seal_of


async def test_results_go_along_and_are_kept_as_they_were(
    make_room: Any, school_a: Any, school_b: Any, rounds: None, host: Any
) -> None:
    room, other = await make_room(school_a, "7L"), await make_room(school_b, "7L")
    student, book = room.students[0], room.books["toan"]
    columns = room.columns["toan", 1]
    await room.run(enter_marks, gradebook=book, rows=[MarkRow(student, each, "8", None) for each, _ in columns])
    await room.run(
        offer_transfer,
        student=student,
        receiving_school=school_b.slug,
        effective_on=host.clock().date() + timedelta(days=10),
        reason="Moves",
        consents=[ConsentRow(student=student)],
    )
    (transfer,) = await other.run(collect_transfers)
    await other.run(accept_transfer, transfer=transfer)
    (record,) = await other.fetch(
        "SELECT kind, title, seal, content::text AS content, student_id FROM transfer_record WHERE transfer_id = $1",
        transfer,
    )
    content = json.loads(record["content"])
    assert ("gradebook.results", seal_of(content)) == (record["kind"], record["seal"])
    (subject,) = [each for each in content["subjects"] if each["subject"] == "toan" and each["span"] == "term"]
    (stored,) = await room.fetch(
        "SELECT score::text AS score, scheme_version FROM subject_result WHERE student_id = $1 AND score IS NOT NULL"
        " AND gradebook_id = $2 AND span = 'term'",
        student,
        book,
    )
    assert (stored["score"], stored["scheme_version"]) == (subject["score"], subject["scheme_version"])
    # No mark of the other school's own books has come of it.
    assert [] == await other.fetch("SELECT 1 FROM subject_result WHERE student_id = $1", record["student_id"])
    await room.run(collect_transfers)


async def test_who_has_no_results_takes_none_along(make_room: Any, school_a: Any, school_b: Any, host: Any) -> None:
    room = await make_room(school_a, "7M", opened=False)
    await room.run(
        offer_transfer,
        student=room.students[0],
        receiving_school=school_b.slug,
        effective_on=host.clock().date() + timedelta(days=10),
        reason="Moves",
        consents=[ConsentRow(student=room.students[0])],
    )
    (row,) = await room.fetch("SELECT parts FROM student_transfer WHERE student_id = $1", room.students[0])
    assert "gradebook.results" not in row["parts"]
