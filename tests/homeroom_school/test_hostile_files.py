"""Files that are small to send and large to read: refused by name, in few bytes, by a process that continues."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
import pytest

from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom.uploads import FileMade
from homeroom_bench.hostile_files import FILES
from homeroom_calendar.commands.entries import import_calendar_entries
from homeroom_calendar.commands.lesson_import import import_lessons
from homeroom_photos.commands import set_photo
from homeroom_school.commands.people import NameInput, create_staff

#: Those that are refused before their time is up; `homeroom bench hostile --files` sends all.
REFUSED = {
    "a workbook of one far cell": "FILE_TOO_LARGE",
    "a workbook with a string of 100 MB": "FILE_TOO_LARGE",
    "lessons without an end": "FILE_TOO_LARGE",
    "a school of 45,000 students": "FILE_TOO_LARGE",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
async def test_a_hostile_file_is_refused_by_name_and_in_few_bytes(school: Any, make_school: Any, name: str) -> None:
    other = await make_school()
    file, content = FILES[name], FILES[name].content()
    if file.upload:
        with pytest.raises(Refusal) as refused:
            await school.run(import_lessons, system="x", file=FileMade("f", "text/csv", content))
        codes, size = (
            {each.code for each in refused.value.problems},
            sum(len(each.message) for each in refused.value.problems),
        )
    else:
        registrar = replace(school.caller("registrar"), account=new_id())
        answer = await school.ask(file.document, caller=registrar, c=base64.b64encode(content).decode())
        (payload,) = answer["data"].values()
        codes, size = {each["code"] for each in payload["errors"]}, len(msgspec.json.encode(answer))
    assert REFUSED[name] in codes
    assert size < 100_000
    assert 1 == (await other.ask("{ schoolYears { totalCount } }"))["data"]["schoolYears"]["totalCount"]


async def test_a_calendar_of_many_levels_is_refused_by_name(school: Any) -> None:
    year = await school.one("SELECT id FROM school_year")
    file = FileMade("a.ics", "text/calendar", FILES["a calendar of 10,000 levels"].content())
    with pytest.raises(Refusal) as refused:
        await school.run(import_calendar_entries, school_year=year, file=file)
    assert ["BAD_CALENDAR"] == [each.code for each in refused.value.problems]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("a picture of 3,600 million pixels", "TOO_LARGE"),
        ("a picture of 25 million pixels", None),
        ("a picture with 200 MB of text", "NOT_A_PICTURE"),
    ],
)
async def test_a_hostile_picture_is_refused_or_taken_without_its_excess(
    school: Any, name: str, code: str | None
) -> None:
    staff: UUID = await school.run(create_staff, name=NameInput("An"))
    photo = FileMade("a.png", "image/png", FILES[name].content())
    if code is None:
        await school.run(set_photo, photo=photo, staff=staff)
        assert 1 == await school.one("SELECT count(*) FROM person_photo")
        return
    with pytest.raises(Refusal) as refused:
        await school.run(set_photo, photo=photo, staff=staff)
    assert [(code, "photo")] == [(each.code, spelt(each.field)) for each in refused.value.problems]
