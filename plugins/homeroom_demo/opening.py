"""Making the demonstration: a district, its schools, their people, and who can sign in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from uuid import UUID

from homeroom.errors import ConfigurationError, Refusal
from homeroom_demo.names import people
from homeroom_demo.plans import DISTRICT, SCHOOLS, Login, SchoolPlan
from homeroom_demo.populate import Filled, office, populate
from homeroom_demo.record import Record, SchoolRecord
from homeroom_policies.commands import RuleAction, RuleEffect, apply_district_policy, set_rule
from homeroom_tenants.commands import grant_in_school

if TYPE_CHECKING:
    from pathlib import Path

    from homeroom.callers import Space
    from homeroom.host import Host
    from homeroom_tenants.directory import TenantDirectory

__all__ = ["open_schools"]

Say = Callable[[str], None]


async def open_schools(host: Host, kept: Path, say: Say, *, with_marks: bool) -> Record:
    """Make what is missing of the demonstration.

    Args:
        host: The open host.
        kept: The file that remembers the logins.
        say: Tells somebody how far it has come.
        with_marks: Whether there are marks already.

    Returns:
        Who can sign in.

    Raises:
        ConfigurationError: There are schools of these names whose logins nobody remembers.
    """
    record = Record.load(kept) or Record(Record.new_password(), {})
    schools = dict(record.schools)
    if DISTRICT.slug not in schools:
        district = await _create(host, DISTRICT.slug, DISTRICT.name, DISTRICT.region, "district", kept)
        login = await _account(host, district, "head", "district_admin", "", None, record.password, _head_of_district())
        schools[DISTRICT.slug] = SchoolRecord((login,), "", 0)
        record = Record(record.password, dict(schools))
        record.save(kept)
    for plan in SCHOOLS:
        if plan.slug in schools:
            continue
        began = time.monotonic()
        space = await _create(host, plan.slug, plan.name, plan.region, "school", kept)
        filled = await populate(host, space, plan, with_marks=with_marks)
        schools[plan.slug] = SchoolRecord(
            await _logins(host, space, plan, filled, record.password), filled.class_name, filled.students
        )
        # Saved school by school, so that an interrupted first run continues where it was.
        record = Record(record.password, dict(schools))
        record.save(kept)
        say(f"{plan.name}: {filled.students} students, {plan.staff} staff  ({time.monotonic() - began:.1f} s)")
    await _govern(host, record)
    return record


async def _govern(host: Host, record: Record) -> None:
    """Put the schools into the district, which has a rule for them and whose head may look into one of them."""
    directory = cast("TenantDirectory", host.directory)
    district = await directory.space(DISTRICT.slug)
    apart = [school for plan in SCHOOLS if (school := (await directory.known()).by_slug[plan.slug]).district is None]
    if not apart:
        return
    for school in apart:
        await directory.join_district(school.space.id, district.id)
    caller = host.system_caller(district)
    await host.execute(
        caller, set_rule, role="admin", object="tenants.origins.set", action=RuleAction.RUN, effect=RuleEffect.DENY
    )
    await host.execute(caller, apply_district_policy, reason="The district decides which sites speak for its schools.")
    head = next(each.login for each in record.schools[DISTRICT.slug].logins)
    year_end = host.clock() + timedelta(days=365)
    await host.execute(
        caller, grant_in_school, login=head, school=SCHOOLS[0].slug, role="principal", valid_until=year_end,
        reason="The head of the district visits the school.",
    )  # fmt: skip


async def _create(host: Host, slug: str, name: str, region: str, kind: str, kept: Path) -> Space:
    try:
        await host.directory.space(slug)
    except Refusal:
        return await host.directory.create_space(
            slug=slug, name=name, region=region, kind="district" if kind == "district" else "school"
        )
    raise ConfigurationError(
        f"there is a space {slug!r} already, and {kept} does not know its logins; an earlier first run may have"
        " been interrupted. Move the database's folder away to start over (`homeroom database` says where it is)"
    )


async def _logins(host: Host, space: Space, plan: SchoolPlan, filled: Filled, password: str) -> tuple[Login, ...]:
    principal, registrar, admin = filled.staff[:3]
    names = await _names(host, space, filled)
    wanted: tuple[tuple[str, str, str, UUID], ...] = (
        ("principal", "principal", "head of the school", principal),
        ("registrar", "registrar", "keeps the registry", registrar),
        ("admin", "admin", "standing admin of the gradebook board", admin),
        ("homeroom", "homeroom teacher", f"homeroom teacher of {filled.class_name}", filled.homeroom_teacher),
        ("teacher", "teacher", f"teaches a subject in {filled.class_name}", filled.teacher),
        ("student", "student", f"in {filled.class_name}", filled.student),
        ("guardian", "guardian", "stands for that student", filled.guardian),
    )
    return tuple(
        [
            await _account(host, space, login, role, who, person, password, names[person])
            for login, role, who, person in wanted
        ]
    )


async def _names(host: Host, space: Space, filled: Filled) -> dict[UUID, str]:
    """What the people are called who can sign in."""
    async with office(host, space, "demo.logins") as context:
        rows = await context.fetch(
            "SELECT id, full_name FROM staff WHERE id = ANY($1) UNION ALL SELECT id, full_name FROM student"
            " WHERE id = $2 UNION ALL SELECT id, full_name FROM guardian WHERE id = $3",
            [*filled.staff, filled.homeroom_teacher, filled.teacher],
            filled.student,
            filled.guardian,
        )
    return {each["id"]: each["full_name"] for each in rows}


async def _account(
    host: Host, space: Space, start: str, role: str, who: str, person: UUID | None, password: str, name: str
) -> Login:
    login = f"{start}@{space.slug}.demo.invalid"
    account = await host.directory.create_account(login=login, name=name, password=password)
    granted = {"homeroom teacher": "teacher"}.get(role, role)
    await host.directory.add_member(space.id, account, roles=[granted], person=person)
    return Login(login, role, who)


def _head_of_district() -> str:
    name = people(DISTRICT.region, f"demo {DISTRICT.slug}").make().name
    return " ".join(filter(None, (name.family_name, name.middle_name, name.given_name)))
