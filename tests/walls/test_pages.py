"""Every list, detail and form of the console, as every role: what GraphQL refuses is no page, and no page shows more.

The pages are found by what the plugins declare, so that a new noun or verb is swept without anybody thinking of it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from homeroom.callers import Space
from homeroom.host import Host
from homeroom.testing.client import Client
from homeroom.testing.people import People
from homeroom_console.asking import Answer, Asking
from homeroom_console.reader import Reader
from homeroom_graphql.schema import singular

from .conftest import MARK, Planted

Contents = Callable[[Space], Awaitable[dict[str, str]]]
ROLES = ("principal", "registrar", "admin", "teacher", "student", "guardian")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Opening:
    """Somebody who opens pages.

    Args:
        client: Who.
        theirs: The school that no page may show.
        faults: What was wrong with a page.
        opened: How many pages there were.
    """

    client: Client
    theirs: Planted
    faults: list[str] = field(default_factory=list)
    opened: int = 0

    async def page(self, path: str, *, exists: bool) -> None:
        """Open a page.

        Args:
            path: Its path.
            exists: Whether GraphQL gives what it shows.
        """
        answer = await self.client.http.get(path)
        if (200 if exists else 404) != answer.status_code:
            self.faults.append(f"{path}: {answer.status_code}, and GraphQL {'answers' if exists else 'refuses'}")
        if MARK in answer.text or self.theirs.known & set(_ID.findall(answer.text.replace(path, ""))):
            self.faults.append(f"{path}: shows another school")
        self.opened += exists


async def _readable(client: Client, fields: Mapping[str, str]) -> dict[str, Any]:
    """The answers of /graphql to fields that may be refused one by one."""
    found: dict[str, Any] = {}
    names = list(fields)
    for start in range(0, len(names), 20):
        several = names[start : start + 20]
        document = "{" + " ".join(f"f{place}: {fields[name]}" for place, name in enumerate(several)) + "}"
        data = (await client.post(document)).json()["data"] or {}
        found |= {name: data.get(f"f{place}") for place, name in enumerate(several)}
    return found


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Mapping[str, Any], Answer]]:
    """What pages have asked GraphQL, and what they were answered."""
    kept: list[tuple[str, Mapping[str, Any], Answer]] = []
    plain = Asking.ask

    async def ask(
        asking: Asking, reader: Reader, document: str, variables: Mapping[str, Any] | None = None, **options: Any
    ) -> Answer:
        answer = await plain(asking, reader, document, variables, **options)
        kept.append((document, variables or {}, answer))
        return answer

    monkeypatch.setattr(Asking, "ask", ask)
    return kept


@pytest.mark.parametrize("role", ROLES)
async def test_every_noun_has_its_pages(role: str, host: Host, as_role: People, ours: Planted, theirs: Planted) -> None:
    client = await as_role.as_role(ours.space, role, person=ours.roles[role])
    opening = Opening(client, theirs)
    nouns = host.variant_of(ours.space).resources.values()
    fields: dict[str, str] = {}
    for noun in nouns:
        if noun.single:
            fields[f"/nouns/{singular(noun)}"] = f"{singular(noun)} {{ id }}"
            continue
        fields[f"/nouns/{noun.plural}"] = f"{noun.plural}(first: 1) {{ nodes {{ id }} }}"
        for row in (ours.ids[noun.name][0], theirs.ids[noun.name][0]):
            way = f"{noun.name}_{row}"
            fields[f"/nouns/{noun.plural}/{way}"] = f'{singular(noun)}(id: "{way}") {{ id }}'
    for path, answer in (await _readable(client, fields)).items():
        await opening.page(path, exists=answer is not None)
    assert [] == opening.faults
    assert opening.opened > 10


@pytest.mark.parametrize("role", ROLES)
async def test_every_verb_has_its_form(role: str, host: Host, as_role: People, ours: Planted, theirs: Planted) -> None:
    client = await as_role.as_role(ours.space, role, person=ours.roles[role])
    opening = Opening(client, theirs)
    whole = await client.gql("{ vocabulary { verbs { name place subjectNoun } } }")
    runs = {each["name"]: each for each in whole["vocabulary"]["verbs"]}
    for name in host.variant_of(ours.space).commands:
        verb = runs.get(name)
        noun = verb["subjectNoun"] if verb is not None else None
        await opening.page(f"/do/{name}", exists=verb is not None)
        if noun is None or verb is None or verb["place"] == "ROWS":
            continue
        for planted in (ours, theirs):
            way = f"{noun}_{planted.ids[noun][0]}"
            answer = await client.post(f'{{ node(id: "{way}") {{ id }} }}')
            await opening.page(f"/do/{name}?subject={way}", exists=(answer.json()["data"] or {})["node"] is not None)
    assert [] == opening.faults


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_of_a_plugin_is_for_its_own_school(
    role: str, host: Host, as_role: People, ours: Planted, theirs: Planted
) -> None:
    """Tabs of each noun, with a row of the own school and one of another, and the pages without variables."""
    client = await as_role.as_role(ours.space, role, person=ours.roles[role])
    opening = Opening(client, theirs)
    for page in host.hooks.collect("pages", only=host.variant_of(ours.space).plugins):
        own = [page.path]
        if page.tab_of:
            place = f"{{{page.variables[0]}}}"
            foreign = page.path.replace(place, f"{page.tab_of}_{theirs.ids[page.tab_of][0]}")
            await opening.page(f"/pages/{foreign}", exists=False)
            own = [page.path.replace(place, f"{page.tab_of}_{row}") for row in ours.ids[page.tab_of]]
        elif page.variables:
            continue
        for path in own:
            status = (await client.http.get(f"/pages/{path}")).status_code
            assert status in (200, 404), path
            await opening.page(f"/pages/{path}", exists=status == 200)
    assert [] == opening.faults
    assert opening.opened


@pytest.mark.parametrize("role", ["registrar", "teacher"])
async def test_a_page_shows_what_graphql_answers_its_reader(
    role: str, host: Host, as_role: People, ours: Planted, asked: list[tuple[str, Mapping[str, Any], Answer]]
) -> None:
    client = await as_role.as_role(ours.space, role, person=ours.roles[role])
    for noun in host.variant_of(ours.space).resources.values():
        if not noun.single:
            await client.http.get(f"/nouns/{noun.plural}")
            await client.http.get(f"/nouns/{noun.plural}/{noun.name}_{ours.ids[noun.name][0]}")
    assert len(asked) > 40
    for document, variables, answer in asked:
        answered = (await client.post(document, dict(variables))).json()
        assert answer.data == (answered.get("data") or {}), document
        assert list(answer.errors) == answered.get("errors", []), document


@pytest.mark.parametrize("sent", ["", "\u2603"])
async def test_a_form_of_nonsense_is_refused(
    sent: str, host: Host, as_role: People, ours: Planted, theirs: Planted, contents: Contents
) -> None:
    client = await as_role.as_role(ours.space, "principal", person=ours.roles["principal"])
    before = await contents(theirs.space)
    inputs = "inputs { name many inputs { name many inputs { name } } }"
    whole = await client.gql(f"{{ vocabulary {{ verbs {{ name subjectNoun {inputs} }} }} }}")
    failed = []
    for verb in whole["vocabulary"]["verbs"]:
        form = dict.fromkeys(_names(verb["inputs"]), sent)
        if verb["subjectNoun"]:
            form["subject"] = f"{verb['subjectNoun']}_{theirs.ids[verb['subjectNoun']][0]}"
        answer = await client.http.post(f"/do/{verb['name']}", data=form, headers={"X-Homeroom-CSRF": "1"})
        # A few verbs need nothing at all, or take any text; one of these answers with a value, which is shown.
        shown = {200} if verb["name"] == "rosters.roster.export" else set()
        if answer.status_code not in {204, 404, 422} | shown:
            failed.append(f"{verb['name']}: {answer.status_code}")
    assert [] == failed
    assert before == await contents(theirs.space)


def _names(inputs: list[dict[str, Any]], before: str = "") -> list[str]:
    """The names of all controls of a form, with one row of each table."""
    found = []
    for each in inputs:
        name = before + each["name"]
        if each.get("inputs"):
            found += _names(each["inputs"], f"{name}.0." if each["many"] else f"{name}.")
        else:
            found.append(name)
    return found
