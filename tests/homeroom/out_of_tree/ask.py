"""Asks documents as people with roles; run by a test in a process of its own, which builds each schema once.

Prints a JSON list of the responses. Arguments: for each question the role, the document and the slug of the school.
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


async def main(*words: str) -> list[Any]:
    """The responses, over HTTP into the application."""
    questions = zip(words[::3], words[1::3], words[2::3], strict=True)
    host = build_host(Settings.load())
    app = create_app(host)
    await host.open()
    people = People(host, app)
    try:
        return [
            (await (await people.as_role(await host.directory.space(slug), role)).post(document)).json()
            for role, document, slug in questions
        ]
    finally:
        await people.close()
        await host.close()


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(*sys.argv[1:]))))
