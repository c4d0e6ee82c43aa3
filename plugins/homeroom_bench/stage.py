"""The installation that is measured: schools full of data, and people who have signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg

from homeroom.boot import build_host, migrate_database
from homeroom.errors import ConfigurationError, Refusal
from homeroom_bench.population import populate, settle

if TYPE_CHECKING:
    from homeroom.host import Host
    from homeroom.settings import Settings
    from homeroom_bench.sizes import Size

__all__ = ["LARGE", "PASSWORD", "Book", "Stage", "prepare", "slug_of"]

#: Of people who exist on no other machine than this one.
PASSWORD: Final = "measured in milliseconds"  # noqa: S105 - it opens nothing but generated data
_SLUG: Final = "measured-"
#: The short name of the school that has as many marks as all others together.
LARGE: Final = "measured-large"


def slug_of(number: int) -> str:
    """The short name of a school that is there to be measured."""
    return f"{_SLUG}{number:02d}"


@dataclass(frozen=True, slots=True)
class Book:
    """A book whose marks one teacher saves.

    Args:
        id: The gradebook.
        assessment: The column that is written: the final of the first term.
        students: In the order of their marks.
        teacher: Who teaches it.
        login: The teacher's.
        version: Of every mark in the column.
    """

    id: UUID
    assessment: UUID
    students: tuple[UUID, ...]
    teacher: UUID
    login: str
    version: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured.

    Args:
        space: The school; the others stand beside it.
        slug: Its short name.
        term: Its first term.
        student: A student of it who reads the own report.
        books: Books of its full classes, each with another teacher.
        large: The school with as many marks as all others together.
    """

    space: UUID
    slug: str
    term: UUID
    student: UUID
    books: tuple[Book, ...]
    large: UUID


async def prepare(settings: Settings, size: Size, *, books: int, progress: Callable[[str], None]) -> Stage:
    """Make the schools, their data and the people, as far as they are not there yet.

    Args:
        settings: With both database URLs and the key.
        size: How much.
        books: How many teachers will save marks.
        progress: Is called with what is being done.

    Raises:
        ConfigurationError: The database has schools that are not for measuring.
    """
    await migrate_database(settings)
    host = build_host(settings)
    await host.open()
    try:
        spaces = await _schools(host, size, progress)
        owner = await asyncpg.connect(settings.owner_database_url)
        try:
            *schools, large = spaces
            empty = [
                (several, each)
                for several, each in ((schools, size), ([large], size.as_one_school))
                if not await _has_marks(owner, several[0])
            ]
            for several, each in empty:
                await populate(owner, several, each, progress)
            if empty:
                progress("VACUUM and ANALYZE")
                await settle(owner)
            stage = await _describe(owner, schools[0], slug_of(1), books, large)
        finally:
            await owner.close()
        progress(f"{len(stage.books) + 3} people")
        await _people(host, stage)
        return stage
    finally:
        await host.close()


async def _schools(host: Host, size: Size, progress: Callable[[str], None]) -> list[UUID]:
    found = {space.slug: space.id for space in await host.directory.spaces()}
    strange = [slug for slug in found if not slug.startswith(_SLUG)]
    if strange:
        raise ConfigurationError(
            f"the database has the school {strange[0]!r}: measure in one that has no other schools than ours"
        )
    wanted = [*(slug_of(number) for number in range(1, size.schools + 1)), LARGE]
    missing = [slug for slug in wanted if slug not in found]
    if missing:
        progress(f"{len(missing)} schools")
    for slug in missing:
        space = await host.directory.create_space(slug=slug, name=f"School {slug}", region="vn")
        found[slug] = space.id
    return [found[slug] for slug in wanted]


async def _has_marks(owner: Any, space: UUID) -> bool:
    async with owner.transaction():
        await owner.execute("SET LOCAL homeroom.maintenance = 'on'")
        found: bool = await owner.fetchval("SELECT EXISTS (SELECT FROM mark WHERE tenant_id = $1)", space)
        return found


_BOOKS: Final = """
SELECT * FROM (
    SELECT DISTINCT ON (a.staff_id) g.id, c.id AS assessment, a.staff_id, max(m.version) AS version,
           array_agg(m.student_id ORDER BY m.id) AS students
    FROM gradebook g JOIN teaching_assignment a ON a.tenant_id = g.tenant_id AND a.class_subject_id = g.class_subject_id
    JOIN assessment c ON c.tenant_id = g.tenant_id AND c.gradebook_id = g.id AND c.kind = 'final' AND c.term_id = $2
    JOIN mark m ON m.tenant_id = g.tenant_id AND m.assessment_id = c.id
    WHERE g.tenant_id = $1 AND g.school_class_id IN (
        SELECT e.school_class_id FROM class_enrolment e WHERE e.tenant_id = $1 GROUP BY 1
        ORDER BY count(*) DESC, 1 LIMIT 12)
    GROUP BY g.id, c.id, a.staff_id ORDER BY a.staff_id, count(*) DESC, g.id) chosen
ORDER BY cardinality(students) DESC, staff_id LIMIT $3
"""


async def _describe(owner: Any, space: UUID, slug: str, books: int, large: UUID) -> Stage:
    async with owner.transaction():
        await owner.execute("SET LOCAL homeroom.maintenance = 'on'; SET LOCAL enable_hashjoin = on")
        term = await owner.fetchval(
            "SELECT t.id FROM term t JOIN school_year y ON y.tenant_id = t.tenant_id AND y.id = t.school_year_id"
            " WHERE t.tenant_id = $1 AND t.number = 1 AND y.status = 'current'",
            space,
        )
        rows = await owner.fetch(_BOOKS, space, term, books)
        # What an earlier measurement left half done is evened out: one version for all marks of a column, and a mark
        # that no save writes, so that the first save changes every one of them.
        for row in rows:
            await owner.execute(
                "UPDATE mark SET version = $3, number = 1.5 WHERE tenant_id = $1 AND assessment_id = $2",
                space,
                row["assessment"],
                row["version"],
            )
    made = tuple(
        Book(
            row["id"],
            row["assessment"],
            tuple(row["students"]),
            row["staff_id"],
            f"teacher{number}",
            row["version"],
        )
        for number, row in enumerate(rows, start=1)
    )
    return Stage(space, slug, term, made[0].students[0], made, large)


async def _people(host: Host, stage: Stage) -> None:
    people: list[tuple[UUID, str, str, UUID | None]] = [
        (stage.space, "registrar", "registrar", None),
        (stage.space, "student", "student", stage.student),
        (stage.large, LARGE, "registrar", None),
    ]
    people += [(stage.space, book.login, "teacher", book.teacher) for book in stage.books]
    # One after another: a busy machine refuses to hash many passwords at once.
    for each in people:
        await _person(host, *each)


async def _person(host: Host, space: UUID, login: str, role: str, person: UUID | None) -> None:
    try:
        account = await host.directory.create_account(login=login, name=login, password=PASSWORD)
    except Refusal:  # it is there from an earlier measurement
        return
    await host.directory.add_member(space, account, roles=[role], person=person)
