"""Keeping rows in step with another system: its ids find them again, and what the school changed stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from clubs.commands import import_plan

from homeroom.callers import Space
from homeroom.errors import Refusal
from homeroom.host import Host
from homeroom.imports.commands import undo_import

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = datetime(2025, 10, 15, 3, tzinfo=UTC)
TODAY = NOW.date()


class Clubs:
    """A school with clubs, and the other system's file, which tests change."""

    def __init__(self, host: Host, space: Space) -> None:
        self.host = host
        self.space = space
        self.file: dict[str, list[dict[str, Any]]] = {
            "clubs": [self.club("chess"), self.club("choir")],
            "members": [{"id": each, "title": each.capitalize()} for each in ("an", "bo", "chi")],
            "places": [self.place("an", "chess"), self.place("bo", "chess"), self.place("chi", "choir")],
        }

    @staticmethod
    def club(code: str, **values: Any) -> dict[str, Any]:
        """A record of a club."""
        return {"id": code, "title": code.capitalize(), "contact": f"{code}@school.example", **values}

    @staticmethod
    def place(member: str, club: str, **values: Any) -> dict[str, Any]:
        """A record of somebody in a club."""
        return {"id": f"{member}-{club}", "member": member, "club": club, **values}

    async def run(self, **options: Any) -> dict[str, Any]:
        """Import the file; gives the report."""
        kinds = {kind: [{**each, "line": n} for n, each in enumerate(rows, 2)] for kind, rows in self.file.items()}
        content = msgspec.json.encode(kinds).decode()
        self.last = await self.host.execute(
            self.host.system_caller(self.space), import_plan, content=content, **options
        )
        (run,) = await self.sql("SELECT report::text AS report FROM import_run WHERE id = $1", self.last)
        report: dict[str, Any] = msgspec.json.decode(run["report"])
        return report

    async def undo(self) -> None:
        """Undo the last import."""
        await self.host.execute(self.host.system_caller(self.space), undo_import, import_run=self.last)

    async def sql(self, query: str, *values: Any) -> list[Any]:
        """Rows of the school."""
        async with self.host.database.transaction(self.space.id) as transaction:
            return list(await transaction.fetch(query, *values))

    async def change(self, statement: str, *values: Any) -> None:
        """Change rows as the school does."""
        async with self.host.database.transaction(self.space.id) as transaction:
            await transaction.execute(statement, *values)

    async def places(self) -> set[tuple[str, str, date, date | None]]:
        """Who is in which club, from when to when."""
        rows = await self.sql(
            "SELECT m.name, c.code, p.starts_on, p.ends_on FROM club_place p"
            " JOIN club_member m ON m.id = p.member_id JOIN club c ON c.id = p.club_id"
        )
        return {tuple(row) for row in rows}


@pytest.fixture
async def clubs(bank: Host, make_school: Any) -> AsyncIterator[Clubs]:
    """A school with clubs, on a certain day."""
    clock, bank.clock = bank.clock, lambda: NOW
    yield Clubs(bank, await make_school(plugins=("imports", "clubs")))
    bank.clock = clock


@pytest.fixture
def on(bank: Host) -> Callable[[int], None]:
    """Lets days pass."""

    def set_clock(days: int) -> None:
        bank.clock = lambda: NOW + timedelta(days=days)

    return set_clock


async def test_a_second_import_changes_nothing_and_a_newer_file_what_differs(clubs: Clubs) -> None:
    first = await clubs.run()
    assert {"club": 2, "member": 3, "place": 3} == first["created"]
    again = await clubs.run()
    assert ({}, {}, {}) == (again["created"], again["changed"], again["ended"])
    clubs.file["clubs"][0] = clubs.club("chess", title="Chess for all")
    clubs.file["places"][0]["level"] = "expert"
    newer = await clubs.run()
    assert {"club": 1, "place": 1} == newer["changed"]
    (club,) = await clubs.sql("SELECT title FROM club WHERE code = 'chess'")
    (place,) = await clubs.sql("SELECT id FROM club_place WHERE level = 'expert'")
    assert ("Chess for all", True) == (club["title"], place is not None)


