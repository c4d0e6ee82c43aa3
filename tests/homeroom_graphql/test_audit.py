"""The audits of the npm package graphql-http: GraphQL over HTTP as others read its specification."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from garden.planting import Garden
from litestar import Litestar
from node import node_modules

from homeroom.testing import People
from homeroom.testing.serving import served

_PACKAGES = ("graphql-http@1.23.1", "graphql@16.11.0")
#: How many the package has; fewer would mean that some were not run.
_AUDITS = {"MUST": 13, "SHOULD": 23, "MAY": 25}


async def test_every_audit_of_graphql_http_passes(garden_app: Litestar, garden: Garden, people: People) -> None:
    folder = node_modules(*_PACKAGES)
    shutil.copy(Path(__file__).parent / "audit.mjs", folder)
    program = await people.with_token(await people(garden.space, "keeper"), garden.space)
    headers = {"authorization": program.http.headers["authorization"]}
    async with served(garden_app) as port:
        node = await asyncio.create_subprocess_exec(
            "node", "audit.mjs", f"http://127.0.0.1:{port}/graphql", json.dumps(headers),
            cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, complaints = await node.communicate()
    assert node.returncode == 0, complaints.decode()
    audits = json.loads(output)
    assert _AUDITS == {kind: sum(each["name"].startswith(kind) for each in audits) for kind in _AUDITS}
    assert [] == [each for each in audits if each["status"] != "ok"]
