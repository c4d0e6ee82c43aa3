"""The page of the command line."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from homeroom.cli.group import OWN_COMMANDS
from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import table

__all__ = ["cli_page", "commands_of"]

_WIDTH = 10_000
_INTRODUCTION = """# Command line

`homeroom COMMAND --help` says the same. In a checkout, `./run COMMAND` is `homeroom COMMAND`. Commands that need the
database use the one of the settings, or start the embedded server for as long as they run. A refusal or a wrong
setting is reported in one line, and the exit code is 1."""


def commands_of(registry: PluginRegistry) -> dict[str, tuple[str, click.Command]]:
    """Every command: name to the plugin that brings it (``homeroom`` for the kernel) and the command."""
    found = {name: ("homeroom", importlib.import_module(module).command) for name, module in OWN_COMMANDS.items()}
    for plugin, commands in Hooks(registry).collect_by_plugin("cli"):
        found |= {str(command.name): (plugin, command) for command in commands}
    return dict(sorted(found.items()))


def cli_page(registry: PluginRegistry) -> str:
    """Every command with its arguments and options."""
    parts = [_INTRODUCTION]
    for name, (plugin, command) in commands_of(registry).items():
        parts += _described(f"homeroom {name}", command, plugin, None)
    return "\n\n".join(parts)


def _described(path: str, command: click.Command, plugin: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, info_name=path if parent is None else command.name, parent=parent)
    context.terminal_width = context.max_content_width = _WIDTH
    if isinstance(command, click.Group):
        yield f"## {path}\n\n{_help(command)}"
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _described(f"{path} {name}", inner, plugin, context)
        return
    level = "##" if parent is None else "###"
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield f"{level} {path}\n\n```\n{usage}\n```\n\n{_help(command)}"
    options = [
        record
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts
        if (record := parameter.get_help_record(context)) is not None
    ]
    if options:
        yield table(("Option", ""), [(f"`{name}`", said) for name, said in options])


def _help(command: click.Command) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (command.help or "").replace("\b", "").split("\n\n"))
