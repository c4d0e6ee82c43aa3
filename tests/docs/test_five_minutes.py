"""The first section of docs/plugins.md, followed word by word by a newcomer who types what is there."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from manual.blocks import blocks_of
from manual.console import Line, lines_of, unexpected

from homeroom.server import free_port, wait_until_ready
from homeroom.settings import Settings
from homeroom.testing.databases import database_beside

PAGE = "docs/plugins.md"
_ADDRESS = "http://localhost:8000"
#: Commands that need no process of their own: these lines stand one below another.
_ONE_AFTER_ANOTHER = {("homeroom", each) for each in ("migrate", "tenant", "account")}
#: Runs commands of `homeroom` in one process, and prints what each printed.
_COMMANDS = """
import contextlib, io, json, sys
from homeroom.cli import main
said = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        try:
            main(words, "homeroom")
        except SystemExit as ended:
            if ended.code:
                raise
    said.append(output.getvalue())
print(json.dumps(said))
"""


class Newcomer:
    """Somebody at a terminal, in an environment in which Homeroom is installed.

    Args:
        folder: Where they work.
        environment: The variables of their terminal.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.server: subprocess.Popen[bytes] | None = None

    def type(self, line: Line) -> str:
        """What a line prints. Raises AssertionError if it fails."""
        match line.words:
            case ("cd", where):
                self.folder /= where
                return ""
            case ("homeroom", "serve"):
                self.serve()
                return ""
            case ("curl", *words):
                return self.ask(words)
        return self.run("bash", "-c", line.typed)

    def run(self, *words: str) -> str:
        """What a process prints. Raises AssertionError if it fails."""
        done = subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False)
        assert 0 == done.returncode, f"{words}\n{done.stdout}{done.stderr}"
        return done.stdout

    def type_all(self, lines: Sequence[Line]) -> list[str]:
        """What each of several lines prints, all of them commands of ``homeroom``. Raises AssertionError if one fails.

        A process takes longer to load Homeroom than a command takes. What a line writes to a file, it does not print.
        """
        said: list[str] = json.loads(self.run("python", "-c", _COMMANDS, json.dumps([line.homeroom for line in lines])))
        for place, line in enumerate(lines):
            _, redirected, file = line.typed.partition(" > ")
            if redirected:
                (self.folder / file.strip()).write_text(said[place])
                said[place] = ""
        return said

    def serve(self) -> None:
        """In another terminal, until it answers."""
        self.server = subprocess.Popen(
            ["bash", "-c", "exec homeroom serve"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_ready("127.0.0.1", int(self.environment["HOMEROOM_PORT"]), seconds=900, check=self.check)

    def check(self) -> None:
        """Whether the server is still there."""
        assert self.server is not None
        assert self.server.poll() is None, "the server has ended"

    @property
    def address(self) -> str:
        """Where the server answers: the page's port may be taken on this machine."""
        return f"http://127.0.0.1:{self.environment['HOMEROOM_PORT']}"

    def ask(self, words: list[str]) -> str:
        """As curl would; not every machine of the tests has it."""
        headers = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
        token = re.fullmatch(r"Bearer \$\(cat (.+)\)", headers["Authorization"])
        assert token is not None
        headers["Authorization"] = f"Bearer {(self.folder / token[1]).read_text().strip()}"
        (url,) = [word for word in words if word.startswith(_ADDRESS)]
        body = json.loads(words[words.index("--json") + 1])
        return httpx.post(url.replace(_ADDRESS, self.address), headers=headers, json=body, timeout=900).text

    def leave(self) -> None:
        """End the server."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGTERM)
            self.server.wait(900)


@pytest.fixture
def newcomer(tmp_path: Path, database_settings: Settings) -> Iterator[Newcomer]:
    """A newcomer with an environment, a folder and a database of their own."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/*/site-packages")
    here = sysconfig.get_paths()["purelib"]
    (site / "parent.pth").write_text(f"import site; site.addsitedir({here!r})\n")
    for name, module in (("homeroom", "homeroom.cli"), ("pytest", "pytest"), ("pip", "pip")):
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m {module} "$@"\n')
        script.chmod(0o755)
    port = free_port("127.0.0.1")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HOMEROOM_", "PYTEST_"))}
    environment |= {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOMEROOM_DATA_DIR": str(tmp_path / "data"),
        "HOMEROOM_PORT": str(port),
        # One process answers as two do, and a school's schema is built when somebody asks.
        "HOMEROOM_WORKERS": "1",
        "HOMEROOM_WARM_SECONDS": "0",
        # The plugin's own tests must not warn either.
        "PYTEST_ADDOPTS": "-W error",
        # What the newcomer's pip would get from outside is here already.
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    work = tmp_path / "plugins"
    work.mkdir()
    with database_beside(database_settings, f"homeroom_five_{os.getpid()}") as settings:
        environment |= {
            "HOMEROOM_DATABASE_URL": str(settings.database_url),
            "HOMEROOM_OWNER_DATABASE_URL": str(settings.owner_database_url),
            "HOMEROOM_SECRET_KEY": str(settings.secret_key),
        }
        made = Newcomer(work, environment)
        yield made
        made.leave()


@pytest.mark.slow
def test_a_newcomer_has_a_plugin_in_one_school(
    newcomer: Newcomer, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    lines = [line for block in blocks_of(PAGE) if "five" in block.words for line in lines_of(block)]
    assert 15 < len(lines)
    for together, group in itertools.groupby(lines, lambda line: line.words[:2] in _ONE_AFTER_ANOTHER):
        found = list(group)
        said = newcomer.type_all(found) if together else map(newcomer.type, found)
        for line, output in zip(found, said, strict=True):
            assert "" == unexpected(line.output, output), line.words
    # For the report; a limit would say more about the machine's other work.
    record_property("seconds", round(time.monotonic() - began, 1))
    print(f"followed in {time.monotonic() - began:.1f} s", file=sys.stderr)
