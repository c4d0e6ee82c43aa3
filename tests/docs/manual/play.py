"""Playing a page: its blocks run in their order, as the people whom it names, against a real installation.

What the words of a block's information line mean:

* ``graphql``: the document is valid for a school of the page's region; with ``region=hk`` for one of that region,
  with ``invalid`` it must not be.
* ``graphql as=secretary``: it is also run, by the account of that login, in the school that was made first, or
  in another: ``at=harbour``. Errors fail the page, unless the block after
  it is ``json answer``: then the whole answer must be that.
* ``json variables`` after a document holds its variables; without it they are taken by name from what was kept.
* ``http``: the request is sent as written, or by somebody who has signed in, with ``as=secretary``; ``status=401``
  says what comes back, else it is a success.
* ``keep=year:schoolYears.nodes.0.id``: keeps a value for later blocks; several with commas.
* ``console run``: the commands are run.

An ellipsis in variables, requests and commands is filled with the kept value of the same name: ``"student":
"Student_…2"`` with ``student2``, ``"person": "Staff_…son"`` with ``son``, ``--person …`` with ``person``, and so are
``--person …son`` and ``staff=…son``.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner
from litestar import Litestar
from manual.answers import differences
from manual.blocks import ROOT, Block, blocks_of
from manual.console import Line, lines_of, unexpected

from homeroom.cli import main
from homeroom.host import Host
from homeroom.settings import Settings
from homeroom.testing import Client

__all__ = ["Play", "bundle_of"]

_PASSWORD = "a long enough password"
_ID = re.compile(r"(?P<kind>[A-Z]\w*_)?…(?P<tail>\w*)")
_SECRET = re.compile(r"hr(?P<kind>[sthcxf])_…")
#: Under which name something is kept that has a secret of a kind in it.
_KINDS = {"s": "session", "t": "token", "h": "code", "c": "location", "x": "access", "f": "refresh"}
#: How long another process's change may take to be received here, in seconds.
_PATIENCE = 20.0


class Play:
    """Plays pages one after another against one installation; what one keeps, the next finds.

    Args:
        host: The open host.
        app: Its application.
        settings: With which the command line reaches the same database.
        folder: Where the command line may keep files.
    """

    def __init__(self, host: Host, app: Litestar, settings: Settings, folder: Path) -> None:
        self._host = host
        self._app = app
        self._environment = {**settings.environment(), "HOMEROOM_DATA_DIR": str(folder)}
        self._people: dict[tuple[str, str], Client] = {}
        self.slug = ""
        self.kept: dict[str, Any] = {"password": _PASSWORD}

    async def page(self, page: str) -> int:
        """Play a page to its end.

        Returns:
            How many blocks were run.

        Raises:
            AssertionError: Naming every block that did not do what the page says.
        """
        blocks = blocks_of(page)
        played = 0
        failures: list[str] = []
        for place, block in enumerate(blocks):
            try:
                played += await self._block(block, blocks[place + 1 : place + 3])
            except AssertionError as failure:
                failures.append(str(failure))
        assert [] == failures, "\n\n".join(failures)
        return played

    async def _block(self, block: Block, following: list[Block]) -> bool:
        """Run a block if it is one that is run; gives whether it is."""
        if block.language == "console" and "run" in block.words:
            for line in lines_of(block):
                await self._command(block, line)
        elif block.language == "graphql" and "as" in block.words:
            await self._document(block, following)
        elif block.language == "http":
            await self._request(block, following)
        else:
            return False
        return True

    async def close(self) -> None:
        """Let everybody go."""
        for client in self._people.values():
            await client.close()

    # The command line ----------------------------------------------------------------------------------

    async def _command(self, block: Block, line: Line) -> None:
        arguments = line.homeroom
        assert arguments is not None, f"{block}: only homeroom is run: {line.words}"
        filled = [self._filled_word(block, each, arguments[place - 1]) for place, each in enumerate(arguments)]
        if filled[:2] == ["tenant", "create"] and not self.slug:
            self.slug = filled[2]

        def run() -> Any:
            answers = f"{_PASSWORD}\n{_PASSWORD}\n"
            return CliRunner().invoke(main, filled, input=answers, env={**self._environment, **line.environment})

        result = await asyncio.to_thread(run)
        refused = "refused" in block.words
        assert refused == (result.exit_code != 0), f"{block}: {filled} exits with {result.exit_code}\n{result.output}"
        reported = unexpected(line.output, result.output)
        assert reported == "", f"{block}: {filled}\n{reported}"

    def _filled_word(self, block: Block, word: str, before: str) -> str:
        if "…" not in word:
            return word
        head, _, tail = word.partition("…")
        name = tail or head.rstrip("=") or before.removeprefix("--")
        assert name in self.kept, f"{block}: nobody kept {name!r} for {word!r}"
        return (head if "=" in head else "") + str(self.kept[name])

    # GraphQL -------------------------------------------------------------------------------------------

    async def _document(self, block: Block, following: list[Block]) -> None:
        variables: dict[str, Any] = {}
        if following and following[0].language == "json" and "variables" in following[0].words:
            variables = self._filled(block, json.loads(following.pop(0).text))
        else:
            for name in re.findall(r"\$(\w+)\s*:", block.text):
                assert name in self.kept, f"{block}: nobody kept ${name}"
                variables[name] = self.kept[name]
        found = following[0] if following and following[0].language == "json" else None
        expected = json.loads(found.text) if found is not None and "answer" in found.words else None
        barred = expected is not None and "errors" in expected
        answer = await self._ask(
            block.words["as"], block.words.get("at", self.slug), block.text, variables, barred=barred
        )
        body = answer.json()
        if expected is not None:
            reported = differences(expected, body)
            assert reported == [], f"{block}: " + "\n".join(reported) + f"\n{answer.text}"
        else:
            assert "errors" not in body, f"{block}: {body['errors']}"
            refused = [each for each in body["data"].values() if isinstance(each, dict) and each.get("errors")]
            assert refused == [], f"{block}: {refused}"
        self._keep(block, body.get("data") or {})

    async def _ask(
        self, login: str, at: str, document: str, variables: dict[str, Any], *, barred: bool
    ) -> httpx.Response:
        """Ask as somebody; what the command line did a moment ago may take a while to be received here.

        Args:
            login: Who asks.
            at: In which school.
            document: What is asked.
            variables: Its variables.
            barred: Whether errors are expected.
        """
        waited = 0.0
        while True:
            client = await self._client(login, at)
            answer = await client.post(document, variables)
            # What a mutation has done is not done again.
            done = barred and document.lstrip().startswith("mutation")
            if ("errors" in answer.json()) == barred or done or waited > _PATIENCE:
                return answer
            await asyncio.sleep(0.1)
            waited += 0.1

    async def _client(self, login: str, at: str) -> Client:
        client = self._people.get((login, at))
        if client is None:
            space = await self._host.directory.space(at)
            client = Client(self._app, space, self._host.settings)
            self._people[login, at] = await client.sign_in(login, _PASSWORD)
        return client

    # HTTP ----------------------------------------------------------------------------------------------

    async def _request(self, block: Block, following: list[Block]) -> None:
        head, _, body = block.text.partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split()[:2]
        if "as" in block.words:
            path = re.sub(r"…(\w+)", lambda match: str(self.kept[match[1]]), path)
            signed_in = await self._client(block.words["as"], block.words.get("at", self.slug))
            self._expect(block, await signed_in.http.request(method, path))
            return
        headers = {
            name: self._filled_secret(block, value) for name, _, value in (each.partition(": ") for each in lines)
        }
        if headers.get("Content-Type") == "application/x-www-form-urlencoded":
            content: str | None = self._filled_secret(block, body.strip())
        else:
            content = json.dumps(self._filled(block, json.loads(body))) if body.strip() else None
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self._app, raise_app_exceptions=False),  # type: ignore[arg-type]
            base_url=f"http://{headers['Host']}",
        ) as client:
            answer = await client.request(method, path, headers=headers, content=content)
        self._expect(block, answer)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            if name == "__Host-homeroom":
                self.kept["session"] = value
        if following and following[0].language == "json" and "answer" in following[0].words:
            reported = differences(json.loads(following[0].text), answer.json())
            assert reported == [], f"{block}: " + "\n".join(reported)
        if "keep" in block.words:
            self._keep(block, answer.json())

    def _expect(self, block: Block, answer: httpx.Response) -> None:
        """Make sure that an answer has the status that the block says."""
        status = int(block.words.get("status", "0"))
        good = answer.status_code == status if status else answer.is_success
        assert good, f"{block}: HTTP {answer.status_code} {answer.text}"

    def _filled_secret(self, block: Block, text: str) -> str:
        def fill(match: re.Match[str]) -> str:
            name = _KINDS[match["kind"]]
            assert name in self.kept, f"{block}: nobody kept {name!r}"
            found = re.search(rf"hr{match['kind']}_[\w-]+", str(self.kept[name]))
            assert found is not None, f"{block}: there is no such secret in {name!r}"
            return found[0]

        return _SECRET.sub(fill, text)

    # What is kept --------------------------------------------------------------------------------------

    def _keep(self, block: Block, values: Any) -> None:
        for each in filter(None, block.words.get("keep", "").split(",")):
            name, _, path = each.partition(":")
            found = values
            for step in path.split("."):
                try:
                    found = found[int(step)] if step.isdigit() else found[step]
                except (KeyError, IndexError, TypeError):
                    raise AssertionError(f"{block}: there is no {path} in {values}") from None
            self.kept[name] = found

    def _filled(self, block: Block, value: Any, key: str = "") -> Any:
        """A JSON value with its ellipses filled."""
        if isinstance(value, dict):
            return {name: self._filled(block, each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(block, each, key) for each in value]
        if isinstance(value, str) and (found := _SECRET.fullmatch(value)):
            return self.kept[_KINDS[found["kind"]]]
        if isinstance(value, str) and "…" in value:
            found = _ID.search(value)
            tail = found["tail"] if found else ""
            name = tail if tail in self.kept else key + tail
            assert name in self.kept, f"{block}: nobody kept {name!r} for {value!r}"
            return self.kept[name]
        return value


def bundle_of(folder: str, *, instead: tuple[str, str] = ("", "")) -> bytes:
    """A folder of the examples as a zip.

    Args:
        folder: Relative to the repository.
        instead: A text and what is in its place, in every file.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for file in sorted((ROOT / folder).iterdir()):
            text = file.read_text(encoding="utf-8")
            archive.writestr(file.name, text.replace(*instead) if instead[0] else text)
    return made.getvalue()
