"""The columns in which a table keeps the name of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from piccolo.columns import Varchar

from homeroom.database.tables import SchoolTable
from homeroom.names.person_name import Order, PersonName, Script, sort_key
from homeroom.names.search import search_text

__all__ = ["NAME_COLUMNS", "NamedTable", "name_columns", "name_in"]

#: The parts of a name that lists may be filtered and ordered by.
NAME_COLUMNS: Final = ("full_name", "family_name", "middle_name", "given_name", "sort_key")


class NamedTable(SchoolTable):
    """The base of tables whose rows are people, each with a name in one script."""

    abstract: ClassVar[bool] = True

    family_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    middle_name = Varchar(length=120, default="", help_text="Empty where the name has none.")
    given_name = Varchar(length=120, default=None, help_text="What the person is called.")
    full_name = Varchar(length=400, default=None, help_text="The whole name as its script writes it.")
    name_script = Varchar(length=20, default=None, choices=Script, help_text="In which script the name is written.")
    sort_key = Varchar(length=2000, default=None, help_text="Orders lists by name, as the school's script wants it.")
    search_text = Varchar(length=2000, default="", help_text="The words that the name is found by.")


def name_in(columns: Mapping[str, Any]) -> PersonName:
    """The name that the columns of a :class:`NamedTable` hold.

    Args:
        columns: The parts of the name and its script.
    """
    return PersonName(
        Script(columns["name_script"]),
        given=columns["given_name"],
        family=columns["family_name"],
        middle=columns["middle_name"],
    )


def name_columns(name: PersonName, order: Order | None = None) -> dict[str, Any]:
    """A name as the columns of a :class:`NamedTable`.

    Args:
        name: The name.
        order: How lists are ordered; by default as the name's script has it.
    """
    return {
        "family_name": name.family,
        "middle_name": name.middle,
        "given_name": name.given,
        "full_name": name.full,
        "name_script": name.script.value,
        "sort_key": sort_key(name, order),
        "search_text": search_text(name),
    }
