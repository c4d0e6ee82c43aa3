"""The command line of imports: ``homeroom import-rows``, ``import-runs`` and ``undo-import``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from homeroom.errors import Refusal
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding
from homeroom.signatures import REQUIRED

if TYPE_CHECKING:
    from uuid import UUID

    from homeroom.commands import Command
    from homeroom.context import Context
    from homeroom.host import Host

__all__ = ["COMMANDS", "date_order_option", "encoding_option", "report_of", "show_report"]

_LAST: Final = (
    "SELECT r.id FROM import_run r WHERE r.kind = 'import' AND r.state = 'done' AND ($1::text IS NULL OR r.system = $1)"
    " AND ($2::text IS NULL OR r.command = $2) AND r.undoable_until IS NOT NULL"
    " AND NOT EXISTS (SELECT FROM import_run u WHERE u.undoes_id = r.id) ORDER BY r.id DESC LIMIT 1"
)
_RUNS: Final = (
    "SELECT at, kind, state, command, system, file_name, login FROM import_run ORDER BY at DESC, id DESC LIMIT $1"
)
_HEADINGS: Final = (
    "created matched changed unchanged moved ended reopened kept doubles left_out unknown other_files"
    " removed restored returned"
).split()
#: So many new rows are named on the screen.
_FEW: Final = 20


def _chosen(kind: Any) -> Any:
    return click.Choice([each.name for each in kind], case_sensitive=False)


def _of(kind: Any) -> Any:
    return lambda _context, _parameter, name: kind[name.upper()] if name else None


encoding_option = click.option(
    "--encoding",
    type=_chosen(TextEncoding),
    callback=_of(TextEncoding),
    help="Of files that are neither UTF-8 nor UTF-16.",
)
date_order_option = click.option(
    "--date-order",
    type=_chosen(DateOrder),
    callback=_of(DateOrder),
    help="What comes first in a date whose year comes last, such as 03/04/2026.",
)


async def report_of(context: Context, run: UUID) -> dict[str, Any]:
    """The report of a run with its names, read in its own transaction: that of a rehearsal is not there later."""
    from homeroom.imports.resources import REPORT

    text = await context.fetchval(f"SELECT {REPORT.replace('{row}', 'r')} FROM import_run r WHERE r.id = $1", run)
    report: dict[str, Any] = msgspec.json.decode(text)
    return report


def show_report(report: dict[str, Any], *, rehearsed: bool, done: str = "imported") -> None:
    """Show what a run did.

    Args:
        report: What :func:`report_of` gives.
        rehearsed: Whether nothing was kept.
        done: What was done, if it was kept.
    """
    click.echo("rehearsed, nothing was kept" if rehearsed else done)
    for heading in _HEADINGS:
        for noun, number in report.get(heading, {}).items():
            click.echo(f"  {heading.replace('_', ' ')}: {number} {noun}")
    # What is new to a school that has nothing yet is shown by its number; all else by name.
    for what, names in report.get("names", {}).items():
        for each in names if what != "created" or len(names) <= _FEW else ():
            detail = f" ({each['detail']})" if each["detail"] else ""
            click.echo(f"    {what} {each['noun'].replace('_', ' ')}: {each['name']}{detail}")
    if passed_over := report.get("passed_over_columns"):
        click.echo(f"  columns passed over: {', '.join(passed_over)}")


@click.command("import-rows")
@click.argument("name")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--header", "headers", multiple=True, metavar="HEADER=COLUMN", help="What a header means; repeatable.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value of all rows, such as school_year, or another argument of the import; repeatable.",
)
@click.option("--end-absent", is_flag=True, help="End the school's rows that FILE does not have.")
@click.option("--allow-endings", is_flag=True, help="Let a large share of the rows end.")
@click.option("--allow-changes", is_flag=True, help="Let a large share of the rows change.")
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and take it back.")
@encoding_option
@date_order_option
def import_rows(
    name: str,
    file: Path,
    school: str,
    headers: tuple[str, ...],
    settings: tuple[str, ...],
    end_absent: bool,
    allow_endings: bool,
    allow_changes: bool,
    dry_run: bool,
    encoding: TextEncoding | None,
    date_order: DateOrder | None,
) -> None:
    """Import the rows of FILE (CSV or XLSX) by the import NAME, such as school.room, into a school.

    All rows are imported or none. Every problem is shown with its line and column.
    """
    from homeroom.cli.runtime import run_with_host
    from homeroom.imports.declare import AbsentRows, HeaderMeans, import_of
    from homeroom.imports.refusals import NO_SUCH_IMPORT
    from homeroom.uploads import FileMade

    content = file.read_bytes()
    chosen: dict[str, Any] = {
        "file": FileMade(file.name, "application/octet-stream", content),
        "absent": AbsentRows.END if end_absent else None,
        "allow_endings": allow_endings or None,
        "allow_changes": allow_changes or None,
        "encoding": encoding,
        "date_order": date_order,
        "headers": [HeaderMeans(*_parted(each)) for each in headers] or None,
    }

    async def work(host: Host) -> dict[str, Any]:
        space = await host.directory.space(school)
        commands = host.variant_of(space).commands
        known = {each.removesuffix(".import"): each for each, found in commands.items() if import_of(found) is not None}
        command = commands.get(known.get(name.removesuffix(".import"), ""))
        if command is None:
            raise Refusal(NO_SUCH_IMPORT, name=name, names=sorted(known))
        arguments = {each: value for each, value in chosen.items() if value is not None}
        arguments |= {each: _converted(command, each, value) for each, _, value in (s.partition("=") for s in settings)}
        for each in arguments:
            if each not in command.parameters:
                raise click.UsageError(f"the import {name} has no {each.replace('_', '-')}")
        missing = [each for each, (_, default) in command.parameters.items() if default is REQUIRED]
        if missing := [each for each in missing if each not in arguments]:
            raise click.UsageError(f"the import {name} needs --set {missing[0]}=...")
        return await host.run(host.system_caller(space), command, arguments, answer=report_of, rehearse=dry_run)

    show_report(run_with_host(work), rehearsed=dry_run)


def _converted(command: Command, name: str, text: str) -> Any:
    """The value of an argument; one that the command does not have stays a text."""
    kind, _ = command.parameters.get(name, (str, None))
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as error:
        raise click.UsageError(f"{name}: {error}") from None


def _parted(text: str) -> tuple[str, str | None]:
    header, _, column = text.rpartition("=")
    return (header, column or None) if header else (column, None)


@click.command("import-runs")
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--most", default=20, show_default=True, help="How many are shown.")
def import_runs(school: str, most: int) -> None:
    """Show the last imports of a school, their rehearsals by jobs, and what was undone."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> list[Any]:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id) as transaction:
            return await transaction.fetch(_RUNS, most)

    for row in run_with_host(work):
        cells = [f"{row['at']:%Y-%m-%d %H:%M}", row["kind"], row["state"], row["command"], row["system"],
                row["file_name"], row["login"]]  # fmt: skip
        click.echo("\t".join(cells))


@click.command("undo-import")
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--system", help="Name of the other system; by default that of the last import.")
@click.option("--import", "name", help="The import, such as school.room; by default the last one.")
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and take it back.")
def undo_last(school: str, system: str | None, name: str | None, dry_run: bool) -> None:
    """Undo the last import of a school, while nothing uses what it created and nobody has changed that."""
    from homeroom.cli.runtime import run_with_host
    from homeroom.imports.commands import undo_import
    from homeroom.imports.refusals import NOTHING_TO_UNDO

    command = f"{name.removesuffix('.import')}.import" if name else None

    async def work(host: Host) -> dict[str, Any]:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id) as transaction:
            last: UUID | None = await transaction.fetchval(_LAST, system, command)
        if last is None:
            raise Refusal(NOTHING_TO_UNDO, "system")
        caller = host.system_caller(space)
        return await host.run(caller, undo_import, {"import_run": last}, answer=report_of, rehearse=dry_run)

    show_report(run_with_host(work), rehearsed=dry_run, done="undone")


COMMANDS: Final[tuple[click.Command, ...]] = (import_rows, import_runs, undo_last)
