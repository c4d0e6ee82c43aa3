"""Homeroom's kernel: hooks, plugins, tenancy, commands, audit and jobs. It names no school domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from homeroom.commands import Command, Event, Ref, command
from homeroom.computed_queries import ComputedQuery, query
from homeroom.errors import Failure, Forbidden, Problem, Refusal
from homeroom.hookspecs import API_VERSION, hookimpl
from homeroom.jobs import Job, job
from homeroom.permissions import Rule
from homeroom.plugins import Plugin
from homeroom.presets import Preset

if TYPE_CHECKING:
    from homeroom.context import Context

__all__ = [
    "API_VERSION",
    "Command",
    "ComputedQuery",
    "Context",
    "Event",
    "Failure",
    "Forbidden",
    "Job",
    "Plugin",
    "Preset",
    "Problem",
    "Ref",
    "Refusal",
    "Rule",
    "command",
    "hookimpl",
    "job",
    "query",
]


def __getattr__(name: str) -> Any:
    """The context, imported on use: it needs the database, and the declaration of a plugin does not."""
    if name == "Context":
        from homeroom.context import Context

        return Context
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
