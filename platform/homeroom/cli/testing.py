"""``homeroom testing``: for those who try to break an installation before others do."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.testing.canaries import Seeded

__all__ = ["command"]


@click.group("testing")
def command() -> None:
    """For those who try to break an installation before others do. Not for schools that are at work."""


@command.command("seed-canaries")
@click.option("--school", metavar="SLUG", required=True, help="The school whose texts are overwritten.")
@click.option("--prefix", required=True, help="What each text begins with: letters and digits, 12 at most.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def seed_canaries(school: str, prefix: str, as_json: bool, yes: bool) -> None:
    """Overwrite every free text of a school with one that begins with a prefix and names its column.

    The prefix outside that school is then a leak. Tables without rows get one. Columns that could
    not be seeded are listed with the reason. There is no way back but a backup.
    """
    from homeroom.cli.runtime import run_with_host
    from homeroom.testing.canaries import seed_canaries as seed

    if sys.stdin.isatty() and not yes:
        click.confirm(f"Overwrite all texts of the school {school}? They cannot be had back.", abort=True)

    async def work(host: Host) -> list[Seeded]:
        return await seed(host, await host.directory.space(school), prefix)

    found = run_with_host(work)
    if as_json:
        click.echo(json.dumps([_as_dict(each) for each in found], indent=2, ensure_ascii=False))
        return
    seeded = [each for each in found if each.rows]
    for each in seeded:
        cut = f"  (cut: {each.reason})" if each.reason else ""
        click.echo(f"{each.table}.{each.column}: {each.rows} rows, {each.text!r}{cut}")
    left = [each for each in found if not each.rows]
    click.echo(f"\nWithout a canary, {len(left)}:")
    for each in left:
        click.echo(f"{each.table}.{each.column}: {each.reason}")
    click.echo(f"\n{len(seeded)} columns of {len({each.table for each in seeded})} tables carry canaries.")


def _as_dict(seeded: Seeded) -> dict[str, object]:
    return {
        "table": seeded.table,
        "column": seeded.column,
        "rows": seeded.rows,
        "text": seeded.text,
        "reason": seeded.reason,
    }
