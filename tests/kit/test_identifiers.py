"""Identifiers: worked examples of each kind, and what must hold for any number."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from homeroom.identifiers import (
    Checked,
    IdentifierError,
    IdentifierKind,
    compare_with_person,
    identifier_kind,
    identifier_kinds,
    normalise,
    register_kind,
)
from homeroom.identifiers.hong_kong import hkid_check_character
from homeroom.identifiers.mainland_china import resident_id_check_character

DIGITS = "0123456789"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("A123456(3)", "A1234563"),
        ("AB123456(9)", "AB1234569"),
        ("E364912(5)", "E3649125"),
        ("AB987654(3)", "AB9876543"),
        ("D288754(2)", "D2887542"),
        ("g123456(a)", "G123456A"),
        (" a 123456 （3） ", "A1234563"),
    ],
)
def test_an_hkid_is_stored_without_brackets(written: str, stored: str) -> None:
    assert stored == normalise("hk.hkid", written).value


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("A123456(4)", "check_character"),
        ("A12345(3)", "characters"),
        ("ABC123456(3)", "characters"),
        ("A123456", "characters"),
        ("  ", "empty"),
    ],
)
def test_a_wrong_hkid_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        normalise("hk.hkid", written)
    assert code == refused.value.code
    assert "123456" not in str(refused.value), "an error must not spread the number"


def test_an_hkid_is_masked_in_lists() -> None:
    assert "A123***(*)" == identifier_kind("hk.hkid").mask("A1234563")
    assert "AB123***(*)" == identifier_kind("hk.hkid").mask("AB1234569")


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2), st.text(DIGITS, min_size=6, max_size=6))
def test_an_hkid_has_exactly_one_check_character(letters: str, digits: str) -> None:
    accepted = []
    for last in DIGITS + "A":
        try:
            accepted.append(normalise("hk.hkid", letters + digits + last).value[-1])
        except IdentifierError:
            continue
    assert [hkid_check_character(letters, digits)] == accepted


def test_the_resident_id_carries_birth_date_and_sex() -> None:
    checked = normalise("cn.resident_id", "11010519491231002x")
    assert Checked("11010519491231002X", birth_date=date(1949, 12, 31), sex="female") == checked
    assert "male" == normalise("cn.resident_id", "440524188001010014").sex


def test_an_old_resident_id_becomes_the_new_one() -> None:
    checked = normalise("cn.resident_id", "110105491231002")
    assert "11010519491231002X" == checked.value
    assert ["old_number"] == [doubt.code for doubt in checked.warnings]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("110105194912310021", "check_character"),
        ("11010519491331002X", "check_character"),
        ("1101051949123100", "length"),
        ("1101051949123100AX", "characters"),
        ("110105491331002", "birth_date"),
    ],
)
def test_a_wrong_resident_id_is_refused(written: str, code: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        normalise("cn.resident_id", written)
    assert code == refused.value.code


def test_the_region_of_a_resident_id_is_never_looked_up() -> None:
    first = "99999919991231123"
    assert (
        first + resident_id_check_character(first)
        == normalise("cn.resident_id", first + resident_id_check_character(first)).value
    )


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(0, 999), st.integers(0, 16), st.data())
def test_one_wrong_digit_of_a_resident_id_is_always_found(
    born: date, sequence: int, place: int, data: st.DataObject
) -> None:
    first = f"110105{born:%Y%m%d}{sequence:03d}"
    whole = first + resident_id_check_character(first)
    assert born == normalise("cn.resident_id", whole).birth_date
    other = data.draw(st.sampled_from([digit for digit in DIGITS if digit != whole[place]]))
    with pytest.raises(IdentifierError):
        normalise("cn.resident_id", whole[:place] + other + whole[place + 1 :])


def test_what_differs_from_the_record_is_a_warning() -> None:
    checked = normalise("cn.resident_id", "11010519491231002X")
    assert () == compare_with_person(checked, birth_date=date(1949, 12, 31), sex="female")
    found = compare_with_person(checked, birth_date=date(1949, 12, 30), sex="male")
    assert ["birth_date_differs", "sex_differs"] == [doubt.code for doubt in found]
    assert () == compare_with_person(checked, sex="unspecified")


def test_vietnamese_numbers() -> None:
    assert "7900123456" == normalise("vn.sector_code", "79 0012 3456").value
    personal = normalise("vn.personal_number", "079314012345")
    assert ("female", 2014) == (personal.sex, personal.birth_year)
    assert ("male", 1985) == (
        normalise("vn.personal_number", "001085012345").sex,
        normalise("vn.personal_number", "001085012345").birth_year,
    )
    found = compare_with_person(personal, birth_date=date(2015, 1, 1))
    assert ["birth_year_differs"] == [doubt.code for doubt in found]


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("vn.sector_code", "790012345", "length"),
        ("vn.sector_code", "790012345x", "characters"),
        ("vn.personal_number", "79314012345", "length"),
        ("vn.personal_number", "٠٧٩٣١٤٠١٢٣٤٥x", "characters"),
        ("hk.strn", "S1234567890", "length"),
        ("any.passport", "AB 12/3", "characters"),
        ("xx.unknown", "1", "unknown_kind"),
    ],
)
def test_other_wrong_numbers(kind: str, written: str, code: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        normalise(kind, written)
    assert (kind, code) == (refused.value.kind, refused.value.code)


def test_the_student_reference_number_is_opaque() -> None:
    assert "S123456A" == normalise("hk.strn", "s123456a").value


@given(st.sampled_from([kind.name for kind in identifier_kinds()]), st.text(max_size=24))
@example("hk.strn", "R¸")  # a mark behind a space, which joins the letter when the space is removed
def test_normalising_is_idempotent_or_refuses_with_its_type(kind: str, text: str) -> None:
    try:
        stored = normalise(kind, text).value
    except IdentifierError:
        return
    assert stored == normalise(kind, stored).value
    assert len(identifier_kind(kind).mask(stored)) >= 1


def test_a_plugin_adds_a_kind_but_not_twice() -> None:
    kind = IdentifierKind("zz.badge", "ZZ", "badge", Checked, lambda value: "***")
    register_kind(kind)
    register_kind(kind)
    assert "B7" == normalise("zz.badge", "b7").value
    assert "zz.badge" in [each.name for each in identifier_kinds("ZZ")]
    assert "zz.badge" not in [each.name for each in identifier_kinds("HK")]
    with pytest.raises(ValueError, match="twice"):
        register_kind(IdentifierKind("zz.badge", "ZZ", "another", Checked, str))
