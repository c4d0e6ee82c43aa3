"""``homeroom bench hostile``: what refusing hostile documents and files costs, and what a neighbour school feels of it.

One account of one school sends documents that are small to write and would be large to answer, over several
connections and without a pause; each differs from all before, so that nothing of it is remembered. Somebody of another
school asks an everyday question at a steady pace, first alone and then meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import httpx
import msgspec
import psutil

from homeroom.boot import build_host, migrate_database
from homeroom_bench.hostile_files import FILES, attack
from homeroom_bench.servers import Kind, serving
from homeroom_school.commands.people import NameInput, create_staff

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = [
    "DOCUMENTS",
    "FileRefusals",
    "Refusals",
    "measure_files",
    "measure_hostile",
    "text_of",
    "text_of_files",
]

#: What no refusal should take longer than, and what a neighbour's p95 should not exceed, times its idle value.
GOAL_MS: Final = 250.0
GOAL_RATIO: Final = 2.0
#: What no answer to a file should take longer than, and how large it may be.
GOAL_FILE_S: Final = 10.0
GOAL_BYTES: Final = 100_000
_EVERYDAY: Final = (
    "{ viewer { login space { name } } schoolYears(first: 3) { nodes { name terms { nodes { name } } } } }"
)
_PAUSE: Final = 0.02


def _chain(length: int, body: str) -> str:
    """Fragments of which each spreads the next, ``@`` in the body."""
    links = [f"fragment F{i} on SchoolClass {{ {body.replace('@', f'...F{i + 1}')} }}" for i in range(length)]
    return "{ schoolClasses { nodes { ...F0 } } } " + " ".join(links) + f" fragment F{length} on SchoolClass {{ id }}"


_DOUBLED = "a: schoolYear { classes { nodes { @ } } } b: schoolYear { classes { nodes { @ } } }"
DOCUMENTS: Final[Mapping[str, str]] = {
    "18 fragments that double": _chain(18, _DOUBLED),
    "22 fragments that double": _chain(22, _DOUBLED),
    "150 fragments that are spread twice": _chain(150, "@ @"),
    "fragments in a circle": "{ schoolClasses { nodes { ...F0 } } } "
    + " ".join(f"fragment F{i} on SchoolClass {{ ...F{(i + 1) % 200} }}" for i in range(200)),
    "one field 2,400 times": "{ " + "__typename " * 2400 + "}",
    "one list 600 times": "{ " + "students { totalCount } " * 600 + "}",
    "two wide fragments": "{ students { nodes { ...A ...B } } }"
    f"fragment A on Student {{ {'fullName ' * 1200} }} fragment B on Student {{ {'fullName ' * 1200} }}",
    "600 aliases": "{ " + " ".join(f"a{i}: students {{ nodes {{ id }} }}" for i in range(600)) + " }",
    "40,000 tokens": "{ " + "a " * 40_000 + "}",
    "90,000 braces": "{" * 90_000,
    "800 unknown fields": "{ viewer { " + " ".join(f"loginz{i}" for i in range(800)) + " } }",
    "300 directives": "{ __typename " + "@include(if:true) " * 300 + "}",
    "600 unused variables": "query(" + " ".join(f"$v{i}:Int" for i in range(600)) + "){ __typename }",
    "1,000 levels": "{ schoolYears { nodes " + "{ classes { nodes " * 1000 + "{ id }" + "} }" * 1000 + " } }",
    "long pages within long pages": "{ schoolYears(first:500){nodes{classes(first:500){nodes{enrolments(first:500)"
    "{nodes{student{fullName}}}}}}} }",
    "a deep filter": "{ students(filter: " + "{not: " * 700 + "{}" + "}" * 700 + ") { totalCount } }",
}


class Refusals(msgspec.Struct, frozen=True):
    """What came of it. Times are milliseconds of wall clock.

    Args:
        refusals: By document, the median and the longest time of a refusal.
        idle: p50 and p95 of the neighbour alone.
        meanwhile: The same while the hostile account is at work.
        refused: How many documents were refused.
    """

    refusals: dict[str, tuple[float, float]]
    idle: tuple[float, float]
    meanwhile: tuple[float, float]
    refused: int


class FileRefusals(msgspec.Struct, frozen=True):
    """What came of hostile files. Times are milliseconds of wall clock.

    Args:
        answers: By file, the time of its answer and the bytes of it.
        idle: p50 and p95 of the neighbour alone.
        meanwhile: The same while files are sent without a pause.
        answered: How many files were answered meanwhile.
        lost: Processes of the server that were no longer there in the end.
    """

    answers: dict[str, tuple[float, int]]
    idle: tuple[float, float]
    meanwhile: tuple[float, float]
    answered: int
    lost: int


async def measure_hostile(
    settings: Settings, seconds: float, connections: int, progress: Callable[[str], None]
) -> Refusals:
    """Measure on a new database.

    Args:
        settings: With both database URLs and the key.
        seconds: How long the neighbour is watched, each time.
        connections: Requests that the hostile account has under way at once.
        progress: Is called with what is being done.
    """
    tokens, _ = await _two_schools(settings)
    progress("each document alone, as if nobody counted new documents")
    unbounded = msgspec.structs.replace(settings, graphql_new_documents=1_000_000)
    times: dict[str, list[float]] = {name: [] for name in DOCUMENTS}
    async with _served(unbounded, tokens) as clients:
        # A connection belongs to one process, whose first request waits for the schema to be built.
        await _neighbour(clients["hostile"], 1.0)
        await _attack(clients["hostile"], times, itertools.chain(DOCUMENTS, DOCUMENTS, DOCUMENTS))
    alone = {name: (statistics.median(each), max(each)) for name, each in times.items()}
    during: dict[str, list[float]] = {name: [] for name in DOCUMENTS}
    names = itertools.cycle(DOCUMENTS)
    async with _served(settings, tokens) as clients:
        await _neighbour(clients["neighbour"], 1.0)
        progress("the neighbour alone")
        idle = await _neighbour(clients["neighbour"], seconds)
        progress("the neighbour meanwhile")
        attackers = [asyncio.create_task(_attack(clients["hostile"], during, names)) for _ in range(connections)]
        meanwhile = await _neighbour(clients["neighbour"], seconds)
        for task in attackers:
            task.cancel()
        await asyncio.gather(*attackers, return_exceptions=True)
    return Refusals(alone, idle, meanwhile, sum(map(len, during.values())))


async def measure_files(
    settings: Settings, seconds: float, connections: int, progress: Callable[[str], None]
) -> FileRefusals:
    """Measure on a new database, with hostile files in the place of documents.

    Args:
        settings: With both database URLs and the key.
        seconds: How long the neighbour is watched, each time.
        connections: Files that the hostile account sends at once.
        progress: Is called with what is being done.
    """
    progress("making the files")
    made = {name: file.content() for name, file in FILES.items()}
    tokens, known = await _two_schools(settings)
    alone: dict[str, list[tuple[float, int]]] = {}
    during: dict[str, list[tuple[float, int]]] = {}
    async with _served(settings, tokens) as clients:
        before = {each.pid for each in psutil.Process().children(recursive=True)}
        await _neighbour(clients["hostile"], 1.0)
        await _neighbour(clients["neighbour"], 1.0)
        progress("each file alone")
        await attack(clients["hostile"], known, alone, iter(FILES), made)
        progress("the neighbour alone")
        idle = await _neighbour(clients["neighbour"], seconds)
        progress("the neighbour meanwhile")
        names = itertools.cycle(FILES)
        attackers = [
            asyncio.create_task(attack(clients["hostile"], known, during, names, made)) for _ in range(connections)
        ]
        meanwhile = await _neighbour(clients["neighbour"], seconds)
        ended = [each for each in attackers if each.done()]
        for task in attackers:
            task.cancel()
        await asyncio.gather(*attackers, return_exceptions=True)
        for each in ended:
            each.result()
        lost = before - {each.pid for each in psutil.Process().children(recursive=True)}
    return FileRefusals(
        {name: (times[0][0], times[0][1]) for name, times in alone.items()},
        idle,
        meanwhile,
        sum(map(len, during.values())),
        len(lost),
    )


async def _two_schools(settings: Settings) -> tuple[dict[str, str], dict[str, str]]:
    """Tokens of both schools, and the ids of a year and of a member of staff of the hostile one."""
    await migrate_database(settings)
    host = build_host(settings)
    await host.open()
    try:
        tokens = {}
        known = {}
        for slug in ("hostile", "neighbour"):
            space = await host.directory.create_space(slug=slug, name=slug, region="vn")
            account = await host.directory.create_account(login=slug, name=slug)
            await host.directory.add_member(space.id, account, roles=["principal", "registrar"])
            tokens[slug] = await host.directory.issue_token(account, space.id, title="bench")
            if slug == "hostile":
                system = host.system_caller(await host.directory.space(slug))
                async with host.database.transaction(space.id) as transaction:
                    year = await transaction.fetchval("SELECT id FROM school_year ORDER BY starts_on LIMIT 1")
                staff = await host.execute(system, create_staff, name=NameInput("An"))
                # The numbers of rows as the API gives them out.
                known = {"year": f"SchoolYear_{year}", "staff": f"Staff_{staff}"}
    finally:
        await host.close()
    return tokens, known


@contextlib.asynccontextmanager
async def _served(settings: Settings, tokens: Mapping[str, str]) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The product, and a client for each token."""
    with serving(settings, [Kind.OURS]) as servers:
        url = f"http://{settings.host}:{servers[Kind.OURS].port}/graphql"
        async with contextlib.AsyncExitStack() as stack:
            yield {slug: await stack.enter_async_context(_client(url, token)) for slug, token in tokens.items()}


