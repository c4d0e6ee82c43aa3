"""``homeroom bench schema`` over HTTP: how long a school's next request takes that asks for its new own field."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from homeroom.boot import build_host, migrate_database
from homeroom_bench.servers import Kind, serving

if TYPE_CHECKING:
    from homeroom.settings import Settings

__all__ = ["GOAL_MS", "OwnFields", "measure_own_fields", "text_of_own_fields"]

#: Milliseconds within which the next request is answered.
GOAL_MS: Final = 100
_DEFINE: Final = """mutation($input: DefineCustomFieldInput!) {
  defineCustomField(input: $input) { customField { id } errors { code message } }
}"""


class OwnFields(msgspec.Struct, frozen=True):
    """What was measured. Milliseconds of the wall clock, as the client sees them.

    Args:
        fields: How many fields were made, one after the other.
        known_ms: The median of the same request for what the schema had already, a new document each time.
        next_ms: The median of the request that asks for a field which was made just before.
        longest_ms: The longest of these.
    """

    fields: int
    known_ms: float
    next_ms: float
    longest_ms: float


async def measure_own_fields(settings: Settings, fields: int) -> OwnFields:
    """Measure on a new database, with one process that serves.

    Args:
        settings: Of an empty database, with both of its URLs.
        fields: How many fields to make.
    """
    token = await _school(settings)
    chosen = msgspec.structs.replace(settings, workers=1, log_level="error")
    known: list[float] = []
    following: list[float] = []
    with serving(chosen, [Kind.OURS]) as servers:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/graphql-response+json"}
        url = f"http://{settings.host}:{servers[Kind.OURS].port}/graphql"
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
            await _asked(client, _students("code"))  # the first request waits for the schema
            for number in range(fields):
                known.append(await _asked(client, _students(f"known{number}: code")))
                name = f"measured{number}"
                given = {"noun": "Student", "name": name, "kind": "TEXT", "title": "Measured"}
                await _asked(client, _DEFINE, {"input": given})
                following.append(await _asked(client, _students(f"custom{name.capitalize()}")))
    return OwnFields(fields, statistics.median(known), statistics.median(following), max(following))


async def _school(settings: Settings) -> str:
    """Make a school, and a token of somebody who may give it fields."""
    await migrate_database(settings)
    host = build_host(settings)
    await host.open()
    try:
        space = await host.directory.create_space(slug="own", name="Own", region="vn")
        account = await host.directory.create_account(login="own", name="Own")
        await host.directory.add_member(space.id, account, roles=["admin", "principal", "registrar"])
        return await host.directory.issue_token(account, space.id, title="bench")
    finally:
        await host.close()


def _students(selection: str) -> str:
    return f"{{ students(first: 20) {{ nodes {{ id {selection} }} totalCount }} }}"


async def _asked(client: httpx.AsyncClient, query: str, variables: dict[str, Any] | None = None) -> float:
    """Milliseconds that a request took; one with errors ends the measurement."""
    began = time.perf_counter()
    answer = await client.post("", json={"query": query, "variables": variables or {}})
    took = (time.perf_counter() - began) * 1000
    body = answer.json()
    problems = [each for value in (body.get("data") or {}).values() for each in (value or {}).get("errors") or []]
    if body.get("errors") or problems:
        raise AssertionError(f"{answer.status_code} {answer.text[:400]}")
    return took


def text_of_own_fields(found: OwnFields) -> str:
    """The figures, and whether the goal is met."""
    met = "met   " if found.longest_ms <= GOAL_MS else "MISSED"
    return (
        f"A school's own field over HTTP, {found.fields} times\n"
        f"  a new document            {found.known_ms:8.1f} ms\n"
        f"  the next request, median  {found.next_ms:8.1f} ms   to that {found.next_ms / found.known_ms:.2f}\n"
        f"  the next request, longest {found.longest_ms:8.1f} ms\n\n"
        f"{met} own field seen by each next request: {found.longest_ms:.0f} ms, goal at most {GOAL_MS}"
    )
