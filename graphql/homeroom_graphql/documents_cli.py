"""``homeroom graphql``: the documents that a school's programs send by their hash."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeroom.host import Host

__all__ = ["graphql"]

_LIST = "SELECT hash, title, registered_at, document FROM graphql_document ORDER BY registered_at, hash"
_FIND = "SELECT id FROM graphql_document WHERE hash = $1"


@click.group("graphql")
def graphql() -> None:
    """GraphQL documents that a school has registered."""


@graphql.command("register")
@click.argument("school")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--title", help="What they are for; by default the name of each file.")
def register(school: str, paths: tuple[Path, ...], title: str | None) -> None:
    """Register the documents of files, or of the .graphql and .json files in folders; prints hash and title.

    Each file is a GraphQL document, or a JSON object that maps any names to documents. All are registered, or none is.
    """
    from homeroom.cli.runtime import run_with_host
    from homeroom.errors import Problem, Refusal
    from homeroom.messages import Message
    from homeroom_graphql.refusals import IN_FILE

    async def work(host: Host) -> None:
        from homeroom_graphql.commands import register_graphql_document as command
        from homeroom_graphql.documents import document_hash, listed_in

        found: dict[str, tuple[str, Path]] = {}
        for path in paths:
            for file in _files(path):
                for document in listed_in(file).values():
                    found.setdefault(document_hash(document), (document, file))
        space = await host.directory.space(school)
        caller = host.system_caller(space)
        problems = []
        async with host.database.transaction(space.id):  # each command's transaction is a savepoint of this one
            for document, file in found.values():
                try:
                    await host.execute(caller, command, document=document, title=title or file.stem[:200])
                except Refusal as refused:
                    problems += [
                        Problem(IN_FILE, file=file, problem=Message(each.code, each.values))
                        for each in refused.problems
                    ]
            if problems:
                raise Refusal.of(problems)
        for digest, (_, file) in found.items():
            click.echo(f"{digest}\t{title or file.stem}")

    run_with_host(work)


@graphql.command("list")
@click.argument("school")
@click.option("--text", is_flag=True, help="Print the documents as well.")
def list_documents(school: str, text: bool) -> None:
    """The documents that a school has registered, one a line: hash, when, title."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        space = await host.directory.space(school)
        async with host.database.transaction(space.id, read_only=True) as transaction:
            rows = await transaction.fetch(_LIST)
        for row in rows:
            at = row["registered_at"].astimezone(space.time_zone).isoformat(timespec="seconds")
            click.echo(f"{row['hash']}\t{at}\t{row['title'] or ''}")
            if text:
                click.echo(row["document"])

    run_with_host(work)


@graphql.command("remove")
@click.argument("school")
@click.argument("hashes", nargs=-1, required=True)
def remove(school: str, hashes: tuple[str, ...]) -> None:
    """Take documents off a school's list; within a second no process answers to their hash any more."""
    from homeroom.cli.runtime import run_with_host
    from homeroom.errors import Refusal

    async def work(host: Host) -> None:
        from homeroom_graphql.commands import remove_graphql_document as command
        from homeroom_graphql.refusals import NO_SUCH_DOCUMENT

        space = await host.directory.space(school)
        caller = host.system_caller(space)
        async with host.database.transaction(space.id) as transaction:
            for each in hashes:
                document = await transaction.fetchval(_FIND, each)
                if document is None:
                    raise Refusal(NO_SUCH_DOCUMENT, "hashes", hash=each)
                await host.execute(caller, command, document=document)

    run_with_host(work)
    click.echo(f"{len(hashes)} removed")


@graphql.command("restrict")
@click.argument("school")
@click.argument("answered", type=click.Choice(["listed", "any"]))
def restrict(school: str, answered: str) -> None:
    """Have a school answer only documents on a list, or any."""
    from homeroom.cli.runtime import run_with_host

    async def work(host: Host) -> None:
        from homeroom_graphql.commands import restrict_graphql_documents as command

        caller = host.system_caller(await host.directory.space(school))
        await host.execute(caller, command, listed_only=answered == "listed")

    run_with_host(work)
    click.echo(f"{school} answers {answered} documents")


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*") if each.suffix in (".graphql", ".json") and each.is_file())
