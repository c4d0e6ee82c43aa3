"""The plugin ``demo``: a command of the command line, and nothing in any school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin

if TYPE_CHECKING:
    import click

__all__ = ["plugin"]


class DemoPlugin(Plugin):
    """The demonstration schools."""

    name = "demo"
    title = "Demonstration: three schools of three regions"
    requires = ("school", "gradebook", "vn", "hk", "cn")

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom demo``."""
        from homeroom_demo.cli import command

        return [command]


plugin = DemoPlugin()
