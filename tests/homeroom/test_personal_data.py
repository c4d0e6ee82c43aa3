"""What plugins declare of people: the installed ones all of it, and each mistake is reported by name."""

from __future__ import annotations

from typing import Any, Final

import pytest
from piccolo.columns import Date, Text, Varchar

from homeroom.boot import closed_host
from homeroom.database.declarations import declared_tables
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.personal_data import (
    DataCategory,
    PersonalData,
    about,
    blanked,
    deleted,
    kept,
    nobody,
    otherwise,
    subject,
)
from homeroom.personal_data_faults import declaration_faults
from homeroom.plugins import PluginRegistry


class Sailor(SchoolTable, tablename="harbour_sailor"):
    """A person."""

    name = Varchar(length=40)
    note = Text(null=True, default=None)


class Voyage(SchoolTable, tablename="harbour_voyage"):
    """Where a sailor was."""

    sailor_id = belongs_to(Sailor)
    sailed_on = Date()


class Stop(SchoolTable, tablename="harbour_stop"):
    """On the way."""

    voyage_id = belongs_to(Voyage)
    reported_by = Text()


class Pier(SchoolTable, tablename="harbour_pier"):
    """A place."""

    title = Text()


WHO: Final = DataCategory.IDENTITY
ILL: Final = DataCategory.HEALTH
PERSON: Final = subject(Sailor, blanked({"name": "-", "note": None}), category=WHO)
VOYAGE: Final = about(Voyage, "sailor_id", erasure=deleted(), category=WHO)
STOP: Final = about(Stop, "voyage_id.sailor_id", erasure=deleted(), category=WHO)
PLACE: Final = nobody("places", Pier)
SOUND: Final[tuple[PersonalData, ...]] = (PERSON, VOYAGE, STOP, *PLACE)
TABLES: Final = (Sailor, Voyage, Stop, Pier)


def faults(*declared: PersonalData, tables: Any = TABLES) -> list[str]:
    """What is wrong with them."""
    return list(declaration_faults(tables, declared, declared))


def test_every_installed_plugin_says_about_every_table_how_it_relates_to_people() -> None:
    registry = PluginRegistry.discover()
    host = closed_host(registry)
    everybody = host.hooks.collect("personal_data")
    wrong = {}
    for plugin in registry.in_order():
        found = host.hooks.collect_by_plugin("personal_data", only=frozenset({plugin.name}))
        own = [each for _, items in found for each in items]
        tables = declared_tables(plugin) if plugin.migrations is not None else []
        reported = list(declaration_faults(tables, own, everybody))
        if reported:
            wrong[plugin.name] = reported
    assert {} == wrong
    assert {"student", "staff", "guardian"} <= {each.name for each in everybody if each.is_subject}


def test_a_sound_declaration_has_no_fault() -> None:
    assert [] == faults(*SOUND)


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        ((PERSON, VOYAGE, STOP), "the hook personal_data does not say whose data the table harbour_pier has"),
        ((*SOUND, VOYAGE), "the hook personal_data says 2 times whose data the table harbour_voyage has"),
        (
            (PERSON, *nobody("ships", Voyage), STOP, *PLACE),
            "the table harbour_voyage is declared as about nobody; its sailor_id belongs to a harbour_sailor",
        ),
        (
            (PERSON, VOYAGE, STOP, *nobody(" ", Pier)),
            "the table harbour_pier is declared as about nobody, without a reason",
        ),
        (
            (PERSON, VOYAGE, about(Stop, "voyage_id", erasure=deleted(), category=WHO), *PLACE),
            "the path voyage_id of the table harbour_stop ends at harbour_voyage, which is declared as no person",
        ),
        (
            (PERSON, VOYAGE, about(Stop, "voyage_id.captain_id", erasure=deleted(), category=WHO), *PLACE),
            (
                "the path voyage_id.captain_id of the table harbour_stop: harbour_voyage has no column captain_id"
                " that belongs to a row"
            ),
        ),
        (
            (PERSON, VOYAGE, about(Stop, "@row:stop_id", erasure=deleted(), category=WHO), *PLACE),
            "the path @row:stop_id of the table harbour_stop: there is no column stop_id",
        ),
        (
            (PERSON, VOYAGE, about(Stop, erasure=deleted(), category=WHO), *PLACE),
            "the table harbour_stop is declared as about people, without a path to them",
        ),
        (
            (subject(Sailor, blanked({"name": "-"}), category=WHO), VOYAGE, STOP, *PLACE),
            "the erasure of the table harbour_sailor neither blanks the column note nor says why it stays",
        ),
        (
            (subject(Sailor, blanked({"name": None, "note": None}), category=WHO), VOYAGE, STOP, *PLACE),
            "the erasure of the table harbour_sailor empties the column name, which may not be empty",
        ),
        (
            (subject(Sailor, blanked({"name": "-"}, keep={"note": ""}), category=WHO), VOYAGE, STOP, *PLACE),
            "the column harbour_sailor.note is kept, without a reason",
        ),
        (
            (subject(Sailor, blanked({"name": "-", "note": None, "rank": 1}), category=WHO), VOYAGE, STOP, *PLACE),
            "the erasure of the table harbour_sailor speaks of rank, which is no column of it",
        ),
        (
            (
                PERSON,
                VOYAGE,
                about(Stop, "voyage_id.sailor_id", erasure=kept("it is the ship's"), category=WHO),
                *PLACE,
            ),
            (
                "the rows of the table harbour_stop stay, and those of harbour_voyage go, to which its voyage_id"
                " refers: blank it, or delete them too"
            ),
        ),
        (
            (PERSON, about(Voyage, "sailor_id", erasure=deleted()), STOP, *PLACE),
            "the table harbour_voyage is about people, and no category declares what it says about them",
        ),
        (
            (PERSON, VOYAGE, about(Stop, "voyage_id.sailor_id", erasure=deleted(), category=ILL), *PLACE),
            (
                "the rows of harbour_voyage go with identity, and those of the table harbour_stop, which refer to them"
                " by voyage_id, do not: give them that category, too"
            ),
        ),
        (
            (
                subject(Sailor, blanked({"name": "-", "note": None}), category=WHO, columns={"rank": ILL}),
                VOYAGE,
                STOP,
                *PLACE,
            ),
            "the table harbour_sailor gives a category to rank, which is no column that its erasure blanks",
        ),
        *(
            (
                (PERSON, about(Voyage, "sailor_id", erasure=erasure, category=WHO), STOP, *PLACE),
                "the rows of the table harbour_voyage are kept or seen to otherwise, and it is not said why or how",
            )
            for erasure in (kept(""), otherwise(" "))
        ),
    ],
)
def test_a_mistake_is_reported_by_name(declared: tuple[PersonalData, ...], fault: str) -> None:
    assert [fault] == faults(*declared)


def test_the_table_of_somebody_else_is_not_this_plugins_to_declare() -> None:
    expected = "the hook personal_data names harbour_pier, which is no table of this plugin"
    assert [expected] == faults(*SOUND, tables=(Sailor, Voyage, Stop))
