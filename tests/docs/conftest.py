"""An installation against which the pages are played."""

from __future__ import annotations

import base64
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # what reads the pages is a plain package

from manual.play import Play, bundle_of

if TYPE_CHECKING:
    from litestar import Litestar

    from homeroom.host import Host
    from homeroom.settings import Settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def play(
    host: Host, app: Litestar, database_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Play]:
    """Plays pages; the school of the first one is there for those after it."""
    made = Play(host, app, database_settings, tmp_path_factory.mktemp("docs"))
    made.kept["bundle"] = base64.b64encode(bundle_of("docs/examples/roster")).decode()
    made.kept["bundle2"] = base64.b64encode(bundle_of("docs/examples/roster", instead=(",S2,", ",S9,"))).decode()
    yield made
    await made.close()
