"""A resource that names what it has not is refused when it is declared, and not when somebody asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from garden.tables import Bed, Gardener, Plant

from homeroom.columns import first_day, flag, last_day, text, translated, version
from homeroom.database.tables import SchoolTable, belongs_to
from homeroom.declared import resource_faults
from homeroom.errors import ConfigurationError
from homeroom.imports import imports
from homeroom.nouns import Noun
from homeroom.resources import EVERYTHING, leaf, many, resource
from homeroom.signatures import documented

_SHOUT = leaf("shout", "String", ["title"], lambda rows: [row["title"].upper() for row in rows])


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": ("nobody",)},
        {"filters": ("shout",)},
        {"order": ("nobody",)},
        {"order": ("shout",)},
        {"order": ("steward",)},
        {"order": ("plants",)},
        {"default_order": ("-nobody",)},
        {"default_order": ("shout",)},
        {"restricted": ("nobody",)},
    ],
)
def test_what_a_resource_has_not_cannot_be_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="which it has not"):
        resource(Bed, _SHOUT, many("plants", Plant.bed_id), scopes={"school": EVERYTHING}, **wrong)


@pytest.mark.parametrize(
    "listed", [{"plural": "beds"}, {"filters": ("title",)}, {"order": ("title",)}, {"default_order": ("title",)}]
)
def test_a_single_row_has_no_list(listed: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="a single row has no list"):
        resource(Bed, scopes={"school": EVERYTHING}, single=True, **listed)


def test_no_list_or_filter_leads_to_a_single_row() -> None:
    bed = resource(Bed, scopes={"school": EVERYTHING}, single=True)
    plant = resource(Plant, scopes={"school": EVERYTHING}, filters=("bed",))
    by_table = {each.table: each for each in (bed, plant)}
    assert [*resource_faults(plant, by_table)] == [
        f"{plant.table}, relation bed: Bed is a single row, which has no list or filter"
    ]
    assert not [*resource_faults(replace(plant, filters=()), by_table)]


def test_what_it_has_can() -> None:
    made = resource(
        Bed, _SHOUT, many("plants", Plant.bed_id), scopes={"school": EVERYTHING}, exclude=("position",),
        filters=("title", "steward", "plants"), order=("title",), default_order=("-position", "title"),
        restricted=("shout", "steward", "area"),
    )  # fmt: skip
    assert {"title", "area"} == set(made.fields)
    assert "integer" == made.columns["position"]


def test_columns_know_their_types() -> None:
    columns = resource(Gardener, scopes={}).columns
    assert {
        "born_on": "date",
        "joined_at": "timestamptz",
        "balance": "bigint",
        "name": "text",
        "mentor_id": "uuid",
    } == {name: columns[name] for name in ("born_on", "joined_at", "balance", "name", "mentor_id")}


def test_what_a_docstring_says_of_its_arguments() -> None:
    text = """Do it.

    Args:
        first: One thing
            and more of it.
        second: Another.

    Raises:
        Invalid: never.
    """
    assert {"first": "One thing and more of it.", "second": "Another."} == documented(text)
    assert {} == documented("Do it.")
    assert {} == documented(None)


class Fence(SchoolTable, tablename="fence"):
    """A fence that is around a bed for some time."""

    bed_id = belongs_to(Bed)
    code = text(20, "Unique around its bed.", code=True)
    maker = text(40, "Who made it.")
    title = translated(text(40, "As people call it."))
    painted = flag("Whether it is painted.")
    version = version()
    unique = (("bed_id", "code"),)


class Fencing(SchoolTable, tablename="fencing"):
    """Days on which a fence is there."""

    fence_id = belongs_to(Fence)
    starts_on = first_day()
    ends_on = last_day()
    version = version()


def test_lists_follow_from_what_columns_say() -> None:
    fence = resource(Fence, many("days", Fencing.fence_id, filter=True), sensitive=("maker",))
    assert ("bed", "code", "painted", "days") == fence.filters
    assert (("code",), ("code",)) == (fence.order, fence.default_order)
    assert (("fence", "starts_on", "ends_on"), ("-starts_on",)) == (
        (days := resource(Fencing)).filters,
        days.default_order,
    )
    undeclared = resource(Plant)
    assert ((), (), ()) == (undeclared.filters, undeclared.order, undeclared.default_order)


def test_inputs_are_described_as_their_verbs_take_them() -> None:
    noun = Noun(Fencing, "garden.fencing")
    create, change = noun.create("Put it up."), noun.change("Correct the days.")
    assert "Today where it is not given." in create.description
    assert "Today" not in change.description
    assert "import_classes" == imports(Noun(Fencing, "garden.class", singular="class").create("Add.")).function.__name__
