"""What somebody holds in a space, at which time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from homeroom_tenants import Account, DatedRole, Grant, InForce, Membership, Standing

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
EAST, WEST, DISTRICT = uuid4(), uuid4(), uuid4()
STAFF, PARENT = uuid4(), uuid4()


def standing(*memberships: Membership, grants: tuple[Grant, ...] = ()) -> Standing:
    return Standing(Account(uuid4(), "mai", "Mai"), memberships, grants)


def member(space: UUID, *roles: DatedRole, person: UUID | None = None) -> Membership:
    return Membership(space, roles, person)


def days(count: float) -> datetime:
    return NOW + timedelta(days=count)


def test_a_teacher_may_be_a_guardian_too() -> None:
    both = standing(
        member(EAST, DatedRole("teacher"), person=STAFF), member(EAST, DatedRole("guardian"), person=PARENT)
    )
    assert InForce(frozenset({"teacher", "guardian"}), (STAFF, PARENT), None) == both.in_force(EAST, NOW)


def test_nothing_of_one_space_holds_in_another() -> None:
    one = standing(member(EAST, DatedRole("teacher"), person=STAFF))
    assert InForce(frozenset(), (), None) == one.in_force(WEST, NOW)
    assert frozenset({EAST}) == one.spaces()


def test_a_role_holds_from_its_first_moment_until_its_last() -> None:
    dated = standing(member(EAST, DatedRole("teacher", days(1), days(2)), person=STAFF))
    assert InForce(frozenset(), (), days(1)) == dated.in_force(EAST, NOW)
    assert InForce(frozenset({"teacher"}), (STAFF,), days(2)) == dated.in_force(EAST, days(1))
    assert InForce(frozenset(), (), None) == dated.in_force(EAST, days(2))


def test_a_person_is_removed_with_its_last_role() -> None:
    both = standing(
        member(EAST, DatedRole("teacher", None, days(1)), person=STAFF),
        member(EAST, DatedRole("guardian"), person=PARENT),
    )
    assert (STAFF, PARENT) == both.in_force(EAST, NOW).persons
    assert (PARENT,) == both.in_force(EAST, days(1)).persons


def test_a_districts_grant_holds_while_its_member_does() -> None:
    grant = Grant(DISTRICT, EAST, DatedRole("principal", None, days(3)))
    inspector = standing(member(DISTRICT, DatedRole("district_admin", None, days(2))), grants=(grant,))
    assert InForce(frozenset({"principal"}), (), days(2)) == inspector.in_force(EAST, NOW)
    assert frozenset() == inspector.in_force(EAST, days(2)).roles
    assert frozenset() == standing(grants=(grant,)).in_force(EAST, NOW).roles


dates = st.none() | st.integers(-5, 5).map(days)
dated_roles = st.builds(DatedRole, st.sampled_from(["teacher", "guardian"]), dates, dates)
memberships = st.builds(
    Membership,
    st.sampled_from([EAST, DISTRICT]),
    st.lists(dated_roles, max_size=3).map(tuple),
    st.sampled_from([STAFF, None]),
)
grants = st.builds(Grant, st.just(DISTRICT), st.just(EAST), dated_roles)


@given(
    st.lists(memberships, max_size=4).map(tuple), st.lists(grants, max_size=2).map(tuple), st.integers(-6, 6).map(days)
)
def test_what_holds_stays_the_same_until_it_says(
    held: tuple[Membership, ...], granted: tuple[Grant, ...], now: datetime
) -> None:
    somebody = Standing(Account(uuid4(), "mai", "Mai"), held, granted)
    first = somebody.in_force(EAST, now)
    last = first.until or days(100)
    assert last > now
    moment = now
    while moment < last and moment < days(7):
        later = somebody.in_force(EAST, moment)
        assert (first.roles, first.persons) == (later.roles, later.persons)
        moment += timedelta(hours=6)