async def test_what_the_school_changed_stays_until_the_file_says_something_else(clubs: Clubs) -> None:
    await clubs.run()
    await clubs.change("UPDATE club SET title = 'Schach', contact = '' WHERE code = 'chess'")
    assert {"club": 1} == (await clubs.run())["kept"]
    clubs.file["clubs"][0] = clubs.club("chess", contact="an@school.example")
    await clubs.run()
    (club,) = await clubs.sql("SELECT title, contact FROM club WHERE code = 'chess'")
    assert ("Schach", "an@school.example") == tuple(club)
    clubs.file["clubs"][0]["contact"] = ""
    await clubs.run()
    (club,) = await clubs.sql("SELECT title, contact FROM club WHERE code = 'chess'")
    assert ("Schach", "") == tuple(club), "the file took away what it had given"


async def test_ids_of_two_systems_and_of_two_schools_are_not_the_same(clubs: Clubs, make_school: Any) -> None:
    await clubs.run()
    other = Clubs(clubs.host, await make_school(plugins=("imports", "clubs")))
    await other.run()
    with pytest.raises(Refusal) as refused:
        await clubs.run(system="another")
    assert ["DUPLICATE"] * 4 == [each.code for each in refused.value.problems], (
        "it wants new clubs with taken codes and titles"
    )
    assert 2 == len(await other.sql("SELECT FROM club"))
    assert 8 == len(await clubs.sql("SELECT FROM import_link WHERE system = 'clubs'"))


async def test_codes_and_titles_are_unique_as_the_table_declares_and_may_be_exchanged(clubs: Clubs) -> None:
    await clubs.run()
    one, other = clubs.file["clubs"]
    one["title"], other["title"] = other["title"], one["title"]
    assert {"club": 2} == (await clubs.run())["changed"]
    clubs.file["clubs"].append(clubs.club("c3", title="ＣＨＥＳＳ"))
    with pytest.raises(Refusal) as refused:
        await clubs.run()
    (problem,) = refused.value.problems
    assert ("DUPLICATE", 4, "title") == (problem.code, problem.row, problem.column)
    clubs.file["clubs"][-1] = clubs.club("c3", title="x" * 41, places=31)
    with pytest.raises(Refusal) as refused:
        await clubs.run()
    assert {("TOO_LONG", 4, "title"), ("OUT_OF_RANGE", 4, "places")} == {
        (problem.code, problem.row, problem.column) for problem in refused.value.problems
    }


async def test_periods_begin_move_end_and_are_taken_up_again(clubs: Clubs, on: Callable[[int], None]) -> None:
    await clubs.run()
    assert {(name, code, TODAY, None) for name, code in (("An", "chess"), ("Bo", "chess"), ("Chi", "choir"))} == (
        await clubs.places()
    )
    on(10)
    _, bo, chi = clubs.file["places"]
    clubs.file["places"] = [clubs.place("an", "choir"), bo]
    report = await clubs.run()
    assert ({"place": 2}, {"place": 1}, {"place": 1}) == (report["ended"], report["moved"], report["created"])
    last, now = TODAY + timedelta(days=9), TODAY + timedelta(days=10)
    gone = {("An", "chess", TODAY, last), ("Chi", "choir", TODAY, last)}
    assert {*gone, ("An", "choir", now, None), ("Bo", "chess", TODAY, None)} == await clubs.places()
    on(12)
    clubs.file["places"] = [clubs.place("an", "choir"), bo, chi]
    assert {"place": 1} == (await clubs.run())["reopened"]
    assert ("Chi", "choir", TODAY, None) in await clubs.places()
    await clubs.undo()
    assert ("Chi", "choir", TODAY, last) in await clubs.places()
    assert {"place": 1} == (await clubs.run())["reopened"], "the links are as they were before"


async def test_what_the_school_ended_stays_ended(clubs: Clubs) -> None:
    await clubs.run()
    await clubs.change("UPDATE club_place SET ends_on = $1", TODAY)
    report = await clubs.run()
    assert {"ended here, still in the file": 3} == report["left_out"]
    assert {TODAY} == {each[3] for each in await clubs.places()}


