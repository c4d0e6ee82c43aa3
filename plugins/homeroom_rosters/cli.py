"""The command line of rosters: ``homeroom import`` and ``homeroom export``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homeroom.errors import Refusal
from homeroom.imports.cli import date_order_option, encoding_option, report_of, show_report
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding
from homeroom_rosters.refusals import NO_SCHOOL_YEAR
from homeroom_rosters.roster import FORMATS, ReadOptions, RosterRejected, open_bundle, write_zip

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["COMMANDS"]

_format = click.option("--format", "form", type=click.Choice(sorted(FORMATS)), help="By default told by its files.")
_system = click.option("--system", help="Name of the other system; by default the name of the format.")


@click.command("import")
@click.argument("bundle", type=click.Path(path_type=Path, exists=True))
@click.option("--school", help="Short name of the school.")
@click.option("--organisation", "organisations", multiple=True, help="Id of the school in the bundle; repeatable.")
@click.option("--school-year", help="Name of the school year to put all classes into.")
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and take it back.")
@click.option("--allow-endings", is_flag=True, help="Let a large share of enrolments end, or a file be missing.")
@click.option("--allow-other-organisations", is_flag=True, help="Take other organisations than the last import.")
@click.option("--allow-renames", is_flag=True, help="Let an id belong to somebody else than before.")
@_format
@_system
@encoding_option
@date_order_option
def import_(
    bundle: Path,
    school: str | None,
    organisations: tuple[str, ...],
    school_year: str | None,
    dry_run: bool,
    allow_endings: bool,
    allow_other_organisations: bool,
    allow_renames: bool,
    form: str | None,
    system: str | None,
    encoding: TextEncoding | None,
    date_order: DateOrder | None,
) -> None:
    """Import the roster BUNDLE (a zip or a folder of CSV files) into a school.

    Without --school or --organisation it lists the organisations of the bundle and imports nothing.
    """
    try:
        # A zip is opened where it is read; a folder becomes one.
        content = write_zip(open_bundle(bundle)) if bundle.is_dir() else bundle.read_bytes()
        if school is None or not organisations:
            _list_organisations(content, form, ReadOptions(encoding, date_order))
            return
    except RosterRejected as fault:
        raise SystemExit(_tell(fault)) from None
    from homeroom.cli.runtime import run_with_host
    from homeroom_rosters.commands import import_roster

    slug = school

    async def work(host: Host) -> dict[str, Any]:
        space = await host.directory.space(slug)
        caller = host.system_caller(space)
        async with host.database.transaction(space.id) as transaction:
            year = await transaction.fetchval("SELECT id FROM school_year WHERE name = $1", school_year)
        if school_year is not None and year is None:
            raise Refusal(NO_SCHOOL_YEAR, "school-year")
        arguments = {
            "bundle": base64.b64encode(content).decode(),
            "organisations": list(organisations),
            "format": form,
            "system": system,
            "school_year": year,
            "encoding": encoding,
            "date_order": date_order,
            "allow_endings": allow_endings,
            "allow_other_organisations": allow_other_organisations,
            "allow_renames": allow_renames,
        }
        return await host.run(caller, import_roster, arguments, answer=report_of, rehearse=dry_run)

    report = run_with_host(work)
    show_report(report, rehearsed=dry_run)
    for each in report["organisations_left_out"]:
        counts = ", ".join(f"{each[noun]} {noun}" for noun in ("sections", "people", "enrolments"))
        click.echo(f"  left out with the organisation {each['id']} ({each['name']}): {counts}")
    for heading in ("people_without_organisation", "enrolments_of_outsiders"):
        if report[heading]:
            click.echo(f"  {heading.replace('_', ' ')}: {report[heading]}")


def _list_organisations(content: bytes, form: str | None, options: ReadOptions) -> None:
    from homeroom_rosters.roster.apart import list_orgs

    listed = list_orgs(content, form, options)
    click.echo(f"{FORMATS[listed.format].title}; organisations:" if listed.orgs else "no organisations")
    for org in listed.orgs:
        click.echo(f"  {org.org}\t{org.kind}\t{org.name}\t{org.sections} sections, {org.people} people")
    click.echo("name --school and --organisation to import")


def _tell(fault: RosterRejected) -> int:
    from homeroom.cli.group import text_of

    for problem in fault.refusal("bundle").problems:
        click.echo(f"homeroom: {text_of(problem.code, problem.values)} [{problem.code}]", err=True)
    return 1


@click.command("export")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--system", help="Give back what was imported from this system; without, the registry itself.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), help="By default the roster's own.")
@click.option("--own-fields", is_flag=True, help="With the fields that the school has added; OneRoster alone.")
def export(target: Path, school: str, system: str | None, form: str | None, own_fields: bool) -> None:
    """Write the roster of a school as it stands today to TARGET, a zip. It holds no passwords."""
    from homeroom.cli.runtime import run_with_host
    from homeroom_rosters.commands import export_roster

    async def work(host: Host) -> bytes:
        caller = host.system_caller(await host.directory.space(school))
        content: str = await host.execute(caller, export_roster, system=system, format=form, own_fields=own_fields)
        return base64.b64decode(content)

    content = run_with_host(work)
    # The file holds personal data of children: nobody else of this machine reads it.
    target.touch(mode=0o600)
    target.write_bytes(content)
    click.echo(f"{target}: {len(content)} bytes")


COMMANDS: tuple[click.Command, ...] = (import_, export)
