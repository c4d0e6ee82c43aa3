"""The command line: ``homeroom``. The kernel's own commands, and those that plugins bring (hook ``cli``)."""

from __future__ import annotations

from homeroom.cli.group import main
from homeroom.cli.runtime import open_database, run_with_host

__all__ = ["main", "open_database", "run_with_host"]