async def test_days_of_the_file_are_followed_within_the_season(clubs: Clubs) -> None:
    last = date(2025, 12, 20)
    await clubs.change(
        "INSERT INTO club_season (id, name, starts_on, ends_on) VALUES (gen_random_uuid(), 'autumn', $1, $2)",
        date(2025, 9, 1), last,
    )  # fmt: skip
    (season,) = await clubs.sql("SELECT id FROM club_season")
    clubs.file["places"][0] |= {"starts_on": "2025-10-01", "ends_on": "2025-11-01"}
    await clubs.run(season=season["id"])
    # Where the file gives no day, a row of the first import begins with the season.
    assert {
        ("An", "chess", date(2025, 10, 1), date(2025, 11, 1)),
        ("Bo", "chess", date(2025, 9, 1), None),
        ("Chi", "choir", date(2025, 9, 1), None),
    } == await clubs.places()
    clubs.file["places"][0]["ends_on"] = None
    await clubs.run(season=season["id"])
    assert ("An", "chess", date(2025, 10, 1), None) in await clubs.places()


async def test_a_file_that_lacks_much_ends_nothing_unless_that_is_allowed(clubs: Clubs) -> None:
    clubs.file["members"] = [{"id": f"m{n}", "title": f"M {n}"} for n in range(20)]
    clubs.file["places"] = [clubs.place(f"m{n}", "chess") for n in range(20)]
    await clubs.run()
    clubs.file["places"] = clubs.file["places"][:10]
    with pytest.raises(Refusal) as refused:
        await clubs.run()
    (problem,) = refused.value.problems
    assert ("MANY_ENDINGS", "content", 10) == (problem.code, problem.field, problem.values["count"])
    assert {"place": 10} == (await clubs.run(allow_endings=True))["ended"]


async def test_an_import_is_undone_as_a_whole(clubs: Clubs) -> None:
    await clubs.run()
    before = [await clubs.sql(f"SELECT * FROM {table} ORDER BY id") for table in ("club_place", "import_link")]
    clubs.file["clubs"] = [clubs.club("chess", title="Go"), clubs.club("drama")]
    clubs.file["members"] = clubs.file["members"][:2]
    clubs.file["places"] = [clubs.place("an", "drama"), clubs.place("bo", "chess")]
    await clubs.run(allow_endings=True)
    await clubs.undo()
    after = [await clubs.sql(f"SELECT * FROM {table} ORDER BY id") for table in ("club_place", "import_link")]
    for row in (*before[0], *after[0]):
        assert row["version"] >= 1
    assert [dict(row, version=0) for row in before[0]] == [dict(row, version=0) for row in after[0]]
    assert before[1] == after[1]
    assert {"Chess", "Choir"} == {row["title"] for row in await clubs.sql("SELECT title FROM club")}


@pytest.mark.parametrize("seed", range(4))
async def test_rows_follow_any_sequence_of_files(clubs: Clubs, on: Callable[[int], None], seed: int) -> None:
    random, day = Random(seed), 0
    clubs.file["clubs"] = [clubs.club(each) for each in ("chess", "choir", "drama")]
    where = dict.fromkeys(("an", "bo", "chi"), "chess")
    for _ in range(8):
        clubs.file["places"] = [clubs.place(member, club) for member, club in where.items()]
        for again in (False, True):
            report = await clubs.run(allow_endings=True)
            assert not again or ({}, {}, {}) == (report["created"], report["changed"], report["ended"])
        rows = await clubs.places()
        assert {(member.capitalize(), club) for member, club in where.items()} == {
            (name, club) for name, club, _, ends_on in rows if ends_on is None
        }
        for one in rows:
            meeting = [
                other for other in rows if other[0] == one[0] and one[2] <= (other[3] or date.max)
                and other[2] <= (one[3] or date.max)
            ]  # fmt: skip
            assert [one] == meeting, "in one club at a time"
        day += random.choice((0, 0, 1, 9, 20))
        on(day)
        for member in random.sample(("an", "bo", "chi"), 2):
            where.pop(member, None)
            if random.random() < 0.7:
                where[member] = random.choice(("chess", "choir", "drama"))
