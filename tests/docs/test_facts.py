"""Prose has the numbers of the code, and the words of the glossary."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from manual import wording
from manual.blocks import ROOT

from homeroom import app, settings
from homeroom.database.providers import external
from homeroom_gradebook.commands import marks
from homeroom_graphql import aggregates, budget, connections, filters, limits
from homeroom_graphql.limits import Limits
from homeroom_tenants import attempts, lifetimes

_FIRST, _BEYOND = external.SUPPORTED
_LIMITS = Limits.of(settings.Settings())


def page(name: str) -> str:
    """A page on one line."""
    return " ".join((ROOT / "docs" / name).read_text(encoding="utf-8").split())


def test_the_limits_of_a_request() -> None:
    told = dict(
        re.findall(r"^\| ([a-z][^|]+?) \| ([\d,]+) \|$", (ROOT / "docs/frontends.md").read_text(), re.MULTILINE)
    )
    assert {
        "bytes of a request": _LIMITS.body,
        "characters of a document": limits.MAX_LENGTH,
        "tokens of a document": _LIMITS.tokens,
        "levels of a query": _LIMITS.depth,
        "root fields of an operation": _LIMITS.root_fields,
        "aliases": _LIMITS.aliases,
        "directives": _LIMITS.directives,
        "fields of a query": _LIMITS.fields,
        "cost of a query": _LIMITS.cost,
        "rows of a page": _LIMITS.page,
        "terms of `orderBy`": filters.MAX_ORDER_TERMS,
        "fields of `groupBy`": aggregates.MAX_GROUPINGS,
        "levels of a filter": budget.MAX_FILTER_LEVELS,
        "relations within a filter": budget.MAX_FILTER_RELATIONS,
    } == {name: int(number.replace(",", "")) for name, number in told.items()}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("frontends.md", f"50 rows unless you say more, and {_LIMITS.page} at most"),
        ("frontends.md", f"ends {lifetimes.ABSOLUTE // timedelta(hours=1)} hours after it began"),
        ("frontends.md", f"{lifetimes.IDLE // timedelta(hours=1)} hours after its last request"),
        ("frontends.md", f"`{lifetimes.COOKIE}`"),
        ("operators.md", f"a request has at most {app.MAX_BODY:,} bytes"),
        ("frontends/first-day.md", f"at most {marks._MOST_ROWS:,} marks"),
        ("operators.md", f"at least {settings.SECRET_LENGTH} characters"),
        (
            "operators.md",
            f"PostgreSQL {external.SUPPORTED[0] // 10000}, 16, 17 or {external.SUPPORTED[1] // 10000 - 1}",
        ),
    ],
)
def test_a_number_of_the_prose(name: str, said: str) -> None:
    assert said in page(name)


def test_wrong_passwords_are_counted_as_the_page_says() -> None:
    assert (10, 100, timedelta(minutes=15)) == (attempts.ATTEMPTS, attempts.LOGIN_ATTEMPTS, attempts.PERIOD)
    assert 300 == settings.Settings().login_failures
    assert (
        "after ten wrong passwords for a login from one address in a quarter of an hour, after 100 for a login from all"
        " addresses, and after 300 from one address for all logins"
    ) in page("frontends.md")
    assert connections.DEFAULT_PAGE == 50


def test_no_text_has_a_banned_word() -> None:
    found = [
        str(each)
        for path in wording.files()
        for each in wording.found_in(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    ]
    assert [] == found


@pytest.mark.parametrize("banned", wording.BANNED, ids=lambda each: each.words)
def test_a_banned_word_is_found_and_its_standard_uses_are_not(banned: wording.Banned) -> None:
    assert banned in [each.banned for each in wording.found_in("a.py", f"# one line\n# {banned.bad}\n")]
    assert [] == list(wording.found_in("a.py", f"# {banned.good}\n"))
    assert [] == list(wording.found_in("a.md", f"{banned.better.partition(';')[0]}\n"))


def test_only_the_newest_part_of_the_changelog_is_read() -> None:
    entries = "# Changelog\n\n## Unreleased\n\n- It is told.\n\n## 0.1.0\n\n- It was told.\n"
    assert ["told"] == [each.text for each in wording.found_in("CHANGELOG.md", entries)]


def test_the_glossary_names_the_words_that_are_banned_for_its_own() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and line.count("|") == 4
    ]
    avoided = {word: [each.strip() for each in row[2].split(",")] for row in rows for word in row[0].split(", ")}
    for banned in wording.BANNED:
        if banned.glossary:
            assert any(banned.pattern.fullmatch(each) for each in avoided[banned.glossary]), banned.words
