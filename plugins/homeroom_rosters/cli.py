"""The command line of rosters: ``homeroom import`` and ``homeroom export``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homeroom.errors import Refusal
from homeroom.imports.cli import date_order_option, encoding_option, report_of, show_report
from homeroom.reading.faults import refusing
from homeroom.reading.layouts import ReadOptions
from homeroom_rosters.refusals import NO_SCHOOL_YEAR
from homeroom_rosters.roster.bundle import open_bundle, write_zip
from homeroom_rosters.roster.formats import FORMATS, read_roster
from homeroom_rosters.roster.records import Roster
from homeroom_rosters.roster.selection import counts_of

if TYPE_CHECKING:
    from homeroom.host import Host

_FORMAT = click.Choice(sorted(FORMATS))


@click.command("import")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True))
@click.option("--school", help="Short name of the school.")
@click.option(
    "--organisation",
    "organisations",
    multiple=True,
    callback=lambda _context, _parameter, ids: list(ids),
    help="Id of the school in the bundle; repeatable.",
)
@click.option("--school-year", help="Name of the school year to put all classes into.")
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and undo it.")
@click.option("--allow-endings", is_flag=True, help="Let a large share of enrolments end, or a file be missing.")
@click.option("--allow-other-organisations", is_flag=True, help="Take other organisations than the last import.")
@click.option("--allow-renames", is_flag=True, help="Let an id belong to somebody else than before.")
@click.option("--format", type=_FORMAT, help="By default recognised by its files.")
@click.option("--system", help="Name of the other system; by default the name of the format.")
@encoding_option
@date_order_option
def import_(bundle: Path, school: str | None, school_year: str | None, dry_run: bool, **options: Any) -> None:
    """Import the roster BUNDLE (a zip or a folder of CSV files) into a school.

    Without --school or --organisation it lists the organisations of the bundle and imports nothing.
    """
    with refusing("bundle"):
        if school is None or not options["organisations"]:
            _list_organisations(
                read_roster(bundle, options["format"], ReadOptions(options["encoding"], options["date_order"]))
            )
            return
        # A zip is opened where it is read; a folder becomes one.
        content = write_zip(open_bundle(bundle)) if bundle.is_dir() else bundle.read_bytes()
    from homeroom.cli.runtime import run_with_host
    from homeroom_rosters.commands import import_roster

    async def work(host: Host) -> dict[str, Any]:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id) as transaction:
            year = await transaction.fetchval("SELECT id FROM school_year WHERE name = $1", school_year)
        if school_year is not None and year is None:
            raise Refusal(NO_SCHOOL_YEAR, "school-year")
        arguments = {**options, "bundle": base64.b64encode(content).decode(), "school_year": year}
        return await host.run(host.system_caller(space), import_roster, arguments, answer=report_of, rehearse=dry_run)

    report = run_with_host(work)
    show_report(report, rehearsed=dry_run)
    for each in report["organisations_left_out"]:
        counts = ", ".join(f"{each[noun]} {noun}" for noun in ("sections", "people", "enrolments"))
        click.echo(f"  left out with the organisation {each['id']} ({each['name']}): {counts}")
    for heading in ("people_without_organisation", "enrolments_of_outsiders"):
        if report[heading]:
            click.echo(f"  {heading.replace('_', ' ')}: {report[heading]}")


def _list_organisations(roster: Roster) -> None:
    click.echo(f"{FORMATS[roster.format].title}; organisations:" if roster.orgs else "no organisations")
    for org in counts_of(roster):
        counts = ", ".join(f"{org.counts[what]} {what}" for what in ("sections", "people"))
        click.echo(f"  {org.org}\t{org.kind}\t{org.name}\t{counts}")
    click.echo("name --school and --organisation to import")


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--system", help="Export what was imported from this system; by default the registry itself.")
@click.option("--format", type=_FORMAT, help="By default the roster's own.")
@click.option("--own-fields", is_flag=True, help="With the fields that the school has added; only in OneRoster.")
def export(target: Path, school: str, **options: Any) -> None:
    """Write the roster of a school as it is today to TARGET, a zip. It holds no passwords."""
    from homeroom.cli.runtime import run_with_host
    from homeroom_rosters.commands import export_roster

    async def work(host: Host) -> bytes:
        caller = host.system_caller(await host.directory.space(school))
        return base64.b64decode(await host.execute(caller, export_roster, **options))

    content = run_with_host(work)
    # The file holds personal data of children: nobody else of this machine reads it.
    target.touch(mode=0o600)
    target.write_bytes(content)
    click.echo(f"{target}: {len(content)} bytes")


COMMANDS: tuple[click.Command, ...] = (import_, export)
