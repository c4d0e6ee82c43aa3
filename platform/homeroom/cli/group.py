"""The group of all commands. Nothing is imported before it is asked for, so that ``--help`` stays quick."""

from __future__ import annotations

import importlib
import json
import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import click

from homeroom.collector import collect_rarely
from homeroom.errors import ConfigurationError, Failure, Refusal
from homeroom.languages import ENGLISH
from homeroom.messages import english, environment_language
from homeroom.reading.refusals import AT_COLUMN, AT_FIELD, AT_ROW
from homeroom.settings import PREFIX, unknown_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.errors import Problem
    from homeroom.messages import Messages
    from homeroom.refusals import Code

__all__ = ["OWN_COMMANDS", "main", "problem_line", "text_of"]

#: The kernel's own commands: name to the module that has it as ``command``.
OWN_COMMANDS = {
    "database": "homeroom.cli.database",
    "key": "homeroom.cli.key",
    "migrate": "homeroom.cli.migrate",
    "migrations": "homeroom.cli.migrations",
    "plugin": "homeroom.cli.plugin",
    "plugins": "homeroom.cli.plugins",
    "reference": "homeroom.cli.reference",
    "serve": "homeroom.cli.serve",
    "settings": "homeroom.cli.settings",
    "testing": "homeroom.cli.testing",
    "translations": "homeroom.cli.translations",
    "worker": "homeroom.cli.worker",
}
_CONTRIBUTED = "homeroom.cli.contributed"


class Commands(click.Group):
    """The kernel's commands and those of all plugins that are not quarantined."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*OWN_COMMANDS, *_contributed(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        if cmd_name in OWN_COMMANDS:
            command: click.Command = importlib.import_module(OWN_COMMANDS[cmd_name]).command
            return command
        return _contributed(ctx).get(cmd_name)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; an error that a person can correct is one sentence and no traceback."""
        collect_rarely()
        for name, meant in _unknown_variables():
            hint = f"; did you mean {meant}?" if meant else ""
            _warn(f"{name} is no setting{hint}")
        try:
            return super().main(*args, **kwargs)
        except ConfigurationError as error:
            click.echo(f"homeroom: {error}", err=True)
        except Failure as failure:
            click.echo(f"homeroom: {text_of(failure.code, failure.values)}", err=True)
        except Refusal as refusal:
            for problem in refusal.problems:
                # The text of a fault of a file names its place itself.
                place = {} if "place" in problem.values else _place_of(problem)
                click.echo(problem_line(problem.code, text_of(problem.code, problem.values), place), err=True)
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "asyncpg":
                raise
            click.echo(f"homeroom: the database refuses this: {error}", err=True)
        raise SystemExit(1)


def _place_of(problem: Problem) -> dict[str, Any]:
    """Where a problem lies, for :func:`problem_line`."""
    return {"row": problem.row, "column": problem.column, "field": problem.field}


def problem_line(code: str, text: str, place: Mapping[str, Any], language: str | None = None) -> str:
    """A problem as the command line shows it.

    Args:
        code: For programs.
        text: For people.
        place: The row, the column and the field, as far as they are known.
        language: That of the text; the one of the locale unless given.
    """
    known = (
        (text, name, place.get(name)) for text, name in ((AT_ROW, "row"), (AT_COLUMN, "column"), (AT_FIELD, "field"))
    )
    where = "".join(
        f"{text_of(text, {name: str(value)}, language)}: "
        for text, name, value in known
        if value is not None and value != ""
    )
    return f"homeroom: {where}{text} [{code}]"


def _unknown_variables() -> list[tuple[str, str | None]]:
    """Variables that are no settings, of the host or of a plugin; plugins are looked for only if there are any."""
    unknown = unknown_variables()
    if unknown:
        from homeroom.plugins import PluginRegistry

        unknown = unknown_variables(plugins=PluginRegistry.discover().declared_settings())
    return unknown


def text_of(code: Code, values: Mapping[str, Any], language: str | None = None) -> str:
    """The text of a refusal in a language, by default in that of the locale."""
    language = language or environment_language()
    if language == ENGLISH:
        return english(code, values)
    return _messages().text(code, values, language)


@lru_cache(maxsize=1)
def _messages() -> Messages:
    from homeroom.messages import Messages
    from homeroom.plugins import PluginRegistry

    return Messages(PluginRegistry.discover())


def _warn(message: str) -> None:
    """Say it on standard error: as a log line, where the command's other lines are such and programs read them."""
    if sys.argv[1:2] in (["serve"], ["worker"]) and os.environ.get(f"{PREFIX}LOG_FORMAT") == "json":
        click.echo(json.dumps({"level": "warning", "logger": __name__, "event": message}), err=True)
    else:
        click.echo(f"homeroom: {message}", err=True)


def _contributed(ctx: click.Context) -> Mapping[str, click.Command]:
    """The commands of the plugins, asked for once in a run."""
    found: Mapping[str, click.Command] | None = ctx.meta.get(_CONTRIBUTED)
    if found is None:
        found = ctx.meta[_CONTRIBUTED] = _collect()
    return found


def _collect() -> dict[str, click.Command]:
    from homeroom.claims import Claim, Claims
    from homeroom.errors import PluginError
    from homeroom.hooks import Hooks
    from homeroom.plugins import KERNEL, PluginRegistry

    registry = PluginRegistry.discover()
    hooks = Hooks(registry)
    while True:
        claims = Claims(frozenset({KERNEL, *registry.host_parts()}))
        commands: dict[str, click.Command] = {}
        try:
            for name in OWN_COMMANDS:
                claims.take(Claim("homeroom command", name, KERNEL))
            for plugin, contributed in hooks.collect_by_plugin("cli"):
                for command in contributed:
                    claims.take(Claim("homeroom command", command.name or "", plugin))
                    commands[command.name or ""] = command
            return commands
        except PluginError as error:  # its own commands are missing; everybody else's are there
            registry.remove(error.plugin, str(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="homeroom")
def main() -> None:
    """Homeroom runs the administration of many schools on one installation."""
