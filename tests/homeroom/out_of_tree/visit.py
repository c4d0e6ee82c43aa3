"""What somebody sees who opens an installation: run by a test in a process and an environment of its own.

Prints one JSON object. Arguments: the club to found, and the slugs of schools; the first one is to have the clubs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from homeroom.app import create_app
from homeroom.boot import build_host, migrate_database
from homeroom.callers import Space
from homeroom.collector import collect_rarely
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.plugins import PluginRegistry
from homeroom.settings import Settings
from homeroom.testing.client import Client
from homeroom.testing.people import People

FIELDS = '{ query: __type(name: "Query") { fields { name } } student: __type(name: "Student") { fields { name } } }'


async def school(host: Host, slug: str) -> Space:
    """The school of that slug; made where it is not there yet."""
    try:
        return await host.directory.space(slug)
    except Refusal:
        return await host.directory.create_space(slug=slug, name=slug, region="vn")


async def look(client: Client, wanted: str) -> dict[str, Any]:
    """What a member sees, the clubs if the schema has them."""
    about = await client.gql(FIELDS)
    fields = {field["name"] for kind in ("query", "student") for field in about[kind]["fields"]}
    seen: dict[str, Any] = {
        "fields": sorted(fields & {"club", "clubs", "clubMembers", "students"}),
        "students": (await client.gql("{ students { totalCount } }"))["students"]["totalCount"],
    }
    if "clubs" in fields:
        await client.gql("mutation($n: String!) { foundClub(input: {name: $n}) { club { id } } }", n=wanted)
        answer = await client.gql("{ clubs(orderBy: [{field: NAME}]) { nodes { name } } }")
        seen["clubs"] = [node["name"] for node in answer["clubs"]["nodes"]]
    else:
        seen["refused"] = await client.refused("{ clubs { totalCount } }")
    return seen


async def main(wanted: str, *slugs: str) -> dict[str, Any]:
    """Migrate, open, look around in each school; the first one has the clubs, where they are installed."""
    settings, registry = Settings.load(), PluginRegistry.discover()
    await migrate_database(settings, registry)
    host = build_host(settings, registry)
    app = create_app(host)
    await host.open()
    people = People(host, app)
    try:
        seen: dict[str, Any] = {}
        for slug in slugs:
            space = await school(host, slug)
            if slug == slugs[0] and "clubs" in registry.plugins and "clubs" not in space.plugins:
                space = await host.directory.set_plugins(space.id, [*space.plugins, "clubs"])
            seen[slug] = await look(await people.as_role(space, "admin"), wanted)
        return seen | {"quarantined": {each.name: f"{each.reason} [{each.origin}]" for each in registry.quarantined}}
    finally:
        await people.close()
        await host.close()


if __name__ == "__main__":
    collect_rarely()
    print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
