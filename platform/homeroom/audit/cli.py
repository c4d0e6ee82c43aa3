"""``homeroom audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from homeroom.audit.verifying import Report
    from homeroom.callers import Space
    from homeroom.host import Host

__all__ = ["COMMANDS", "audit"]

_SCHOOL = click.option("--school", metavar="SLUG", help="The space; by default all of them.")


def _filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say which entries are meant."""
    for option in reversed(
        (
            _SCHOOL,
            click.option("--login", help="Who."),
            click.option(
                "--command", help="What, such as gradebook.mark.enter; audit.read for looks at what is sensitive."
            ),
            click.option("--row", type=click.UUID, help="The id of a row that it is about."),
            click.option("--noun", help="The table of such a row."),
            click.option("--since", type=click.DateTime(), help="From this moment on, where the space is."),
            click.option("--until", type=click.DateTime(), help="Before this moment."),
        )
    ):
        command = option(command)
    return command


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
    """Find what was changed, removed, inserted, cut off or chained again; exits with 1 if there is anything."""
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
    for text, fault in _lines(report):
        click.echo(text, err=fault)
    return not report.faults


def _lines(report: Report) -> Iterator[tuple[str, bool]]:
    """What was found in one space, line by line, and whether each is a fault."""
    line = f"{report.space}  {report.entries} sealed entries, {report.waiting} waiting"
    if report.erased:
        line += f", {report.erased} erased as their tombstones say"
    yield line + ("" if report.faults else ", nothing wrong"), False
    for note in report.notes:
        yield f"  {note}", False
    for fault in report.faults:
        place = "".join(
            f" {label} {value}" for label, value in (("entry", fault.entry), ("line", fault.line)) if value is not None
        )
        yield f"  {fault.kind}:{place} {fault.message}", True


@audit.command("list")
@_filters
@click.option("--lines", "with_lines", is_flag=True, help="With the rows, and their values before and after.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Of each space.")
def list_entries(school: str | None, with_lines: bool, limit: int, **filters: Any) -> None:
    """The latest entries, one a line: space, when, who, how, what, how many rows, why, and the entry's id."""
    from homeroom.audit.evidence import Wanted, entries_of, lines_of
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        for space in await _spaces(host, school):
            entries = await entries_of(host, space, Wanted(**filters), limit)
            lines = await lines_of(host, space, [each["id"] for each in entries]) if with_lines else {}
            for entry in entries:
                _echo(
                    space.slug,
                    _moment(space, entry["at"]),
                    entry["login"] or "(erased)",
                    entry["via"],
                    entry["command"],
                    entry["lines"],
                    entry["reason"] or "",
                    entry["id"],
                )
                for line in lines.get(entry["id"], ()):
                    _echo("", line["noun"], line["row_id"], line["old_values"] or "", line["new_values"] or "")

    run_with_host(work)


@audit.command("rows")
@_filters
def list_rows(school: str | None, **filters: Any) -> None:
    """Which rows were shown or changed, one a line; those are the people whom an incident concerns.

    Space, table, id, how often it was shown and changed, when first and last, and the sensitive fields that were shown.
    Only looks at what is sensitive in a school leave a trace.
    """
    from homeroom.audit.evidence import Wanted, concerned_rows
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        for space in await _spaces(host, school):
            for row in await concerned_rows(host, space, Wanted(**filters)):
                first, last = (_moment(space, row[each]) for each in ("first_at", "last_at"))
                looks, changes = f"{row['looks']} shown", f"{row['changes']} changed"
                _echo(space.slug, row["noun"], row["row_id"], looks, changes, first, last, ",".join(row["fields"]))

    run_with_host(work)


@audit.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_filters
def export(file: Path, school: str | None, **filters: Any) -> None:
    """Write entries as evidence to FILE, a new zip, and print its SHA-256.

    It holds the entries of each space with their lines and seals as JSON, the heads of the audit, and what `homeroom
    audit verify` reports about these spaces. It has personal data: only you can read it.
    """
    from homeroom.audit.evidence import Wanted, write_evidence
    from homeroom.audit.heads import HeadFiles
    from homeroom.audit.verifying import verify_space
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> str:
        files = HeadFiles.of(host.settings)
        spaces = await _spaces(host, school)
        said = [text for each in spaces for text, _ in _lines(await verify_space(host, each, files))]
        verified = "\n".join([*said, *files.notes, *files.faults, ""])
        return await write_evidence(host, spaces, Wanted(**filters), files, verified, file)

    try:
        digest = run_with_host(work)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already") from None
    click.echo(f"{digest}  {file}")


def _moment(space: Space, at: datetime) -> str:
    return at.astimezone(space.time_zone).isoformat(sep=" ", timespec="seconds")


def _echo(*values: Any) -> None:
    click.echo("\t".join(map(str, values)).rstrip("\t"))


@audit.command("erase")
@click.option("--school", metavar="SLUG", required=True, help="The space.")
@click.option("--row", type=click.UUID, help="The lines about this row alone.")
@click.option("--before", type=click.DateTime(), help="What is older than this moment, where the space is.")
@click.option("--reason", required=True, help="Why; the tombstone keeps it.")
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
