"""Queries that find people for a task, and the rules that keep people from being chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from clubs.queries import match_members
from clubs.tables import Club, ClubMember, ClubPlace

from homeroom.audit import AuditTrail
from homeroom.context import Context
from homeroom.errors import ConfigurationError
from homeroom.host import Host
from homeroom.matching import equal, matching

pytestmark = pytest.mark.asyncio(loop_scope="session")

TODAY = date(2025, 10, 15)


async def test_members_are_found_unless_a_rule_bars_them(bank: Host, make_school: Callable[..., Any]) -> None:
    found = []
    for name in ("An", "Bo"):  # two schools with the same clubs
        space = await make_school("vn", plugins=("clubs",))
        async with bank.database.transaction(space.id) as transaction:
            context = Context(bank, bank.system_caller(space), transaction, AuditTrail("test"), bank.clock())
            chess, choir = await context.rows(Club).insert(
                [{"code": each, "title": each, "contact": "", "season_id": None} for each in ("chess", "choir")]
            )
            people = await context.rows(ClubMember).insert([{"name": f"{name}{n}"} for n in range(3)])
            places = [(chess, 0, None), (chess, 1, "rests"), (choir, 2, None)]
            await context.rows(ClubPlace).insert(
                [
                    {"member_id": people[n], "club_id": club, "level": level, "starts_on": TODAY - timedelta(days=n)}
                    for club, n, level in places
                ]
            )
            # The rule is dated: it bars from the day on which somebody joined.
            early = await context.ask(match_members, {"code": "chess", "free_on": TODAY - timedelta(days=9)})
            late = await context.ask(match_members, {"code": "chess", "free_on": TODAY})
            new = await context.ask(match_members, {"code": "chess", "least_starts_on": TODAY})
            found.append([[each.name for each in answer] for answer in (early, late, new)])
    assert [[["An0", "An1"], ["An0"], ["An0"]], [["Bo0", "Bo1"], ["Bo0"], ["Bo0"]]] == found


async def test_a_criterion_names_a_column() -> None:
    with pytest.raises(ConfigurationError, match="has no column colour"):
        matching("clubs.member.find", "Members.", ClubPlace.member_id, equal("colour", "A colour."), shows={})
