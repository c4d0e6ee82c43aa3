"""Every block of every page is one that its reader could use: queries are valid, commands exist, JSON is JSON."""

from __future__ import annotations

import ast
import json
import tomllib

import pytest
from graphql import GraphQLSchema, parse, validate
from manual.blocks import Block, all_pages, blocks_of
from manual.console import lines_of, misuse

from homeroom.cli import main
from homeroom.host import Host
from homeroom_graphql.limits import Limits
from homeroom_graphql.schemas import operations_of

_LANGUAGES = {"", "console", "graphql", "http", "ini", "json", "python", "sh", "sql", "toml"}


def blocks(*languages: str) -> list[Block]:
    """All blocks of some languages, of all pages."""
    return [block for page in all_pages() for block in blocks_of(page) if block.language in languages]


async def schema_of(region: str, host: Host) -> GraphQLSchema:
    """The schema of a new school of a region."""
    (preset,) = [preset for preset in host.hooks.collect("presets") if preset.region == region]
    wanted = host.registry.with_requirements(preset.plugins)
    return (await operations_of(host.variant(host.registry.runnable(wanted)), Limits.of(host.settings))).schema


def test_blocks_are_of_languages_that_are_checked() -> None:
    assert set() == {block.language for page in all_pages() for block in blocks_of(page)} - _LANGUAGES


async def test_documents_are_valid_in_their_region(host: Host) -> None:
    # That of the tutorial is valid where its plugin is on: see test_plugin_tutorial.py.
    found = [block for block in blocks("graphql") if "tutorial" not in block.words]
    schemas = {region: await schema_of(region, host) for region in {block.words.get("region", "vn") for block in found}}
    assert 30 < len(found)
    for block in found:
        assert [] == validate(schemas[block.words.get("region", "vn")], parse(block.text)), str(block)


def test_commands_of_the_command_line_exist() -> None:
    checked = 0
    for block in blocks("console"):
        for line in lines_of(block):
            if line.homeroom is not None:
                assert "" == misuse(line.homeroom, main), f"{block}: {line.words}"
                checked += 1
    assert 30 < checked


def test_the_check_of_commands_finds_what_is_wrong() -> None:
    assert "" == misuse(("tenant", "create", "a", "--region", "vn"), main)
    assert "there is no command" in misuse(("tenants", "create", "a"), main)
    assert "No such option" in misuse(("tenant", "create", "a", "--regions", "vn"), main)
    assert "Missing" in misuse(("tenant", "create", "a"), main)
    assert "unexpected extra argument" in misuse(("migrate", "now"), main)
    assert "names no command" in misuse(("tenant",), main)


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_toml_is_toml(block: Block) -> None:
    assert tomllib.loads(block.text)


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_is_python(block: Block) -> None:
    try:
        compile(block.text, str(block), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:  # else it is a signature
        assert not block.file
        compile(f"{block.text.rstrip()}: ...\n", str(block), "exec")
