"""``homeroom files``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["COMMANDS", "files"]


@click.group("files")
def files() -> None:
    """Files that people gave their schools."""


@files.command("check")
@click.option("--sweep", is_flag=True, help="Remove contents that nothing refers to and that are older than a day.")
def check(sweep: bool) -> None:
    """See that every file's content is there; exits with 1 if one is not."""
    from homeroom.cli.runtime import run_with_host
    from homeroom.files.keeping import storage_of

    async def work(host: Host) -> bool:
        storage, whole = storage_of(host), True
        for space in await host.directory.spaces():
            async with host.database.transaction(space.id, read_only=True) as transaction:
                wanted = {row["digest"] for row in await transaction.fetch("SELECT DISTINCT digest FROM stored_file")}
            missing = storage.missing(space.id, wanted)
            whole = whole and not missing
            swept = storage.sweep(space.id, wanted) if sweep else 0
            line = f"{space.slug}\t{len(wanted)} contents, {len(missing)} missing"
            click.echo(line + (f", {swept} removed" if sweep else ""))
            for digest in missing:
                click.echo(f"  {digest}", err=True)
        return whole

    if not run_with_host(work):
        raise SystemExit(1)


COMMANDS = (files,)
