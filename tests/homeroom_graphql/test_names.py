"""Names of the schema that clash are found when the host starts, and cost the plugin that gives them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal

import pytest
from click.testing import CliRunner
from piccolo.columns import JSONB, Text, Varchar

from homeroom import Command, Context, Plugin, command, hookimpl
from homeroom.cli import main
from homeroom.database.engine import Database
from homeroom.database.tables import SchoolTable
from homeroom.database.walls import ContextSigner
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.resources import EVERYTHING, Extension, Field, Resource, computed, extend, resource
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom.worker.queue import PostgresQueue
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_graphql.schema import build_schema
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin


class Hue(StrEnum):
    """Of a lamp."""

    RED = "red"
    BLUE = "blue"


class Shade(StrEnum):
    """Of another lamp."""

    DARK = "dark"
    PALE = "pale"


class Grade(StrEnum):
    """No name in GraphQL."""

    LOWER = "1-5"


class Lamp(SchoolTable, tablename="lamp"):
    """A lamp."""

    hue = Varchar(length=10, choices=Hue)
    full_name = Text()
    details = JSONB()


class Torch(SchoolTable, tablename="torch"):
    """A torch."""

    hue = Varchar(length=10, choices=Shade)


class Candle(SchoolTable, tablename="candle"):
    """A candle."""

    grade = Varchar(length=10, choices=Grade)


class Rope(SchoolTable, tablename="rope"):
    """A rope."""


class Bell(SchoolTable, tablename="bell"):
    """A bell."""


def a(table: type[SchoolTable], name: str, *parts: Any, **more: Any) -> Resource:
    """A resource of another name."""
    return resource(table, *parts, name=name, scopes={"school": EVERYTHING}, **more)


LAMP = a(Lamp, "Lamp")


@dataclasses.dataclass(frozen=True)
class Row:
    """A row."""

    text: str


FirstRow = Row


@dataclasses.dataclass(frozen=True)
class Row:  # type: ignore[no-redef]
    """Another row."""

    number: int


class PageInfo(StrEnum):
    """Named like a type of the host."""

    ODD = "odd"


@command("first.rows.put")
async def put_first(context: Context, *, rows: list[FirstRow]) -> None:
    """Put."""


@command("second.rows.put")
async def put_second(context: Context, *, rows: list[Row]) -> None:  # type: ignore[valid-type]
    """Put."""


@command("first.page.turn")
async def turn(context: Context, *, page: PageInfo) -> None:
    """Turn."""


@command("first.page.fold")
async def fold(context: Context, *, up: Literal["on", "off"], down: Literal["on", "out"]) -> None:
    """Fold."""


@command("first.lamp.light")
async def light(context: Context, *, on_top: bool, onTop: bool) -> None:  # noqa: N803
    """Light."""


@command("first.hue.choose")
async def choose(context: Context, *, hue: Hue) -> None:
    """Choose."""


def gives(
    name: str,
    resources: Sequence[Resource] = (),
    extensions: Sequence[Extension] = (),
    commands: Sequence[Command] = (),
    requires: tuple[str, ...] = (),
) -> Plugin:
    """A plugin."""

    class Made(Plugin):
        @hookimpl
        def resources(self) -> Sequence[Resource]:
            return resources

        @hookimpl
        def extensions(self) -> Sequence[Extension]:
            return extensions

        @hookimpl
        def commands(self) -> Sequence[Command]:
            return commands

    Made.name, Made.title, Made.requires = name, f"The plugin {name}", requires
    return Made()


def started(*plugins: Plugin) -> Host:
    """A host with these and its own parts."""
    parts = [jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin]
    registry = PluginRegistry.discover([*parts, *plugins], installed=False)
    return Host(registry, Database("", ContextSigner(bytes(32))), PostgresQueue())


OWN = "that is the host's own (graphql)"
ENUM = Field("kind", "String", "'x'", "", ("x",), "Viewer")
BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    **{
        name: ({"resources": [a(Lamp, name)]}, f"gives the GraphQL type '{name}', which follows from {name}; {OWN}")
        for name in "PageInfo Node Viewer UserError Query Mutation Space OrderDirection StringFilter JSON None".split()
    },
    "jobs": ({"resources": [a(Lamp, "Job")]}, "the resource 'Job'; that is the host's own (jobs)"),
    "derived from the host's": (
        {"resources": [a(Lamp, "JobConnection")]},
        "'JobConnection', which follows from Job and JobConnection; that is the host's own (jobs)",
    ),
    "a filter": ({"resources": [a(Lamp, "String")]}, OWN),
    "a root field": (
        {"resources": [a(Lamp, "Lamp", plural="viewer")]},
        f"Query 'viewer', which follows from Lamp; {OWN}",
    ),
    "one and many": ({"resources": [a(Lamp, "Sheep", plural="sheep")]}, "'sheep' twice, which follows from Sheep"),
    "a connection": (
        {"resources": [LAMP, a(Torch, "LampConnection")]},
        "gives the GraphQL type 'LampConnection' twice, which follows from Lamp and LampConnection",
    ),
    "an enum": (
        {"resources": [a(Lamp, "Lamp", enums={"hue": "PageInfo"})]},
        f"'PageInfo', which follows from Lamp; {OWN}",
    ),
    "one enum for two": (
        {"resources": [LAMP, a(Torch, "Torch", enums={"hue": "LampHue"})]},
        "'LampHue' twice, which follows from Lamp and Torch",
    ),
    "an extension's enum": (
        {"resources": [LAMP], "extensions": [extend(Lamp, ENUM)]},
        f"'Viewer', which follows from Lamp.kind; {OWN}",
    ),
    "values": ({"resources": [a(Candle, "Candle")]}, "'1-5' is no name in GraphQL"),
    "a name": ({"resources": [a(Rope, "Röpe")]}, "'Röpe' is no name in GraphQL"),
    "two spellings": (
        {"resources": [a(Lamp, "Lamp", computed("fullName", "String", "'x'"))]},
        "the field of the GraphQL type Lamp 'fullName' twice",
    ),
    "an id": ({"resources": [a(Lamp, "Lamp", computed("id", "ID", "'x'"))]}, "the field of the GraphQL type Lamp 'id'"),
    "no filter": (
        {"resources": [a(Lamp, "Lamp", filters=["details"])]},
        "LampFilter.details: there is no GraphQL type JSONFilter",
    ),
    "a parameter's enum": ({"commands": [turn]}, f"'PageInfo', which follows from first.page.turn; {OWN}"),
    "two literals": ({"commands": [fold]}, "the GraphQL type 'FoldOn' twice, which follows from first.page.fold"),
    "two rows": (
        {"commands": [put_first, put_second]},
        "'RowInput' twice, which follows from first.rows.put and second.",
    ),
    "two arguments": ({"commands": [light]}, "the field of the GraphQL type LightInput 'onTop' twice"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_plugin_whose_names_clash_by_itself_is_left_out_with_those_that_require_it(name: str) -> None:
    parts, message = BROKEN[name]
    good = gives("good", [a(Bell, "Bell")], commands=[choose])
    host = started(gives("broken", **parts), good, gives("needy", requires=("broken",)))
    reasons = {each.name: each.reason for each in host.registry.quarantined}
    assert {"broken", "needy"} == reasons.keys()
    assert message in reasons["broken"]
    schema = build_schema(host.variant(frozenset(host.registry.plugins)))
    assert "Bell" in schema.type_map


CLASHES = {
    "a connection": (
        gives("first", [LAMP]),
        gives("second", [a(Torch, "LampConnection")]),
        "first and second both give the GraphQL type 'LampConnection', which follows from Lamp and LampConnection",
    ),
    "a root field": (
        gives("first", [LAMP]),
        gives("second", [a(Torch, "Torch", plural="lamp")]),
        "both give the field of the GraphQL type Query 'lamp'",
    ),
    "an enum": (
        gives("first", [LAMP]),
        gives("second", [a(Torch, "Torch", enums={"hue": "LampHue"})]),
        "both give the GraphQL type 'LampHue'",
    ),
    "an input": (
        gives("first", commands=[put_first]),
        gives("second", commands=[put_second]),
        "both give the GraphQL type 'RowInput', which follows from first.rows.put and second.rows.put",
    ),
    "an extension": (
        gives("first", [LAMP]),
        gives("second", extensions=[extend(Lamp, computed("fullName", "String", "'x'"))], requires=("first",)),
        "both give the field of the GraphQL type Lamp 'fullName', which follows from Lamp and Lamp.fullName",
    ),
}


@pytest.mark.parametrize("name", CLASHES)
def test_names_of_two_plugins_that_clash_keep_the_host_from_starting(name: str) -> None:
    first, second, message = CLASHES[name]
    with pytest.raises(ConfigurationError, match=message):
        started(first, second)


def test_an_enum_and_an_input_may_be_used_in_many_places() -> None:
    host = started(
        gives("first", [a(Lamp, "Lamp", enums={"hue": "Hue"})], commands=[choose, put_first]),
        gives(
            "second", commands=[dataclasses.replace(put_first, name="second.rows.put", function=put_second.function)]
        ),
    )
    assert [] == host.registry.quarantined
    assert "Hue" in build_schema(host.variant(frozenset(host.registry.plugins))).type_map


def test_the_installed_plugins_do_not_clash() -> None:
    listed = CliRunner().invoke(main, ["plugins", "--strict"])
    assert 0 == listed.exit_code, listed.output
