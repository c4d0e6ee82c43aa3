"""Asks documents as people with roles; run by a test in a process of its own, which builds each schema once.

Prints a JSON list of the responses. Argument: a JSON list with the role, the document and the slug of the school of
each question, and where a plugin is switched on (``+library``) or off (``-library``) in the school before, its name.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from homeroom.app import create_app
from homeroom.boot import build_host
from homeroom.collector import collect_rarely
from homeroom.settings import Settings
from homeroom.testing import People


async def main(questions: list[list[str]]) -> list[Any]:
    """The responses, over HTTP into the application."""
    host = build_host(Settings.load())
    app = create_app(host)
    await host.open()
    people = People(host, app)
    try:
        answers = []
        for role, document, slug, *changes in questions:
            space = await host.directory.space(slug)
            for change in changes:
                switch = space.plugins.union if change.startswith("+") else space.plugins.difference
                space = await host.directory.set_plugins(space.id, sorted(switch({change[1:]})))
            answers.append((await (await people.as_role(space, role)).post(document)).json())
        return answers
    finally:
        await people.close()
        await host.close()


if __name__ == "__main__":
    collect_rarely()
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
