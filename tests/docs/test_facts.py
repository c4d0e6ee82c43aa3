"""Numbers that stand in prose are those of the code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
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
        ("schools.md", f"at most {marks._MOST_ROWS:,} marks"),
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