def _client(url: str, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/graphql-response+json"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=60)


_numbers = itertools.count()


async def _attack(client: httpx.AsyncClient, times: dict[str, list[float]], names: Iterator[str]) -> None:
    for name in names:
        document = f"{DOCUMENTS[name]} # {next(_numbers)}"
        began = time.perf_counter()
        answer = await client.post("", json={"query": document})
        times[name].append((time.perf_counter() - began) * 1000)
        if not 400 <= answer.status_code < 500:
            raise AssertionError(f"{name}: expected a refusal, got {answer.status_code} {answer.text[:200]}")


async def _neighbour(client: httpx.AsyncClient, seconds: float) -> tuple[float, float]:
    """p50 and p95 of an everyday question."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 20:
        began = time.perf_counter()
        answer = await client.post("", json={"query": _EVERYDAY})
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise AssertionError(f"the neighbour got {answer.status_code} {answer.text[:200]}")
        await asyncio.sleep(_PAUSE)
    cuts = statistics.quantiles(times, n=20)
    return cuts[9], cuts[18]


def text_of(found: Refusals) -> str:
    """For people."""
    lines = [f"{'refusal of':40} {'median':>9} {'longest':>9}"]
    lines += [f"{name:40} {median:6.1f} ms {longest:6.1f} ms" for name, (median, longest) in found.refusals.items()]
    longest = max(each for _, each in found.refusals.values())
    ratio = found.meanwhile[1] / found.idle[1]
    meanwhile = f"while {found.refused} documents are refused"
    goals = (GOAL_MS, GOAL_RATIO)
    lines += [
        "",
        f"{'neighbour':40} {'p50':>9} {'p95':>9}",
        f"{'alone':40} {found.idle[0]:6.1f} ms {found.idle[1]:6.1f} ms",
        f"{meanwhile:40} {found.meanwhile[0]:6.1f} ms {found.meanwhile[1]:6.1f} ms",
        "",
        f"longest refusal {longest:.0f} ms (goal: {goals[0]:.0f}); p95 {ratio:.1f} times idle (goal: {goals[1]:.0f})",
    ]
    return "\n".join(lines)


def text_of_files(found: FileRefusals) -> str:
    """For people."""
    lines = [f"{'answer to':40} {'time':>9} {'size':>9}"]
    lines += [f"{name:40} {took:6.0f} ms {size:7d} B" for name, (took, size) in found.answers.items()]
    slowest = max(took for took, _ in found.answers.values())
    largest = max(size for _, size in found.answers.values())
    ratio = found.meanwhile[1] / found.idle[1]
    meanwhile = f"while {found.answered} files are read"
    lines += [
        "",
        f"{'neighbour':40} {'p50':>9} {'p95':>9}",
        f"{'alone':40} {found.idle[0]:6.1f} ms {found.idle[1]:6.1f} ms",
        f"{meanwhile:40} {found.meanwhile[0]:6.1f} ms {found.meanwhile[1]:6.1f} ms",
        "",
        f"longest {slowest / 1000:.1f} s (goal: {GOAL_FILE_S:.0f}), largest {largest:,} B (goal: {GOAL_BYTES:,})",
        f"processes lost {found.lost} (goal: 0); p95 {ratio:.1f} times idle (goal: {GOAL_RATIO:.0f})",
    ]
    return "\n".join(lines)
