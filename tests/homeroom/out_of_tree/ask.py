"""Asks a document as somebody with a role, in each of some schools; run by a test in a process of its own.

Prints one JSON object: slug to the response. Arguments: a role, a document, the slugs.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.settings import Settings
from homeroom.testing import People


async def main(role: str, document: str, *slugs: str) -> dict[str, Any]:
    """The responses, over HTTP into the application."""
    host = build_host(Settings.load())
    app = create_app(host)
    await host.open()
    people = People(host, app)
    try:
        return {
            slug: (await (await people.as_role(await host.directory.space(slug), role)).post(document)).json()
            for slug in slugs
        }
    finally:
        await people.close()
        await host.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
