"""The reference says what the code says, and the code has something to say about everything."""

from __future__ import annotations

import ast
import importlib.resources
import inspect
import re
from pathlib import Path

import click
import pytest
from manual.blocks import ROOT, all_pages, blocks_of

from homeroom import hookspecs
from homeroom.cli import main
from homeroom.cli.group import OWN_COMMANDS
from homeroom.errors import ConfigurationError
from homeroom.hooks import Hooks
from homeroom.parts import plugin_package
from homeroom.plugins import PluginRegistry
from homeroom.reference import COMMAND, PAGES, bundled, refuse_stale_installation, render
from homeroom.reference.cli import commands_of
from homeroom.reference.codes import codes_of
from homeroom.reference.hooks import hooks_of
from homeroom.reference.public import HOST_PACKAGES, PUBLIC
from homeroom.reference.python import example_in, names_of, shown_names
from homeroom.settings import Settings, describe

FOLDER = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def registry() -> PluginRegistry:
    """The plugins that come with Homeroom."""
    found = bundled()
    assert [] == [each for each in found.quarantined if each.origin == "homeroom"]
    return found


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages as the code makes them now."""
    return render(FOLDER)


def page(name: str) -> str:
    """A page of the reference as it lies there."""
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_says(name: str, pages: dict[str, str]) -> None:
    assert pages[name] == page(name), f"docs/reference/{name} is out of date: run `{COMMAND}`"


def test_pages_are_not_written_without_a_plugin_that_is_not_installed_yet(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    refuse_stale_installation(ROOT / "pyproject.toml")
    project.write_text('[project.entry-points.homeroom]\nnever = "homeroom_never.plugin:plugin"\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"never; run \./run plugins"):
        refuse_stale_installation(project)


def test_every_hook_is_in_the_reference_with_its_signature() -> None:
    written = page("hooks.md")
    # Read from the source and not by the generator: otherwise both could forget the same hook.
    declared = re.findall(
        r"^@hookspec\n(?:@part\([^)]*\)\n)?((?:async )?def \w+\([^)]*\) -> [^\n]+?):(?:\s*#[^\n]*)?$",
        inspect.getsource(hookspecs),
        re.MULTILINE,
    )
    assert 15 < len(declared)
    for signature in declared:
        assert f"```python\n{signature}\n```" in written


#: Hooks that no bundled plugin needs, each with the test that uses it.
USED_BY_OTHERS: dict[str, str] = {}


def test_every_hook_is_used_by_a_bundled_plugin(registry: PluginRegistry) -> None:
    modules = [hookspecs, *(module for plugin in registry.in_order() for module in plugin.hookspecs)]
    unused = [hook.name for module in modules for hook in hooks_of(module, registry) if not hook.implemented_by]
    assert list(USED_BY_OTHERS) == unused


def test_every_hook_says_whether_it_waits_and_how_results_combine(registry: PluginRegistry) -> None:
    modules = [hookspecs, *(module for plugin in registry.in_order() for module in plugin.hookspecs)]
    for hook in (hook for module in modules for hook in hooks_of(module, registry)):
        word = "Async" if hook.signature.startswith("async") else "Sync"
        assert re.search(rf"\b{word}, (collect|first|each)\b", hook.description), hook.name
        for argument in re.findall(r"[(,] ?(\w+):", hook.signature):
            assert re.search(rf"^    {argument}: ", hook.description, re.MULTILINE), f"{hook.name}: {argument}"


def test_every_setting_is_in_the_reference() -> None:
    written = page("settings.md")
    documented = {doc.field for doc in describe()}
    assert set(Settings.__struct_fields__) == documented
    for doc in describe():
        assert f"| `{doc.variable}` |" in written
        assert doc.description.endswith("."), doc.variable


def test_every_command_of_a_bundled_plugin_says_what_it_does(registry: PluginRegistry) -> None:
    written = page("permissions.md")
    commands = Hooks(registry).collect("commands")
    assert 50 < len(commands)
    for command in commands:
        first = command.description.split("\n\n")[0]
        assert first[:1].isupper(), command.name
        assert first.rstrip().endswith("."), command.name
        assert f"| `{command.name}` | `{command.field}` |" in written


def test_every_line_of_the_command_line_has_help(registry: PluginRegistry) -> None:
    written = page("cli.md")

    def walk(path: str, command: click.Command) -> None:
        assert command.help, path
        assert command.help.split("\n\n")[0].rstrip().endswith("."), path
        assert f" {path}\n" in written
        for name, inner in getattr(command, "commands", {}).items():
            walk(f"{path} {name}", inner)

    for name, (_, command) in commands_of(registry).items():
        walk(f"homeroom {name}", command)
    assert set(OWN_COMMANDS) <= set(main.list_commands(click.Context(main)))


def test_every_code_has_a_meaning(registry: PluginRegistry) -> None:
    refusals, failures = codes_of(registry)
    assert {"CONFLICT", "INVALID", "NOT_FOUND"} <= set(refusals)
    assert {"CROSS_SITE", "FORBIDDEN", "INTERNAL", "UNAUTHENTICATED"} <= set(failures)
    for doc in [*refusals.values(), *failures.values()]:
        own = any(each.strip("… :") for each in doc.messages)
        assert own or doc.code == "GRAPHQL_VALIDATION_FAILED", doc.code


def test_examples_in_docstrings_are_python_and_show_the_name() -> None:
    found = [(name, example_in(name)) for module in PUBLIC for name in names_of(module) if name.is_described]
    examples = {name.name: example for name, example in found if example}
    assert {"money", "consented"} <= set(examples)
    for name, example in examples.items():
        compile(example, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert re.search(rf"\b{name}\b", example), name


def test_every_name_on_the_page_of_python_has_an_example_or_belongs_to_one(registry: PluginRegistry) -> None:
    shown = shown_names(registry, ROOT / "docs")
    for module in PUBLIC:
        for each in names_of(module):
            if each.is_described and each.name in shown[module]:
                assert shown[module][each.name] or example_in(each), f"{module}.{each.name}"
    assert "[States](../plugins-second.md#states)" in shown["homeroom.nouns"]["Step"]
    assert "lock_owners" not in shown["homeroom.nouns.dating"]  # the host's own: nothing outside uses it


def test_what_the_manual_and_plugins_import_is_on_the_page_of_python(registry: PluginRegistry) -> None:
    sources = {
        str(block): block.text for page in all_pages() for block in blocks_of(page) if block.file.endswith(".py")
    }
    for plugin in registry.in_order():
        package = plugin_package(plugin).partition(".")[0]
        if package not in (*HOST_PACKAGES, "homeroom_demo", "homeroom_bench"):
            folder = Path(str(importlib.resources.files(package)))
            sources |= {str(file): file.read_text(encoding="utf-8") for file in folder.rglob("*.py")}
    assert 100 < len(sources)
    for place, text in sources.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in HOST_PACKAGES:
                assert node.module in PUBLIC, f"{place} imports {node.module}: see homeroom.reference.public"
