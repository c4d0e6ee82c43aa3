"""Finding people by name in English, Chinese and Vietnamese, through the rows that one may see."""

from __future__ import annotations

from typing import Any

import pytest

from homeroom.names import PersonName, Script, search_patterns, search_text
from homeroom_school.commands.identity import record_name
from homeroom_school.commands.people import NameInput, change_student, create_staff, create_student

ASK = "query ($q: String!) { students(filter: {search: {matches: $q}}) { totalCount nodes { fullName } } }"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nguyen", {"Nguyễn Văn Đức"}),
        ("NGUYỄN duc", {"Nguyễn Văn Đức"}),
        ("ngu đ", {"Nguyễn Văn Đức"}),
        ("guyen", set()),
        ("陳", {"陳大文"}),
        ("陈大", {"陳大文"}),
        ("大文", {"陳大文"}),
        ("chen", {"陳大文"}),
        ("dawen chen", {"陳大文"}),
        ("chendawen", {"陳大文"}),
        ("can daai man", {"陳大文"}),
        ("o'neill", {"Zoë O'Neill"}),
        ("zoe", {"Zoë O'Neill"}),
        ("%", {"Nguyễn Văn Đức", "陳大文", "Zoë O'Neill"}),
        ("", {"Nguyễn Văn Đức", "陳大文", "Zoë O'Neill"}),
    ],
)
async def test_names_are_found_however_they_are_written(
    school: Any, make_school: Any, asked: str, found: set[str]
) -> None:
    for each in (await make_school(), school):
        await each.run(create_student, name=NameInput("Đức", "Nguyễn", "Văn"))
        await each.run(create_student, name=NameInput("大文", "陳", script=Script.HAN_TRADITIONAL))
        await each.run(create_student, name=NameInput("Zoë", "O'Neill", script=Script.LATIN))
    answer = (await school.ask(ASK, q=asked))["data"]["students"]
    assert (len(found), found) == (answer["totalCount"], {each["fullName"] for each in answer["nodes"]})


async def test_only_visible_rows_are_found(school: Any) -> None:
    an = await school.run(create_student, name=NameInput("An", "Lê"))
    await school.run(create_student, name=NameInput("Ân", "Lê"))
    for caller, count in (
        (school.caller("registrar"), 2),
        (school.caller("student", persons=[an]), 1),
        (school.caller("teacher"), 0),
    ):
        assert count == (await school.ask(ASK, caller=caller, q="le an"))["data"]["students"]["totalCount"]


async def test_further_names_and_new_names_are_found(school: Any) -> None:
    student = await school.run(create_student, name=NameInput("An", "Lê"))
    await school.run(record_name, student=student, name=NameInput("安", "黎", script=Script.HAN_TRADITIONAL))
    document = (
        "query ($q: String!) { students(filter: {or: [{search: {matches: $q}},"
        " {otherNames: {search: {matches: $q}}}]}) { totalCount } staffMembers(filter: {search: {matches: $q}})"
        " { totalCount } }"
    )
    await school.run(create_staff, name=NameInput("Lài", "Trần"))
    await school.run(change_student, student=student, name=NameInput("Bảo", "Lê"))
    for asked, students, staff in (("黎安", 1, 0), ("lai", 1, 1), ("le an", 0, 0), ("le bao", 1, 0)):
        answer = (await school.ask(document, q=asked))["data"]
        assert (students, staff) == (answer["students"]["totalCount"], answer["staffMembers"]["totalCount"]), asked


def test_nothing_asked_means_anything_to_like() -> None:
    assert ["% a%", "% b%", "% c%"] == search_patterns("a%b_c\\")
    assert search_text(PersonName(Script.VIETNAMESE, given="Đức", family="Nguyễn", middle="")) == " nguyen duc"
