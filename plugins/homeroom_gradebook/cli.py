"""The command line of the gradebook: ``homeroom gradebook ...``."""

from __future__ import annotations

from pathlib import Path

import click

from homeroom.errors import ConfigurationError
from homeroom.worked_examples import ExampleFault, gather_runners, read_examples, run_examples
from homeroom_gradebook.installed import scheme_families


@click.group()
def gradebook() -> None:
    """Marks, averages and the rules behind them."""


@gradebook.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def verify(file: Path) -> None:
    """Run the worked examples of FILE through the installed grading schemes, without a database.

    Prints each mismatch and a total; the exit code is 0 only if every example came out as expected.
    """
    try:
        examples = read_examples(file)
        mismatches = list(
            run_examples(examples, gather_runners({each.name: each.runners for each in scheme_families()}))
        )
    except (ExampleFault, ConfigurationError) as fault:
        raise click.ClickException(str(fault)) from fault
    for mismatch in mismatches:
        click.echo(str(mismatch))
    click.echo(f"{len(examples)} examples: {len(examples) - len(mismatches)} passed, {len(mismatches)} failed")
    if mismatches:
        raise SystemExit(1)


COMMANDS = (gradebook,)
