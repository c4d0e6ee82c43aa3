"""Homeroom's kernel: hooks, plugins, tenancy, commands, audit and jobs. It names no school domain."""

from __future__ import annotations

from homeroom.commands import Command, Event, Ref, command
from homeroom.context import Context
from homeroom.errors import Conflict, Failure, Forbidden, Invalid, NotFound, Problem, Refusal
from homeroom.hookspecs import API_VERSION, hookimpl
from homeroom.jobs import Job, job
from homeroom.permissions import Rule
from homeroom.plugins import Plugin
from homeroom.presets import Preset

__all__ = [
    "API_VERSION",
    "Command",
    "Conflict",
    "Context",
    "Event",
    "Failure",
    "Forbidden",
    "Invalid",
    "Job",
    "NotFound",
    "Plugin",
    "Preset",
    "Problem",
    "Ref",
    "Refusal",
    "Rule",
    "command",
    "hookimpl",
    "job",
]
