"""The command line of the calendar: ``homeroom import-lessons``."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from homeroom.cli.days import DayOption
from homeroom.imports.cli import date_order_option, encoding_option, report_of, show_report
from homeroom.reading.dates import DateOrder
from homeroom.reading.texts import TextEncoding

if TYPE_CHECKING:
    from homeroom.host import Host


@click.command("import-lessons")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--school", required=True, help="Short name of the school.")
@click.option("--system", default="timetable", show_default=True, help="Name of the system that the file comes from.")
@click.option("--starts-on", type=DayOption(), help="First day that the file is the whole of.")
@click.option("--ends-on", type=DayOption(), help="Last day that the file is the whole of.")
@click.option("--allow-days-off", is_flag=True, help="Plan lessons on days without school, too.")
@click.option("--allow-endings", is_flag=True, help="Cancel a large share of the lessons between the two days.")
@click.option("--dry-run", is_flag=True, help="Do everything, report it, and take it back.")
@encoding_option
@date_order_option
def import_lessons(
    file: Path,
    school: str,
    system: str,
    starts_on: date | None,
    ends_on: date | None,
    allow_days_off: bool,
    allow_endings: bool,
    dry_run: bool,
    encoding: TextEncoding | None,
    date_order: DateOrder | None,
) -> None:
    """Import the dated lessons of FILE (CSV or XLSX) into a school.

    With --starts-on and --ends-on, lessons of the system between the two that FILE no longer has are cancelled.
    """
    from homeroom.cli.runtime import run_with_host
    from homeroom_calendar.commands import lesson_import

    content = base64.b64encode(file.read_bytes()).decode()

    async def work(host: Host) -> dict[str, Any]:
        space = await host.directory.space(school)
        arguments = {
            "content": content,
            "file": file.name,
            "system": system,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "allow_days_off": allow_days_off,
            "encoding": encoding,
            "date_order": date_order,
            "allow_endings": allow_endings,
        }
        caller = host.system_caller(space)
        return await host.run(caller, lesson_import.import_lessons, arguments, answer=report_of, rehearse=dry_run)

    show_report(run_with_host(work), rehearsed=dry_run)


COMMANDS: tuple[click.Command, ...] = (import_lessons,)
