"""Pictures of all pages: they are found by walking, and the sheet names what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom_demo.pictures.places import Place, addresses_from, kind_of_address
from homeroom_demo.pictures.sheet import sheet_of, write_sheet
from homeroom_demo.pictures.taking import Picture, Wish, take_pictures
from homeroom_demo.plans import Login
from homeroom_demo.record import Record, SchoolRecord

if TYPE_CHECKING:
    from pathlib import Path

    from homeroom.testing import People

    from .conftest import School, Sit

_ROW = "/nouns/students/Student_00000000-0000-4000-8000-000000000001"


def test_each_kind_of_page_is_visited_once() -> None:
    assert kind_of_address(_ROW) == kind_of_address(_ROW.replace("01", "02") + "?after=1")
    links = [_ROW, _ROW.replace("01", "02"), "/lists/students.xlsx", "/do/a", "/do/b", "/do/c", "/nouns/marks"]
    lists = {"/nouns/students"}
    assert [_ROW, "/do/a", "/do/b"] == list(addresses_from("/nouns/students", links, lists))
    assert ["/do/a", "/do/b"] == list(addresses_from("/pages/marks", links, lists))


def test_the_sheet_names_what_is_wrong() -> None:
    place = Place("hoasen", "a", "registrar", "/nouns/students")
    english = Picture(place, "en", 320, "light", "a.png", faults=["it is <wide>"], texts=frozenset({"Add", "Done"}))
    other = Picture(place, "vi", 320, "light", "b.png", texts=frozenset({"Add"}))
    text = "\n".join(sheet_of([english, other]))
    assert "it is &lt;wide&gt;" in text
    assert "The same in each language: Add<" in text


async def test_pictures_are_taken_of_a_school_that_is_served(
    school: School, sit: Sit, port: int, as_role: People, tmp_path: Path
) -> None:
    await sit(school)  # the server answers
    client = await as_role.as_role(school.space, "student", person=school.people["student"])
    people = SchoolRecord((Login(client.login, "student", ""),), "", 0)
    record = Record(client.password, {school.space.slug: people})
    wish = Wish(["vi"], [320], only=["/", "/account"], people=["student"], checked=False)
    said: list[str] = []
    pictures = await take_pictures(tmp_path, record, lambda slug: f"http://{slug}.localhost:{port}", wish, said.append)
    assert {"/", "/account"} == {each.place.address for each in pictures}
    assert 0 == write_sheet(tmp_path, pictures), [each.faults for each in pictures]
    for each in pictures:
        assert (tmp_path / each.file).stat().st_size > 1000
