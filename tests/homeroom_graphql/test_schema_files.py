"""The schema files in the repository are those of the plugins, and the command line prints and writes them."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from garden.plugin import GardenPlugin
from graphql import (
    GraphQLEnumType,
    GraphQLSchema,
    build_schema,
    is_specified_scalar_type,
    lexicographic_sort_schema,
    print_schema,
    validate_schema,
)

from homeroom.cli import main
from homeroom.errors import ConfigurationError
from homeroom.plugins import PluginRegistry
from homeroom.worker.plugin import plugin as jobs_plugin
from homeroom_graphql.cli import own_schemas, schema_of_plugins, schema_of_region
from homeroom_graphql.own_schema import FILE
from homeroom_graphql.plugin import plugin as graphql_plugin
from homeroom_policies.plugin import plugin as policies_plugin
from homeroom_tenants.plugin import plugin as tenants_plugin

ROOT = Path(__file__).parents[2]
REGIONS = ("vn", "hk", "cn")


@functools.cache
def files() -> dict[Path, str]:
    """The files of the plugins of this repository, and what is to be in them."""
    return own_schemas([])


@functools.cache
def text_of(region: str) -> str:
    """The schema of a region with all plugins that are installed, made once for all tests."""
    return schema_of_region(region)


@functools.cache
def schema_of(region: str) -> GraphQLSchema:
    """The same, to be read."""
    return build_schema(text_of(region))


def test_the_schema_files_of_plugins_are_up_to_date() -> None:
    drifted = [
        str(path.relative_to(ROOT))
        for path, text in files().items()
        if text != (path.read_text(encoding="utf-8") if path.exists() else "")
    ]
    if drifted:
        pytest.fail(f"{drifted} have drifted; look at what changed for clients, then run: homeroom schema --write")


def test_there_is_a_file_for_each_plugin_that_adds_something_and_no_other() -> None:
    found = {path for folder in ("platform", "tenants", "policies", "graphql", "plugins")
             for path in (ROOT / folder).rglob(FILE)}  # fmt: skip
    assert {path for path, text in files().items() if text} == found


def test_the_files_of_plugins_together_are_the_schema_of_a_school() -> None:
    together = build_schema("\n".join(files().values()))
    whole = build_schema(schema_of_plugins(list(PluginRegistry.discover().plugins)))
    assert print_schema(lexicographic_sort_schema(whole)) == print_schema(lexicographic_sort_schema(together))


def test_a_plugin_writes_what_it_adds_itself() -> None:
    printed = CliRunner().invoke(main, ["schema", "--plugin", "gradebook", "--own"])
    assert 0 == printed.exit_code, printed.output
    assert "type Mark implements Node {" in printed.output
    assert "extend type Student {" in printed.output
    assert "type Student implements" not in printed.output
    for words in (["--own"], ["--own", "--region", "vn"], ["--write", "--region", "vn"]):
        assert 0 != CliRunner().invoke(main, ["schema", *words]).exit_code


@pytest.mark.parametrize("region", REGIONS)
def test_a_schema_is_one_that_explains_itself(region: str) -> None:
    schema = schema_of(region)
    assert [] == validate_schema(schema)
    assert schema.mutation_type is not None
    silent = [name for name, field in schema.mutation_type.fields.items() if not field.description]
    assert [] == silent


def test_the_command_prints_the_schema() -> None:
    printed = CliRunner().invoke(main, ["schema", "--region", "vn"])
    assert (0, text_of("vn")) == (printed.exit_code, printed.output)
    printed = CliRunner().invoke(main, ["schema", "--plugin", "school", "--plugin", "files"])
    assert (0, True, False) == (printed.exit_code, "type Student " in printed.output, "type Mark " in printed.output)
    for words in ([], ["--region", "vn", "--plugin", "school"], ["--plugin", "nothing"]):
        assert 0 != CliRunner().invoke(main, ["schema", *words]).exit_code


def test_an_unknown_region_is_reported_with_those_that_are_known() -> None:
    with pytest.raises(ConfigurationError, match=r"no region 'xx'; known are .*\bvn\b"):
        schema_of_region("xx")


def test_a_plugin_gives_its_part_of_the_schema_and_takes_it_away() -> None:
    parts = [jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin]
    text = schema_of_region("east", PluginRegistry.discover([*parts, GardenPlugin()], installed=False))
    assert "type Plant implements Node {" in text
    assert 'enum GrowthStage {\n  """Seed."""\n  SEED\n' in text
    assert "plantMany(" in text
    assert "Plant" not in text_of("hk")


class OldGarden(GardenPlugin):
    """A garden with a field and a command that frontends should stop using."""

    deprecated = {"Plant.label": "Use name.", "garden.plants.plant": "Use plantRows."}  # noqa: RUF012


def test_the_schema_marks_what_a_plugin_declares_deprecated() -> None:
    parts = [jobs_plugin, tenants_plugin, policies_plugin, graphql_plugin]
    schema: Any = build_schema(
        schema_of_region("east", PluginRegistry.discover([*parts, OldGarden()], installed=False))
    )
    fields, mutations = schema.type_map["Plant"].fields, schema.mutation_type.fields
    reasons = [each.deprecation_reason for each in (fields["label"], mutations["plantMany"], mutations["growOne"])]
    assert ["Use name.", "Use plantRows.", None] == reasons


@pytest.mark.parametrize("region", REGIONS)
def test_everything_in_the_schema_is_described(region: str) -> None:
    """What a plugin's author must write and has not: a docstring, an argument in one, or a column's help_text."""
    schema = schema_of(region)
    missing = []
    for name, kind in schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        named: dict[str, Any] = {name: kind}
        if isinstance(kind, GraphQLEnumType):
            named |= {f"{name}.{value}": each for value, each in kind.values.items()}
        for field, each in getattr(kind, "fields", {}).items():
            named[f"{name}.{field}"] = each
            named |= {f"{name}.{field}({argument})": given for argument, given in getattr(each, "args", {}).items()}
        missing += [each for each, what in named.items() if not (what.description or "").strip()]
    assert [] == missing
