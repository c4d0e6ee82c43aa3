"""The group of all commands. Nothing is imported before it is asked for, so that ``--help`` stays quick."""

from __future__ import annotations

import importlib
from typing import Any

import click

from homeroom.errors import ConfigurationError, Failure, Refusal
from homeroom.settings import unknown_variables

__all__ = ["OWN_COMMANDS", "main"]

#: The kernel's own commands: name to the module that has it as ``command``.
OWN_COMMANDS = {
    "database": "homeroom.cli.database",
    "migrate": "homeroom.cli.migrate",
    "migrations": "homeroom.cli.migrations",
    "plugins": "homeroom.cli.plugins",
    "reference": "homeroom.cli.reference",
    "serve": "homeroom.cli.serve",
    "settings": "homeroom.cli.settings",
    "worker": "homeroom.cli.worker",
}


class Commands(click.Group):
    """The kernel's commands and those of all plugins that are not quarantined."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted({*OWN_COMMANDS, *self._contributed()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        if cmd_name in OWN_COMMANDS:
            command: click.Command = importlib.import_module(OWN_COMMANDS[cmd_name]).command
            return command
        return self._contributed().get(cmd_name)

    def _contributed(self) -> dict[str, click.Command]:
        from homeroom.hooks import HookError, Hooks
        from homeroom.plugins import PluginRegistry

        registry = PluginRegistry.discover()
        hooks = Hooks(registry)
        contributed: list[tuple[str, list[click.Command]]] | None = None
        while contributed is None:
            try:
                contributed = hooks.collect_by_plugin("cli")
            except HookError as error:  # its own commands are missing; everybody else's are there
                registry.remove(error.plugin, str(error))
        commands: dict[str, click.Command] = {}
        for plugin, found in contributed:
            for command in found:
                name = command.name or ""
                if name in OWN_COMMANDS or name in commands:
                    raise ConfigurationError(f"plugin {plugin}: the command {name!r} is taken")
                commands[name] = command
        return commands

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; what a person can mend is told in a sentence and not as a traceback."""
        for name, meant in unknown_variables():
            hint = f"; did you mean {meant}?" if meant else ""
            click.echo(f"homeroom: {name} is no setting{hint}", err=True)
        try:
            return super().main(*args, **kwargs)
        except (ConfigurationError, Failure) as error:
            click.echo(f"homeroom: {error}", err=True)
        except Refusal as refusal:
            for problem in refusal.problems:
                place = "".join(
                    f"{label} {value}: "
                    for label, value in (("row", problem.row), ("field", problem.field))
                    if value is not None
                )
                click.echo(f"homeroom: {place}{problem.message} [{problem.code}]", err=True)
        raise SystemExit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="homeroom")
def main() -> None:
    """Homeroom runs the administration of many schools on one installation."""
