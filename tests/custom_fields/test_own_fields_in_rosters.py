"""A school's own fields go out with a roster if that is asked for, and never those that are sensitive."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

import pytest
import pytest_asyncio
from owning.place import Place, make_place

from homeroom.callers import Space
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.messages import spelt
from homeroom.permissions import Rule
from homeroom.testing import Client, People
from homeroom_rosters.commands import export_roster, import_roster
from homeroom_school.commands.calendar import create_school_year, make_school_year_current
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students

SHOE, BUS, CLUBS, SINCE = (f"metadata.custom{name}" for name in ("ShoeSize", "Bus", "Clubs", "Since"))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People) -> Place:
    """A school with two students of a class, who have what the school alone asks for."""
    made = await make_place(host, await make_space("vn"), as_role)
    caller = host.system_caller(made.space)
    async with host.database.transaction(made.space.id) as transaction:
        year = await transaction.fetchval("SELECT id FROM school_year")
        level = await transaction.fetchval("SELECT id FROM grade_level ORDER BY number LIMIT 1")
    if year is None:
        year = await host.execute(
            caller, create_school_year, name="2025-2026", starts_on=date(2025, 9, 5), ends_on=date(2026, 5, 31)
        )
    await host.execute(caller, make_school_year_current, school_year=year)
    school_class = await host.execute(caller, create_school_class, school_year=year, name="1A", grade_level=level)
    rows = [EnrolmentRow(UUID(each.partition("_")[2])) for each in made.students]
    await host.execute(caller, enrol_students, school_class=school_class, rows=rows)
    for name, kind, more in (
        ("shoe_size", "INTEGER", {}),
        ("bus", "CHOICE", {"codes": ["red", "blue"]}),
        ("clubs", "CHOICES", {"codes": ["chess", "choir"]}),
        ("since", "DATE", {}),
        ("allergy", "TEXT", {"sensitive": True}),
    ):
        assert [] == await made.define(name, kind, **more)
    assert [] == await made.set(
        (0, "shoe_size", 38), (0, "bus", "BLUE"), (0, "clubs", ["choir", "chess"]), (0, "since", "2025-09-05"),
        (0, "allergy", "Lạc"), (1, "shoe_size", 40),
    )  # fmt: skip
    return made


def users(content: bytes) -> tuple[list[str], dict[str, dict[str, str]]]:
    """The columns of a roster's people, and the people by their given names."""
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert [] == [each for each in bundle.namelist() if "Lạc".encode() in bundle.read(each)]
        reader = csv.DictReader(io.StringIO(bundle.read("users.csv").decode("utf-8-sig")))
        rows = {row["givenName"]: row for row in reader}
    return list(reader.fieldnames or ()), rows


async def exported(client: Client, **asked: str) -> tuple[list[str], dict[str, dict[str, str]]]:
    """The people of a roster of the registry, as an office takes it."""
    answer = await client.http.get("/rosters/export.zip", params=asked)
    assert 200 == answer.status_code, answer.text
    return users(answer.content)


async def test_they_go_along_if_asked_for_and_only_what_may(place: Place) -> None:
    columns, _ = await exported(place.registrar)
    assert [] == [each for each in columns if each.startswith("metadata.custom")]
    columns, people = await exported(place.registrar, own_fields="true")
    assert sorted([SHOE, BUS, CLUBS, SINCE]) == [each for each in columns if each.startswith("metadata.custom")]
    assert ["38", "blue", "choir,chess", "2025-09-05"] == [people["An"][each] for each in (SHOE, BUS, CLUBS, SINCE)]
    assert ["40", "", "", ""] == [people["Bình"][each] for each in (SHOE, BUS, CLUBS, SINCE)]


async def test_anyone_who_may_not_read_a_field_takes_it_nowhere(place: Place) -> None:
    host = place.host
    assert place.registrar.account is not None
    caller = await host.directory.caller(place.space.id, place.registrar.account)
    less = [Rule("registrar", "Student.custom_bus", effect="deny")]
    access = host.compile_access(caller.space.plugins, frozenset({"registrar"}), less, caller.space.fields)
    content = await host.execute(dataclasses.replace(caller, access=access), export_roster, own_fields=True)
    columns, _ = users(base64.b64decode(content))
    assert (True, False) == (SHOE in columns, BUS in columns)


async def test_another_format_has_no_place_for_them(place: Place) -> None:
    caller = place.host.system_caller(await place.host.directory.space(place.space.slug))
    with pytest.raises(Refusal) as refused:
        await place.host.execute(caller, export_roster, format="sds-v2.1", own_fields=True)
    assert ["ownFields"] == [spelt(each.field) for each in refused.value.problems]


async def test_what_another_system_gave_comes_back_with_todays_values(
    place: Place, host: Host, make_space: Callable[..., Awaitable[Space]], as_role: People
) -> None:
    """And a school that has no such field keeps what came, as it does with any column that it does not know."""
    there = host.system_caller(await host.directory.space(place.space.slug))
    content = await host.execute(there, export_roster, own_fields=True)
    space = await make_space("vn")
    caller = host.system_caller(space)
    await host.execute(caller, import_roster, bundle=content, organisations=[place.space.slug], system="there")
    again = await host.execute(caller, export_roster, system="there")
    assert "38" == users(base64.b64decode(again))[1]["An"][SHOE]
    async with host.database.transaction(space.id) as transaction:
        student = await transaction.fetchval("SELECT id FROM student WHERE given_name = 'An'")
    admin, registrar = await as_role(space, "admin"), await as_role(space, "registrar")
    here = Place(host, space, admin, registrar, [f"Student_{student}"])
    assert [] == await here.define("shoe_size", "INTEGER")
    assert [] == await here.set((0, "shoe_size", 41))
    caller = host.system_caller(await host.directory.space(space.slug))
    today = await host.execute(caller, export_roster, system="there", own_fields=True)
    _, people = users(base64.b64decode(today))
    # The school's own field says what is there now; one that it does not have stays as it came.
    assert ("41", "", "blue") == (people["An"][SHOE], people["Bình"][SHOE], people["An"][BUS])
