"""Pictures of people: made again, one or many at once, and seen by those who may."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from homeroom.errors import Forbidden, Refusal
from homeroom.files.keeping import storage_of
from homeroom.files.pictures import PictureRefused, prepare
from homeroom.messages import spelt
from homeroom.testing import People
from homeroom.uploads import FileMade
from homeroom.worker.runner import JobRunner
from homeroom_photos.commands import PhotoPeople, remove_photo, set_photo, set_photos
from homeroom_school.commands.classes import create_school_class
from homeroom_school.commands.enrolment import EnrolmentRow, enrol_students
from homeroom_school.commands.people import NameInput, create_staff, create_student
from homeroom_school.commands.teaching import appoint_homeroom_teacher

RED, BLUE = (200, 20, 20), (20, 20, 200)
SEEN = "{ students { nodes { code photo { fileUrl thumbnailUrl takenOn } } } }"


def image(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A picture: red on the left, blue on the right."""
    made = Image.new("RGB", size, RED)
    made.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    made.save(out, kind, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A small file with a large promise."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def file(content: bytes, name: str = "me.jpg") -> FileMade:
    """A file that somebody sends."""
    return FileMade(name, "image/jpeg", content)


def archive(*entries: tuple[str, bytes]) -> FileMade:
    """A zip that somebody sends."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in entries:
            made.writestr(name, content)
    return FileMade("photos.zip", "application/zip", out.getvalue())


async def fill(school: Any) -> dict[str, UUID]:
    """Two students, of whom the first is in 6A, and that class's teacher."""
    people = {code: await school.run(create_student, name=NameInput(code, "Lê"), code=code) for code in ("S1", "S2")}
    year = await school.one("SELECT id FROM school_year")
    level = await school.one("SELECT id FROM grade_level WHERE code = '6'")
    room = await school.run(create_school_class, school_year=year, name="6A", grade_level=level)
    await school.run(enrol_students, school_class=room, rows=[EnrolmentRow(people["S1"])], starts_on=date(2025, 9, 5))
    people["T1"] = await school.run(create_staff, name=NameInput("Lan", "Trần"), code="T1")
    await school.run(appoint_homeroom_teacher, school_class=room, staff=people["T1"], starts_on=date(2025, 9, 5))
    return people


@pytest_asyncio.fixture(loop_scope="session")
async def filled(school: Any, make_school: Any) -> dict[str, UUID]:
    """The people of the school; another school has the same, and a picture of S1."""
    other = await make_school()
    await other.run(set_photo, photo=file(image()), student=(await fill(other))["S1"])
    return await fill(school)


@pytest.fixture
async def people(host: Any) -> Any:
    """Signs people in at schools of the test's host."""
    from homeroom.app import create_app

    made = People(host, create_app(host))
    yield made
    await made.close()


async def refused(school: Any, command: Any, **arguments: Any) -> list[tuple[str, str | None, int | None]]:
    """The problems for which a command is refused whole."""
    before = (
        await school.sql("SELECT * FROM person_photo ORDER BY id"),
        await school.one("SELECT count(*) FROM stored_file"),
    )
    with pytest.raises(Refusal) as refusal:
        await school.run(command, **arguments)
    assert before == (
        await school.sql("SELECT * FROM person_photo ORDER BY id"),
        await school.one("SELECT count(*) FROM stored_file"),
    )
    return [(each.code, spelt(each.field), each.row) for each in refusal.value.problems]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_as_jpeg_in_two_sizes(kind: str) -> None:
    made = prepare(image(kind, (2400, 1600)))
    whole, small = (Image.open(io.BytesIO(each)) for each in (made.whole, made.small))
    assert [("JPEG", (1024, 683)), ("JPEG", (160, 107))] == [(each.format, each.size) for each in (whole, small)]


def test_what_a_camera_wrote_is_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # it was held turned by a quarter
    exif[0x010F] = "A camera of the tests"
    exif.get_ifd(0x8825)[1] = "N"
    content = image(exif=exif, comment=b"where it was taken")
    assert b"A camera of the tests" in content
    made = Image.open(io.BytesIO(prepare(content).whole))
    assert (40, 60) == made.size
    left, top = made.getpixel((20, 5)), made.getpixel((20, 55))
    assert left[0] > left[2]
    assert top[2] > top[0]
    assert {} == dict(made.getexif())
    assert set(made.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_can_be_seen_through_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert min(Image.open(io.BytesIO(prepare(out.getvalue()).whole)).getpixel((15, 15))) > 250


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "NOT_A_PICTURE"),
        (b"GIF89a" + bytes(50), "NOT_A_PICTURE"),
        (image()[:200], "NOT_A_PICTURE"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "NOT_A_PICTURE"),
        (image("GIF"), "NOT_A_PICTURE"),
        (image("BMP"), "NOT_A_PICTURE"),
        (png_that_claims(60_000, 60_000), "TOO_LARGE"),
        (png_that_claims(5001, 5000), "TOO_LARGE"),
        (image("BMP", (2000, 2000)), "TOO_LARGE"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        prepare(content)
    assert code == refusal.value.code


@settings(deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_a_damaged_picture_is_taken_or_refused_and_nothing_else(kind: str, data: st.DataObject) -> None:
    content = bytearray(image(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    refusal = None
    try:
        made = Image.open(io.BytesIO(prepare(bytes(content)).small))
        assert "JPEG" == made.format
    except PictureRefused as fault:
        refusal = fault.code
    assert refusal in {None, "NOT_A_PICTURE", "TOO_LARGE"}


async def test_a_picture_is_set_replaced_and_removed(school: Any, filled: dict[str, UUID]) -> None:
    await school.run(set_photo, photo=file(image()), student=filled["S1"], taken_on=date(2025, 9, 1))
    first = await school.sql("SELECT file_id, thumbnail_id FROM person_photo")
    digests = [row["digest"] for row in await school.sql("SELECT digest FROM stored_file")]
    await school.run(set_photo, photo=file(image("PNG", (80, 40))), student=filled["S1"])
    digests += [row["digest"] for row in await school.sql("SELECT digest FROM stored_file")]
    (row,) = await school.sql("SELECT file_id, taken_on FROM person_photo")
    assert date(2025, 10, 15) == row["taken_on"]
    assert row["file_id"] != first[0]["file_id"]
    assert 2 == await school.one("SELECT count(*) FROM stored_file")
    await school.run(remove_photo, student=filled["S1"])
    assert 0 == await school.one("SELECT count(*) FROM stored_file") + await school.one(
        "SELECT count(*) FROM person_photo"
    )
    for waiting in await school.sql("SELECT id FROM job WHERE state = 'queued'"):
        await JobRunner(school.host).run(school.space.id, waiting["id"])
    # The pictures are gone from the disk too.
    assert 2 == len(set(digests)), "a small picture is its own thumbnail"
    assert set(digests) == set(storage_of(school.host).missing(school.space.id, digests))
    with pytest.raises(Refusal):
        await school.run(remove_photo, student=filled["S1"])


async def test_a_picture_that_cannot_be_is_refused_by_field(school: Any, filled: dict[str, UUID]) -> None:
    one = {"student": filled["S1"]}
    assert [("NOT_A_PICTURE", "photo", None)] == await refused(school, set_photo, photo=file(b"text"), **one)
    large = file(bytes(10 * 1024 * 1024 + 1))
    assert [("TOO_LARGE", "photo", None)] == await refused(school, set_photo, photo=large, **one)
    assert [("OUT_OF_RANGE", "takenOn", None)] == await refused(
        school, set_photo, photo=file(image()), taken_on=date(2025, 10, 16), **one
    )
    assert [("EXACTLY_ONE", "student", None)] == await refused(school, set_photo, photo=file(image()))
    assert [("EXACTLY_ONE", "student", None)] == await refused(
        school, set_photo, photo=file(image()), staff=filled["T1"], **one
    )


async def test_a_zip_gives_many_their_pictures(school: Any, filled: dict[str, UUID]) -> None:
    sent = archive(
        ("6A/s1.JPG", image()), ("S2.png", image("PNG")), ("__MACOSX/._s1.JPG", b"x"), ("Thumbs.db", b"x"), ("6A/", b"")
    )
    assert 2 == len(await school.run(set_photos, photos=sent, taken_on=date(2025, 9, 1)))
    assert {filled["S1"], filled["S2"]} == {
        each["student_id"] for each in await school.sql("SELECT student_id FROM person_photo")
    }
    await school.run(set_photos, photos=archive(("T1.webp", image("WEBP"))), people=PhotoPeople.STAFF)
    assert filled["T1"] == await school.one("SELECT staff_id FROM person_photo WHERE staff_id IS NOT NULL")


async def test_every_bad_file_of_a_zip_is_named_and_none_is_taken(school: Any, filled: dict[str, UUID]) -> None:
    nobody = archive(("S1.jpg", image()), ("S9.jpg", image()), ("a/S1.png", image("PNG")))
    assert [("NOT_FOUND", "photos", 1), ("DUPLICATE", "photos", 2)] == await refused(school, set_photos, photos=nobody)
    damaged = archive(("S1.jpg", image()), ("S2.jpg", b"no picture"))
    with pytest.raises(Refusal) as refusal:
        await school.run(set_photos, photos=damaged)
    assert ["S2.jpg: this is not a JPEG, PNG or WebP picture that can be read."] == [
        each.message for each in refusal.value.problems
    ]
    assert [("NOT_FOUND", "photos", 0)] == await refused(school, set_photos, photos=archive(("T1.jpg", image())))
    assert [("NOT_A_ZIP", "photos", None)] == await refused(school, set_photos, photos=file(image()))
    assert [("INVALID", "photos", None)] == await refused(school, set_photos, photos=archive())


async def test_a_file_of_a_zip_is_read_to_the_limit_and_no_further(school: Any, filled: dict[str, UUID]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("S1.png", bytes(300 * 1024 * 1024))
    bomb = FileMade("photos.zip", "application/zip", out.getvalue())
    assert [("TOO_LARGE", "photos", 0)] == await refused(school, set_photos, photos=bomb)


async def test_who_sees_a_picture(school: Any, filled: dict[str, UUID], people: Any) -> None:
    for each in ("S1", "S2"):
        await school.run(set_photo, photo=file(image()), student=filled[each])
    await school.run(set_photo, photo=file(image()), staff=filled["T1"])
    registrar = await people(school.space, "registrar")
    nodes = (await registrar.gql(SEEN))["students"]["nodes"]
    assert ["2025-10-15", "2025-10-15"] == [each["photo"]["takenOn"] for each in nodes]
    addresses = [node["photo"][each] for node in nodes for each in ("fileUrl", "thumbnailUrl")]
    for address in addresses:
        answer = await registrar.http.get(address)
        assert (200, "image/jpeg") == (answer.status_code, answer.headers["content-type"])
    teacher = await people(school.space, "teacher", person=filled["T1"])
    assert ["S1"] == [each["code"] for each in (await teacher.gql(SEEN))["students"]["nodes"]]
    student = await people(school.space, "student", person=filled["S2"])
    for client, mine, other in ((teacher, addresses[0], addresses[2]), (student, addresses[2], addresses[0])):
        assert (200, 404) == tuple([(await client.http.get(each)).status_code for each in (mine, other)])
    own = "{ staffMembers { nodes { code photo { thumbnailUrl } } } }"
    (me,) = [each for each in (await teacher.gql(own))["staffMembers"]["nodes"] if each["code"] == "T1"]
    assert 200 == (await teacher.http.get(me["photo"]["thumbnailUrl"])).status_code
    with pytest.raises(Forbidden):
        await school.run(
            set_photo,
            caller=school.caller("teacher", persons=[filled["T1"]]),
            photo=file(image()),
            student=filled["S1"],
        )


async def test_a_look_at_a_picture_is_kept_in_the_audit(school: Any, filled: dict[str, UUID], people: Any) -> None:
    await school.run(set_photo, photo=file(image()), student=filled["S1"])
    registrar = await people(school.space, "registrar")
    before = await school.one("SELECT count(*) FROM audit_line")
    await registrar.gql("{ students { nodes { photo { takenOn } } } }")
    assert before == await school.one("SELECT count(*) FROM audit_line")
    before = await school.one("SELECT count(*) FROM audit_line")
    await registrar.gql(SEEN)
    assert before + 1 == await school.one("SELECT count(*) FROM audit_line")


async def test_a_picture_is_sent_as_a_file(school: Any, filled: dict[str, UUID], people: Any) -> None:
    registrar = await people(school.space, "registrar")
    document = (
        "mutation($student: ID!, $photo: Upload!) { setPhoto(input: {student: $student, photo: $photo})"
        " { personPhoto { student { code } } errors { code field } } }"
    )
    operation = {"query": document, "variables": {"student": f"Student_{filled['S1']}", "photo": None}}
    answer = await registrar.http.post(
        "/graphql",
        data={"operations": json.dumps(operation), "map": json.dumps({"a": ["variables.photo"]})},
        files={"a": ("me.png", image("PNG"), "image/png")},
        headers={"X-Homeroom-CSRF": "1"},
    )
    assert {"personPhoto": {"student": {"code": "S1"}}, "errors": []} == answer.json()["data"]["setPhoto"]
