"""What a new school of each region starts with: purposes and rules of its law, switched on where the law asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from homeroom.callers import Space
from homeroom.database.ids import new_id
from homeroom.host import Host
from homeroom.privacy.proposals import ProposedLogging, ProposedPurpose, ProposedRetention
from homeroom.testing import People

PURPOSES: Final = "{ consentPurposes { nodes { code legalBasis guardianBelowAge personFromAge active edition } } }"
RULES: Final = "{ retentionRules { nodes { personKind category months legalBasis active } } }"
ADOPT: Final = "mutation { adoptPrivacyPreset(input: {}) { result errors { code field } } }"
SET: Final = """mutation Set($months: Int!) {
  setRetention(input: {personKind: Student, category: IMAGE, months: $months, legalBasis: "the school's own rule"}) {
    errors { code field } } }"""
MakeSpace = Callable[..., Awaitable[Space]]


async def started(as_role: People, space: Space) -> tuple[dict[str, Any], dict[tuple[str, str | None], Any]]:
    """The purposes by code, and the rules by kind and category."""
    officer = await as_role(space, "data_protection")
    purposes = (await officer.gql(PURPOSES))["consentPurposes"]["nodes"]
    rules = (await officer.gql(RULES))["retentionRules"]["nodes"]
    return {each["code"]: each for each in purposes}, {(each["personKind"], each["category"]): each for each in rules}


@pytest.mark.parametrize(
    ("region", "below", "from_age", "law", "active"),
    [
        ("hk", 18, None, "Personal Data (Privacy) Ordinance (Cap. 486)", True),
        ("cn", 14, None, "Personal Information Protection Law, art. 13 to 15 and 31", True),
        ("vn", 16, 7, "Law on Personal Data Protection No. 91/2025/QH15, art. 24", False),
    ],
)
async def test_a_new_school_starts_with_what_its_region_proposes(
    make_space: MakeSpace, as_role: People, region: str, below: int, from_age: int | None, law: str, *, active: bool
) -> None:
    purposes, rules = await started(as_role, await make_space(region))
    photos = purposes["published_photos"]
    assert (below, from_age, True) == (photos["guardianBelowAge"], photos["personFromAge"], photos["active"])
    assert law in photos["legalBasis"]
    assert not purposes["class_contacts"]["active"]
    image = rules["Student", "IMAGE"]
    assert (12, active) == (image["months"], image["active"])
    assert "recommended" in image["legalBasis"]
    assert ("Student", None) not in rules, "how long marks are kept no region proposes"
    assert ("Student", "ACADEMIC_RECORD") not in rules
    assert (84 if region == "hk" else None) == rules.get(("Staff", None), {}).get("months")


async def test_an_older_school_takes_over_what_it_does_not_have_and_keeps_its_own(
    host: Host, make_space: MakeSpace, as_role: People
) -> None:
    ours, theirs = await make_space("hk"), await make_space("hk")
    before = await started(as_role, theirs)
    async with host.database.transaction(ours.id) as transaction:
        await transaction.execute("DELETE FROM retention_rule")
        await transaction.execute("DELETE FROM consent_purpose WHERE code <> 'published_photos'")
        await transaction.execute("UPDATE consent_purpose SET legal_basis = 'ours'")
    officer = await as_role(ours, "data_protection")
    assert [] == (await officer.gql(SET, months=36))["setRetention"]["errors"]
    for again in (False, True):
        adopted = (await officer.gql(ADOPT))["adoptPrivacyPreset"]
        assert ([], again) == (adopted["errors"], adopted["result"] == 0)
        purposes, rules = await started(as_role, ours)
        assert before[0].keys() == purposes.keys()
        assert before[1].keys() == rules.keys()
        assert (36, "ours") == (rules["Student", "IMAGE"]["months"], purposes["published_photos"]["legalBasis"])
        assert {1} == {each["edition"] for each in purposes.values()}
    assert before == await started(as_role, theirs)
    assert ["FORBIDDEN"] == await (await as_role(ours, "registrar")).refused(ADOPT)


async def test_a_school_without_the_registry_gets_no_rules_for_people_it_does_not_keep(
    host: Host, as_role: People
) -> None:
    made = await host.directory.create_space(slug=f"s-{new_id()}", name="Bare", region="hk", plugins=[])
    purposes, rules = await started(as_role, made)
    assert {"published_photos", "class_contacts"} == purposes.keys()
    assert {} == rules


async def test_every_preset_proposes_what_the_commands_take(host: Host) -> None:
    found = {each.region: each.options.get("privacy", {}) for each in host.hooks.collect("presets")}
    proposed = {region: each for region, each in found.items() if each}
    assert {"hk", "cn", "vn"} <= proposed.keys()
    for options in proposed.values():
        assert {"purposes", "retention", "logged_reads"} == options.keys()
        assert all(isinstance(each, ProposedPurpose) for each in options["purposes"])
        assert all(isinstance(each, ProposedRetention) for each in options["retention"])
        assert all(isinstance(each, ProposedLogging) for each in options["logged_reads"])
