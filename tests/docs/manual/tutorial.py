"""Does with an installed plugin what a page tells to do, in a process of its own.

Each argument is JSON: a list is a command line of ``homeroom``, a text is a GraphQL document that must be valid where
all installed plugins are on. Prints one JSON list: for each argument an exit code and what was printed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from click.testing import CliRunner
from graphql import parse, validate

from homeroom.cli import main
from homeroom.hooks import Hooks
from homeroom.plugins import PluginRegistry
from homeroom.variants import assemble
from homeroom_graphql.schema import build_schema


def done(wanted: Any) -> tuple[int, str]:
    """What becomes of one argument."""
    if isinstance(wanted, list):
        result = CliRunner().invoke(main, wanted)
        return result.exit_code, result.output
    registry = PluginRegistry.discover()
    schema = build_schema(assemble(Hooks(registry), frozenset(registry.plugins)))
    errors = validate(schema, parse(wanted))
    return len(errors), "; ".join(error.message for error in errors)


if __name__ == "__main__":
    print(json.dumps([done(json.loads(argument)) for argument in sys.argv[1:]]))
