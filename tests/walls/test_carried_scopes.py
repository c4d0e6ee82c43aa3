"""What relations claim of scopes holds in a school with a past: nobody sees by way of a row what is not theirs to see.

A read through a relation whose scopes carry over asks nothing more of the row that it leads to, so each claim is
counted over all rows and all people here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from homeroom.database.sql import Predicates, fill
from homeroom.permissions import Scopes
from homeroom_demo.plans import SchoolPlan
from homeroom_demo.populate import populate
from homeroom_school.commands.enrolment import EnrolmentRow, end_enrolments, move_students

if TYPE_CHECKING:
    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom.resources import Relation, Resource

_TYPES = {"persons": "uuid[]", "today": "date", "now": "timestamptz"}


@pytest.fixture(scope="module")
async def lived_in(host: Host, make_space: Callable[..., Awaitable[Space]]) -> Space:
    """A school with marks, in which one student has moved to another class and one has left."""
    space = await make_space("vn")
    await populate(host, space, SchoolPlan(space.slug, space.name, "vn", 6, 7, "{grade}A", class_size=3, staff=6),
                   with_marks=True)  # fmt: skip
    caller = host.system_caller(space)
    today = host.clock().astimezone(space.time_zone).date()
    async with host.database.transaction(space.id) as transaction:
        rows = await transaction.fetch(
            "SELECT e.id, e.student_id, e.school_class_id FROM class_enrolment e"
            " WHERE EXISTS (SELECT FROM mark m WHERE m.student_id = e.student_id) ORDER BY e.school_class_id, e.id"
        )
        mover, leaver = rows[0], rows[1]
        other = await transaction.fetchval(
            "SELECT id FROM school_class WHERE kind = 'homeroom' AND id <> $1 LIMIT 1", mover["school_class_id"]
        )
    await host.execute(caller, move_students, to_class=other, rows=[EnrolmentRow(student=mover["student_id"])])
    await host.execute(caller, end_enrolments, enrolments=[leaver["id"]], ends_on=today - timedelta(days=1))
    return space


async def test_a_row_never_leads_beyond_the_scope_that_it_claims(host: Host, lived_in: Space) -> None:
    variant = host.variant(lived_in.plugins)
    claims = [
        (resource, relation, here, there)
        for resource in variant.resources.values()
        for relation in resource.relations.values()
        for here, there in relation.carries.items()
    ]
    assert claims
    now = host.clock()
    followed: set[tuple[str, str]] = set()
    async with host.database.transaction(lived_in.id) as transaction:
        people = [
            row["id"]
            for row in await transaction.fetch(
                "SELECT id FROM staff UNION SELECT id FROM student UNION SELECT id FROM guardian"
            )
        ]
        for resource, relation, here, there in claims:
            target = variant.by_table[relation.target]
            sql = _leads(variant.predicates, resource, relation, target, here, there)
            for person in people:
                led, beyond = await transaction.fetchrow(sql, [person], now.astimezone(lived_in.time_zone).date(), now)
                assert 0 == beyond, f"{resource.name}.{relation.name}: {here} does not carry over to {there}"
                if led:
                    followed.add((resource.name, relation.name))
    # A claim over which nobody was led says nothing: each is to be followed by somebody here.
    assert {(resource.name, relation.name) for resource, relation, _, _ in claims} == followed


def _leads(
    predicates: Predicates, resource: Resource, relation: Relation, target: Resource, here: str, there: str
) -> str:
    """How many rows within the scope lead to a row, and how many of them to one outside the other scope."""

    def parameter(name: str) -> str:
        return f"${list(_TYPES).index(name) + 1}::{_TYPES[name]}"

    def within(of: Resource, scope: str, row: str) -> str:
        return predicates.visible(of, Scopes(frozenset({scope})), row, parameter)

    also = fill(relation.where or "TRUE", "o", parameter)
    return (
        f"SELECT count(*), count(*) FILTER (WHERE ({within(target, there, 'o')}) IS NOT TRUE)"
        f" FROM {resource.table} r JOIN {target.table} o ON o.{relation.there} = r.{relation.here}"
        f" WHERE {within(resource, here, 'r')} AND {also}"
        " AND $1::uuid[] IS NOT NULL AND $2::date IS NOT NULL AND $3::timestamptz IS NOT NULL"
    )


async def test_a_claim_of_a_scope_that_is_not_there_is_the_plugins_failure(host: Host, lived_in: Space) -> None:
    from homeroom.declared import resource_faults
    from homeroom.resources import EVERYTHING, resource
    from homeroom_school.tables import ClassEnrolment

    by_table: dict[str, Any] = dict(host.variant(lived_in.plugins).by_table)
    for carries in ({"school": "no_such"}, {"no_such": "school"}):
        wrong = resource(ClassEnrolment, scopes={"school": EVERYTHING}, carrying={"student": carries})
        (fault,) = resource_faults(wrong, by_table)
        assert "no_such" in fault
