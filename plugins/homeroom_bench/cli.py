"""``homeroom bench``."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from homeroom.settings import Settings

__all__ = ["COMMANDS", "bench"]


@click.group()
def bench() -> None:
    """Measure the product on this machine."""


@bench.command("graphql")
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=2.0, show_default=True, help="Of each run.")
@click.option("--blocks", type=click.IntRange(1, 1000), default=5, show_default=True, help="Repetitions of all runs.")
@click.option("--connections", type=click.IntRange(1, 64), default=16, show_default=True, help="Requests at once.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes of each server.")
@click.option("--schools", type=click.IntRange(1, 100), default=20, show_default=True, help="With 1,200 students each.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the database in this folder, and use it again next time.",
)
@click.option("--configured", is_flag=True, help="Use the database of the settings; it may have no other schools.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def graphql(
    seconds: float,
    blocks: int,
    connections: int,
    workers: int,
    schools: int,
    keep: Path | None,
    configured: bool,
    as_json: bool,
) -> None:
    """Reads and saves over HTTP: the product, a bare handler, and the ordinary Strawberry and Piccolo way.

    All three answer the same from the same tables; that is made sure of first. Then each operation runs on each
    server, in an order that is shuffled for every block. CPU is that of the server's processes and of PostgreSQL;
    trust the ratios within a block, not the rates of a machine that does other things besides.
    """
    import uvloop

    from homeroom_bench.client import BadAnswer
    from homeroom_bench.measure import Plan, measure
    from homeroom_bench.report import goals, text
    from homeroom_bench.sizes import FULL

    if keep is not None and configured:
        raise click.UsageError("--keep and --configured exclude each other")
    plan = Plan(seconds=seconds, blocks=blocks, connections=connections)
    with _database(keep, configured=configured) as settings:
        # A busy machine takes its time for two million marks; the bare handler has half a minute, too.
        chosen = msgspec.structs.replace(settings, workers=workers, log_level="warning", read_seconds=30)
        size = msgspec.structs.replace(FULL, schools=schools)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                report = runner.run(measure(chosen, size, plan, lambda what: click.echo(f"... {what}", err=True)))
            except BadAnswer as error:
                raise click.ClickException(str(error)) from None
    if as_json:
        document = {**msgspec.to_builtins(report), "goals": msgspec.to_builtins(goals(report))}
        click.echo(msgspec.json.format(msgspec.json.encode(document)).decode())
    else:
        click.echo(text(report))


@bench.command("hostile")
@click.option("--seconds", type=click.FloatRange(1, 600), default=5.0, show_default=True, help="Of each watch.")
@click.option("--connections", type=click.IntRange(1, 64), default=2, show_default=True, help="Of the hostile account.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes of the server.")
@click.option("--files", is_flag=True, help="With hostile files in the place of documents.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def hostile(seconds: float, connections: int, workers: int, files: bool, as_json: bool) -> None:
    """What it costs to refuse hostile documents or files, and what another school feels of it."""
    from homeroom_bench.hostile import measure_files, measure_hostile, text_of, text_of_files

    with _database(None, configured=False) as settings:
        chosen = msgspec.structs.replace(settings, workers=workers, log_level="error")
        measure: Any = measure_files if files else measure_hostile
        result = asyncio.run(measure(chosen, seconds, connections, lambda what: click.echo(f"... {what}", err=True)))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(result)).decode())
    else:
        click.echo(text_of_files(result) if files else text_of(result))


@bench.command("host")
@click.option("--schools", type=click.IntRange(2, 10_000), default=1000, show_default=True, help="In the end.")
@click.option(
    "--measured", type=click.IntRange(1, 100), default=20, show_default=True, help="Of them with 1,200 students each."
)
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=1.0, show_default=True, help="Of each run.")
@click.option("--blocks", type=click.IntRange(1, 1000), default=3, show_default=True, help="Repetitions of all runs.")
@click.option("--no-graphql", is_flag=True, help="Leave out what is measured over HTTP.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def host(schools: int, measured: int, seconds: float, blocks: int, no_graphql: bool, as_json: bool) -> None:
    """Many schools on one host: new schools, migrations, memory, and GraphQL among few and among all.

    In a database of its own that is gone afterwards.
    """
    import uvloop

    from homeroom_bench.client import BadAnswer
    from homeroom_bench.hosting import host_many, text
    from homeroom_bench.measure import Plan
    from homeroom_bench.sizes import FULL

    if measured > schools:
        raise click.UsageError("--measured are some of --schools")
    plan = None if no_graphql else Plan(seconds=seconds, blocks=blocks)
    with _database(None, configured=False) as settings:
        chosen = msgspec.structs.replace(settings, workers=1, log_level="warning")
        size = msgspec.structs.replace(FULL, schools=measured)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            try:
                hosting = runner.run(
                    host_many(chosen, schools, size, plan, lambda what: click.echo(f"... {what}", err=True))
                )
            except BadAnswer as error:
                raise click.ClickException(str(error)) from None
    click.echo(msgspec.json.format(msgspec.json.encode(hosting)).decode() if as_json else text(hosting))


@bench.command("console")
@click.option(
    "--requests", type=click.IntRange(1, 10_000), default=40, show_default=True, help="Of each page in each block."
)
@click.option("--blocks", type=click.IntRange(1, 100), default=3, show_default=True, help="Repetitions of everything.")
@click.option("--no-browser", is_flag=True, help="Leave out what is measured in Chromium.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def console(requests: int, blocks: int, no_browser: bool, as_json: bool) -> None:
    """Pages of the console: what they weigh, what they cost the server, and how soon they can be used.

    Each main kind of page, for a class of 34 in a database of its own that is gone afterwards. CPU is that of the
    server's processes, beside that of the same documents over `/graphql` in the same block; trust the ratio on a busy
    machine. Bytes, requests, time until a page can be used, violations of WCAG 2.2 AA, CSP reports and keys are
    measured in Chromium; without it, or without the packages of homeroom[dev], they are left out.
    """
    from homeroom_bench.client import BadAnswer
    from homeroom_bench.console.measuring import measure_console
    from homeroom_bench.console.report import console_goals, text_of_console

    with _database(None, configured=False) as settings:
        try:
            figures = asyncio.run(
                measure_console(
                    settings,
                    requests,
                    blocks,
                    browser=not no_browser,
                    progress=lambda what: click.echo(f"... {what}", err=True),
                )
            )
        except BadAnswer as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        document = {**msgspec.to_builtins(figures), "goals": msgspec.to_builtins(console_goals(figures))}
        click.echo(msgspec.json.format(msgspec.json.encode(document)).decode())
    else:
        click.echo(text_of_console(figures))


@bench.command("schema")
@click.option(
    "--times",
    type=click.IntRange(1, 20),
    multiple=True,
    default=(1, 6),
    show_default=True,
    help="How many times today's resources; may be given more than once.",
)
@click.option("--no-http", is_flag=True, help="Leave out what is measured over HTTP.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def schema(times: tuple[int, ...], no_http: bool, as_json: bool) -> None:
    """What schemas cost in time and memory: a start, a further set of plugins, a school's own field.

    Each size runs in a process of its own, with made-up plugins for more resources than there are. The baseline is
    graphql-core, which builds the same schema from its text; trust the ratios. Then a server runs on a database of its
    own, and a school's next request asks for each field that it was given just before.
    """
    from homeroom_bench.own_fields import measure_own_fields, text_of_own_fields
    from homeroom_bench.schemas import measure_schemas, text_of_schemas

    costs = list(measure_schemas(times))
    own = None
    if not no_http:
        with _database(None, configured=False) as settings:
            own = asyncio.run(measure_own_fields(settings, 20))
    if as_json:
        click.echo(msgspec.json.encode({"sizes": costs, "own_fields": own}).decode())
        return
    click.echo(text_of_schemas(costs))
    if own is not None:
        click.echo(text_of_own_fields(own))


@bench.command("talent")
@click.option("--items", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True, help="Of each school.")
@click.option("--rounds", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Of each question.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def talent(items: int, rounds: int, as_json: bool) -> None:
    """The talent bank after five years: search, match, statistics and the list of all items.

    Two schools in a database of its own that is gone afterwards. Each answer is compared with the statement that an
    author would write by hand, of the same data and at the same moment; trust the ratios on a busy machine.
    """
    from homeroom_bench.talents import measure_talents, text_of_talents

    with _database(None, configured=False) as settings:
        found = asyncio.run(measure_talents(settings, items, rounds, lambda what: click.echo(f"... {what}", err=True)))
    click.echo(msgspec.json.encode(found).decode() if as_json else text_of_talents(found, items))


@contextlib.contextmanager
def _database(keep: Path | None, *, configured: bool) -> Iterator[Settings]:
    from homeroom.database.providers import EmbeddedProvider, throwaway

    settings = Settings.load()
    if configured:
        yield settings
    elif keep is not None:
        with EmbeddedProvider(keep.absolute(), user_name=settings.embedded_user) as access:
            yield access.apply(settings)
    else:
        with throwaway(user_name=settings.embedded_user, durable=True) as access:
            yield access.apply(settings)


COMMANDS = (bench,)
