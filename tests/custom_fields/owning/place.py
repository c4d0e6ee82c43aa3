"""A school, and ways to define fields there and to write and read what is in them."""

from __future__ import annotations

import dataclasses
from typing import Any

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing import Client, People
from homeroom_school.commands.people import NameInput, create_student

DEFINE = """mutation($i: DefineCustomFieldInput!) {
    defineCustomField(input: $i) { customField { id name kind version } errors { code message field row } } }"""
CHANGE = """mutation($i: ChangeCustomFieldInput!) {
    changeCustomField(input: $i) { customField { version } errors { code field } } }"""
SET = """mutation($i: SetCustomValuesInput!) { setCustomValues(input: $i) { errors { code message field row } } }"""


@dataclasses.dataclass
class Place:
    """A school with two students.

    Args:
        host: The host.
        space: The school.
        admin: Who defines fields.
        registrar: Who writes values.
        students: Their global ids.
    """

    host: Host
    space: Space
    admin: Client
    registrar: Client
    students: list[str]

    async def define(self, name: str, kind: str, **more: Any) -> list[Any]:
        """Define a field of students; gives what was wrong."""
        given = {"noun": "Student", "name": name, "kind": kind, "title": name.title(), **more}
        errors: list[Any] = (await self.admin.gql(DEFINE, i=given))["defineCustomField"]["errors"]
        return errors

    async def set(self, *rows: tuple[int, str, Any], client: Client | None = None) -> list[Any]:
        """Write values of students; gives what was wrong."""
        given = [{"row": self.students[number], "field": name, "value": value} for number, name, value in rows]
        answer = await (client or self.registrar).gql(SET, i={"noun": "Student", "rows": given})
        errors: list[Any] = answer["setCustomValues"]["errors"]
        return errors

    async def careful(self, *rows: tuple[int, str, Any, Any], client: Client | None = None) -> list[Any]:
        """Write values of students while what was seen stays; gives what was wrong."""
        given = [
            {"row": self.students[number], "field": name, "value": value, "expected": seen}
            for number, name, value, seen in rows
        ]
        asked = {"noun": "Student", "rows": given, "overwrite": False}
        errors: list[Any] = (await (client or self.registrar).gql(SET, i=asked))["setCustomValues"]["errors"]
        return errors

    async def ask(self, fields: str, arguments: str = "", client: Client | None = None) -> list[Any]:
        """The students, by their codes unless said otherwise."""
        arguments = arguments or "orderBy: [{field: CODE}]"
        answer = await (client or self.registrar).gql(f"{{ students({arguments}) {{ nodes {{ {fields} }} }} }}")
        nodes: list[Any] = answer["students"]["nodes"]
        return nodes


async def make_place(host: Host, space: Space, people: People) -> Place:
    """A school with two students, and who defines and writes there."""
    caller = host.system_caller(space)
    students = [
        await host.execute(caller, create_student, name=NameInput(name, "Lê"), code=f"S{number}")
        for number, name in enumerate(("An", "Bình"))
    ]
    admin, registrar = await people(space, "admin"), await people(space, "registrar")
    return Place(host, space, admin, registrar, [f"Student_{each}" for each in students])
