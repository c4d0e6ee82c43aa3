"""Each kind of generic page: accessible in every width and colour, and small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from homeroom.testing import People

    from .conftest import School, Sit


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    Args:
        path: Where one of its pages is; ``{student}`` and ``{gradebook}`` are ids of rows.
        role: Who opens it.
        status: With which status it answers.
    """

    path: str
    role: str = "registrar"
    status: int = 200


KINDS = {
    "sign-in": Kind("/sign-in", role=""),
    "forgotten": Kind("/forgotten", role=""),
    "schools": Kind("/schools"),
    "home": Kind("/"),
    "everything": Kind("/nouns"),
    "list": Kind("/nouns/students"),
    "detail": Kind("/nouns/students/{student}"),
    "form": Kind("/do/school.student.change?subject={student}"),
    "form of rows": Kind("/do/school.enrolment.enrol"),
    "missing": Kind("/nouns/unicorns", status=404),
}


@pytest.fixture
async def addressed(school: School, as_role: People) -> Callable[[Kind], Awaitable[str]]:
    """Gives the path of a page."""
    client = await as_role.as_role(school.space, "registrar", person=school.people["registrar"])
    found = await client.gql("{ students(first: 1) { nodes { id } } gradebooks(first: 1) { nodes { id } } }")
    student, gradebook = (found[each]["nodes"][0]["id"] for each in ("students", "gradebooks"))

    async def path(kind: Kind) -> str:
        return kind.path.replace("{student}", student).replace("{gradebook}", gradebook)

    return path


@pytest.mark.parametrize("name", KINDS)
async def test_a_page_is_accessible(
    name: str, school: School, sit: Sit, addressed: Callable[..., Awaitable[str]]
) -> None:
    kind = KINDS[name]
    seat = await sit(school, kind.role, width=320)
    await seat.go(await addressed(kind), status=kind.status)
    page = seat.page
    assert await page.title()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, "it is wider than the window"
    assert [] == await seat.violations()
    await page.set_viewport_size({"width": 1280, "height": 900})
    assert [] == await seat.violations("color-contrast", "target-size")
    await page.emulate_media(color_scheme="dark")
    await page.reload()
    assert [] == await seat.violations()
    await page.set_viewport_size({"width": 320, "height": 900})
    assert [] == await seat.violations("color-contrast")


#: Heavier pages, which tests of their own hold to be accessible.
HEAVY = {
    "import": Kind("/imports/school.student.import"),
    "approvals": Kind("/pages/approvals", role="principal"),
    "calendar": Kind("/pages/calendar", role="teacher"),
    "book": Kind("/pages/gradebooks/{gradebook}", role="principal"),
}


@pytest.mark.parametrize("name", ["home", "list", "detail", "form", *HEAVY])
async def test_a_page_is_small(name: str, school: School, sit: Sit, addressed: Callable[..., Awaitable[str]]) -> None:
    kind = {**KINDS, **HEAVY}[name]
    seat = await sit(school, kind.role)
    path = await addressed(kind)
    cold = await seat.traffic_of(path)
    assert cold.requests <= 5, cold
    assert cold.size <= 60_000, cold
    warm = await seat.traffic_of(path)
    assert 1 == warm.requests, warm
    assert warm.size <= 12_000, warm
