"""Every mutation of a school is rehearsed: whatever it would do, nothing of it stays."""

from __future__ import annotations

from datetime import date, datetime
from random import Random
from typing import Any

import pytest
from mutation_inputs import InputMaker, mentions

from homeroom.testing.contents import contents_of
from homeroom.uploads import Upload
from homeroom_graphql.operations import RequestError

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Each so often: what one input does not reach, another may.
TIMES = 3
DAYS = ("2025-10-20", "2025-11-05", "2026-01-20")


async def test_nothing_of_a_rehearsal_stays(taught: Any) -> None:
    """The inputs are made up, so many are refused; those that are not show what a rehearsal leaves."""
    school, random = taught.school, Random(7)
    shown = school.host.variant_of(school.space).resources
    tables = {name: each.table for name, each in shown.items() if not each.table.startswith("(")}
    ids = {name: [row["id"] for row in await school.sql(f"SELECT id FROM {t}")] for name, t in tables.items()}
    days = {date: lambda r: r.choice(DAYS), datetime: lambda r: f"{r.choice(DAYS)}T00:00:00Z"}
    maker = InputMaker(random, ids, days)
    before = await contents_of(school.host, school.space)
    audited = await school.one("SELECT count(*) FROM audit_entry WHERE command <> 'audit.read'")
    done: set[str] = set()
    for command in school.host.variant_of(school.space).commands.values():
        if command.name not in school.system.access.commands or mentions(command, (Upload,)):
            continue
        name = f"{command.field[0].upper()}{command.field[1:]}Input"
        document = f"mutation($input: {name}!) {{ {command.field}(input: $input) {{ errors {{ code }} }} }}"
        for _ in range(TIMES):
            try:
                answer = await school.ask(document, input={**maker.input(command), "rehearse": True})
            except RequestError:
                continue
            if not answer.get("errors") and answer["data"][command.field]["errors"] == []:
                done.add(command.name)
                break
    left = await contents_of(school.host, school.space)
    assert [] == [table for table, rows in left.items() if rows != before[table]]
    assert audited == await school.one("SELECT count(*) FROM audit_entry WHERE command <> 'audit.read'")
    assert 25 < len(done), sorted(done)
