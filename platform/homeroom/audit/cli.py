"""``homeroom audit``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.audit.verifying import Report
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["COMMANDS", "audit"]

_SCHOOL = click.option("--school", metavar="SLUG", help="The space; by default all of them.")
_LIST = """
SELECT e.id, e.at, e.login, e.via, e.command, e.reason, count(l.id) AS lines
FROM audit_entry e LEFT JOIN audit_line l ON l.entry_id = e.id
WHERE ($1::text IS NULL OR e.login = $1)
  AND ($2::text IS NULL OR e.command = $2)
  AND ($3::timestamptz IS NULL OR e.at >= $3)
  AND ($4::timestamptz IS NULL OR e.at < $4)
  AND (($5::uuid IS NULL AND $6::text IS NULL) OR e.id IN (
      SELECT o.entry_id FROM audit_line o
      WHERE ($5::uuid IS NULL OR o.row_id = $5) AND ($6::text IS NULL OR o.noun = $6)))
GROUP BY e.tenant_id, e.id ORDER BY e.at DESC, e.id DESC LIMIT $7
"""


@click.group("audit")
def audit() -> None:
    """Who did what, and whether anybody tampered with the record of it."""


@audit.command("seal")
@_SCHOOL
def seal(school: str | None) -> None:
    """Seal what is new now. Worker processes do it by themselves."""
    from homeroom.audit.sealing import Sealed, Sealer
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> Sealed:
        return await Sealer(host).run(None if school is None else await _spaces(host, school))

    done = run_with_host(work)
    if done.busy:
        click.echo("another process is sealing")
        return
    click.echo(f"sealed {done.entries} entries with {done.lines} lines in {done.spaces} spaces")
    if done.failed:
        raise click.ClickException(f"not sealed: {', '.join(done.failed)}")


@audit.command("verify")
@_SCHOOL
def verify(school: str | None) -> None:
    """Find what was changed, removed, inserted, cut off or chained anew; exits with 1 if there is anything."""
    from homeroom.audit.heads import HeadFiles
    from homeroom.audit.verifying import gone_spaces, verify_space
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> bool:
        files = HeadFiles.of(host.settings)
        whole = True
        for space in await _spaces(host, school):
            report = await verify_space(host, space, files)
            whole = _show(report) and whole
        if school is None:
            known = frozenset(UUID(int=space.id.int) for space in await host.directory.spaces())
            for report in gone_spaces(files, known):
                whole = _show(report) and whole
        for note in files.notes:
            click.echo(f"{files.folder}: {note}")
        for fault in files.faults:
            click.echo(f"{files.folder}: {fault}", err=True)
        return whole and not files.faults

    if not run_with_host(work):
        raise SystemExit(1)


def _show(report: Report) -> bool:
    """Tell what was found in one space; whether it is good."""
    told = f"{report.space}  {report.entries} sealed entries, {report.waiting} waiting"
    if report.erased:
        told += f", {report.erased} erased as their tombstones say"
    click.echo(told + ("" if report.faults else ", nothing wrong"))
    for note in report.notes:
        click.echo(f"  {note}")
    for fault in report.faults:
        place = "".join(
            f" {label} {value}" for label, value in (("entry", fault.entry), ("line", fault.line)) if value is not None
        )
        click.echo(f"  {fault.kind}:{place} {fault.message}", err=True)
    return not report.faults


@audit.command("list")
@click.option("--school", metavar="SLUG", required=True, help="The space.")
@click.option("--login", help="Who.")
@click.option(
    "--command", "name", help="What, such as gradebook.mark.enter; audit.read for looks at what is sensitive."
)
@click.option("--row", type=click.UUID, help="The id of a row that it is about.")
@click.option("--noun", help="The table of such a row.")
@click.option("--since", type=click.DateTime(), help="From this moment on, where the space is.")
@click.option("--until", type=click.DateTime(), help="Before this moment.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
def list_entries(
    school: str,
    login: str | None,
    name: str | None,
    row: UUID | None,
    noun: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """The latest entries, one a line: when, who, how, what, how many rows, why."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> tuple[Space, Sequence[Any]]:
        (space,) = await _spaces(host, school)
        start, end = (None if each is None else each.replace(tzinfo=space.time_zone) for each in (since, until))
        async with host.database.transaction(space.id, read_only=True) as transaction:
            return space, await transaction.fetch(_LIST, login, name, start, end, row, noun, limit)

    space, entries = run_with_host(work)
    for entry in entries:
        at = entry["at"].astimezone(space.time_zone).isoformat(sep=" ", timespec="seconds")
        values = (
            at,
            entry["login"] or "(erased)",
            entry["via"],
            entry["command"],
            entry["lines"],
            entry["reason"] or "",
        )
        click.echo("\t".join(map(str, values)))


@audit.command("erase")
@click.option("--school", metavar="SLUG", required=True, help="The space.")
@click.option("--row", type=click.UUID, help="The lines about this row alone.")
@click.option("--before", type=click.DateTime(), help="What is older than this moment, where the space is.")
@click.option("--reason", required=True, help="Why; it stands in the tombstone.")
def erase(school: str, row: UUID | None, before: datetime | None, reason: str) -> None:
    """Take values out of the audit and leave a tombstone; the chain stays whole."""
    from homeroom.audit.erasing import erase_audit
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> int:
        (space,) = await _spaces(host, school)
        moment = None if before is None else before.replace(tzinfo=space.time_zone)
        erased: int = await host.execute(host.system_caller(space), erase_audit, row=row, before=moment, reason=reason)
        return erased

    click.echo(f"{run_with_host(work)} entries and lines lost their values")


@audit.command("deleted")
@click.argument("space", type=click.UUID)
@click.option("--by", required=True, help="Who deleted it.")
@click.option("--reason", required=True, help="Why.")
def deleted(space: UUID, by: str, reason: str) -> None:
    """Leave the tombstone of a space that was deleted, by its id, so that its heads are missed by nobody."""
    from homeroom.audit.heads import HeadFiles
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        if any(each.id == space for each in await host.directory.spaces()):
            raise click.ClickException("this space is there")
        files = HeadFiles.of(host.settings)
        if files.last(space) is None:
            raise click.ClickException(f"{files.folder} has no head of this space")
        files.bury(space, host.clock(), f"by {by}: {reason}")

    run_with_host(work)


async def _spaces(host: Host, slug: str | None) -> Sequence[Space]:
    return await host.directory.spaces() if slug is None else [await host.directory.space(slug)]


COMMANDS = (audit,)
