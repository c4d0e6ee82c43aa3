"""The page of the settings."""

from __future__ import annotations

from homeroom.plugins import PluginRegistry
from homeroom.reference.markdown import table
from homeroom.settings import describe

__all__ = ["settings_page"]


def settings_page(_registry: PluginRegistry) -> str:
    """Every setting of an installation."""
    rows = [
        (f"`{doc.variable}`", doc.kind, f"`{doc.default}`" if doc.default else "", doc.description)
        for doc in describe()
    ]
    return (
        "# Settings\n\n"
        "Homeroom reads its settings from the environment, once, when a process starts. An empty variable counts as"
        " unset. `homeroom settings` shows the values in force, and no secrets. A variable that starts with"
        " `HOMEROOM_` and is no setting is named on the error output.\n\n"
        + table(("Variable", "Values", "Default", "What it does"), rows)
    )
