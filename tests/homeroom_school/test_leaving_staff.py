"""A member of staff leaves in one act: employment, posts, groups and the roles of the login."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from teaching_school import Taught

from homeroom.database.ids import new_id
from homeroom.errors import Refusal
from homeroom.messages import spelt
from homeroom_school.commands.groups import create_group
from homeroom_school.commands.leaving import let_staff_leave
from homeroom_school.commands.teaching import TeachingRow, appoint_homeroom_teacher, assign_teaching
from homeroom_school.tables.groups import GroupKind

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def posts(taught: Taught) -> list[tuple[Any, ...]]:
    """The last days of the posts and who leads groups."""
    found = await taught.school.sql(
        "SELECT 'homeroom' AS what, ends_on::text AS value FROM homeroom_appointment"
        " UNION ALL SELECT 'teaching', ends_on::text FROM teaching_assignment"
        " UNION ALL SELECT 'group', leader_id::text FROM student_group"
        " UNION ALL SELECT 'employment', ends_on::text FROM employment ORDER BY 1, 2"
    )
    return [tuple(each.values()) for each in found]


async def test_a_leaver_is_removed_with_all_posts_and_roles_in_one_act(taught: Taught) -> None:
    school, staff = taught.school, taught.staff[0]
    directory: Any = school.host.directory
    since = await school.one("SELECT starts_on FROM school_year")
    subject = await school.one(
        "SELECT id FROM class_subject WHERE school_class_id = $1 AND subject_id = $2", taught.classes["6A"], taught.math
    )
    await school.run(appoint_homeroom_teacher, school_class=taught.classes["6A"], staff=staff, starts_on=since)
    await school.run(assign_teaching, rows=[TeachingRow(subject, staff)], starts_on=since)
    await school.run(create_group, code="c", name="Chess", kind=GroupKind.CLUB, leader=staff)
    login = f"leaver-{new_id().hex[-8:]}"
    account = await directory.create_account(login=login, name="Leaver")
    await directory.add_member(school.space.id, account, roles=["teacher"], person=staff)
    await directory.add_member(school.space.id, account, roles=["registrar"])

    async def roles() -> frozenset[str]:
        standing = await directory.store.standing(account)
        held: frozenset[str] = standing.in_force(school.space.id, school.host.clock()).roles
        return held

    registrar = dataclasses.replace(school.caller("registrar"), account=new_id())
    before = await posts(taught)
    rehearsed = await school.run(let_staff_leave, caller=registrar, staff=staff, rehearse=True)
    assert (before, {"teacher", "registrar"}) == (await posts(taught), await roles())
    done = await school.run(let_staff_leave, caller=registrar, staff=staff)
    assert [{"teacher", "registrar"}] * 2 == [{role.role for role in each.roles} for each in (rehearsed, done)]
    posts_of = [(each.homeroom_appointments, each.teaching_assignments, each.groups) for each in (rehearsed, done)]
    assert posts_of[0] == posts_of[1]
    assert [1, 1, 1] == [len(each) for each in posts_of[0]]
    today = str(done.last_day)
    assert [("employment", today), ("group", None), ("homeroom", today), ("teaching", today)] == await posts(taught)
    assert frozenset() == await roles()
    again = await school.run(let_staff_leave, caller=registrar, staff=staff)
    assert (False, [], []) == (again.employment_ends, again.teaching_assignments, again.roles)


async def test_a_role_with_power_over_others_is_taken_by_those_who_may_give_it(taught: Taught) -> None:
    school, staff = taught.school, taught.staff[1]
    directory: Any = school.host.directory
    account = await directory.create_account(login=f"chief-{new_id().hex[-8:]}", name="Chief")
    await directory.add_member(school.space.id, account, roles=["admin"], person=staff)
    registrar = dataclasses.replace(school.caller("registrar"), account=new_id())
    with pytest.raises(Refusal) as refused:
        await school.run(let_staff_leave, caller=registrar, staff=staff)
    assert ["staff"] == [spelt(each.field) for each in refused.value.problems]
    assert 0 == await school.one("SELECT count(*) FROM employment WHERE staff_id = $1", staff)
    both = dataclasses.replace(school.caller("registrar", "admin"), account=new_id())
    last = school.host.clock().date() + timedelta(days=3)
    with pytest.raises(Refusal) as alone:
        await school.run(let_staff_leave, caller=both, staff=staff, ends_on=last)
    assert [("LAST_ADMINISTRATOR", "staff")] == [(each.code, each.field) for each in alone.value.problems]
    deputy = await directory.create_account(login=f"deputy-{new_id().hex[-8:]}", name="Deputy")
    await directory.add_member(school.space.id, deputy, roles=["admin"])
    done = await school.run(let_staff_leave, caller=both, staff=staff, ends_on=last)
    standing = await directory.store.standing(account)
    assert {"admin"} == standing.in_force(school.space.id, school.host.clock()).roles
    assert set() == standing.in_force(school.space.id, done.roles[0].ends_at).roles
