"""The plugin ``gradebook``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.hookspecs import hookimpl
from homeroom.plugins import Plugin
from homeroom_gradebook import hookspecs
from homeroom_gradebook.cli import gradebook

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

__all__ = ["plugin"]


class GradebookPlugin(Plugin):
    """Assessments, entry rounds, marks, results."""

    name = "gradebook"
    title = "Gradebook"
    requires = ("school",)
    hookspecs = (hookspecs,)

    @hookimpl
    def cli(self) -> Sequence[click.Command]:
        """``homeroom gradebook``."""
        return [gradebook]


plugin = GradebookPlugin()
