"""Names: the order that lists have in each script, when keys are compared byte by byte."""

from __future__ import annotations

import os
import unicodedata
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.names import (
    LONGEST_KEY,
    Order,
    PersonName,
    Script,
    load_readings,
    order_for,
    sort_key,
    split_full_name,
)
from homeroom.names.strokes import UNKNOWN, pack_stroke_counts, stroke_count
from homeroom_bench.names import generated_name


def ordered(script: Script, names: list[str], order: Order | None = None) -> list[str]:
    """The names in the order that a database column with the C collation gives their keys."""
    return sorted(names, key=lambda name: sort_key(split_full_name(script, name), order).encode())


def test_vietnamese_names_go_by_given_name_then_middle_then_family() -> None:
    names = ["Trần Văn Bình", "Nguyễn Thị An", "Lê Văn An", "Phạm An", "Đỗ Minh Ánh", "Bùi Minh Ánh"]
    expected = ["Phạm An", "Nguyễn Thị An", "Lê Văn An", "Bùi Minh Ánh", "Đỗ Minh Ánh", "Trần Văn Bình"]
    assert expected == ordered(Script.VIETNAMESE, names)


def test_vietnamese_letters_follow_the_alphabet() -> None:
    names = ["Lê Ăn", "Lê Dũng", "Lê Đạt", "Lê Ân", "Lê Anh", "Lê Ơn", "Lê Oanh", "Lê Ông", "Lê Yến", "Lê Ước"]
    expected = [
        "Lê Anh", "Lê Ăn", "Lê Ân", "Lê Dũng", "Lê Đạt", "Lê Oanh", "Lê Ông", "Lê Ơn", "Lê Ước", "Lê Yến",
    ]  # fmt: skip
    assert expected == ordered(Script.VIETNAMESE, names)


def test_vietnamese_tones_decide_between_equal_letters_only() -> None:
    names = ["Lê Hoạ", "Lê Hoá", "Lê Hoã", "Lê Hoả", "Lê Hoà", "Lê Hoa", "Lê Hoan"]
    expected = ["Lê Hoa", "Lê Hoà", "Lê Hoả", "Lê Hoã", "Lê Hoá", "Lê Hoạ", "Lê Hoan"]
    assert expected == ordered(Script.VIETNAMESE, names)


def test_where_the_tone_mark_is_does_not_matter() -> None:
    # Both spellings are in use: Hòa and Hoà.
    assert sort_key(split_full_name(Script.VIETNAMESE, "Lê Hòa")) == sort_key(
        split_full_name(Script.VIETNAMESE, "Lê Hoà")
    )


@given(st.integers(0, 10_000))
def test_composed_and_decomposed_names_have_one_key(seed: int) -> None:
    name = generated_name(Random(seed), Script.VIETNAMESE)
    apart = PersonName(
        name.script, *(unicodedata.normalize("NFD", part) for part in (name.given, name.family, name.middle))
    )
    assert sort_key(name) == sort_key(apart)


def test_chinese_names_by_pinyin_read_family_names_as_family_names() -> None:
    # zeng, not ceng; shan, not dan; ou, not qu.
    names = ["王伟", "曾伟", "单伟", "区伟", "张伟", "陈伟", "欧阳伟"]
    expected = ["陈伟", "区伟", "欧阳伟", "单伟", "王伟", "曾伟", "张伟"]
    assert expected == ordered(Script.HAN_SIMPLIFIED, names)


def test_pinyin_is_ordered_by_syllable_before_tone() -> None:
    # li before lin, whatever the tones; lu before lü.
    assert ["李安", "林安", "鲁安", "吕安"] == ordered(Script.HAN_SIMPLIFIED, ["吕安", "林安", "鲁安", "李安"])


def test_chinese_names_by_strokes() -> None:
    names = ["陳大文", "丁一", "王小明", "李小明", "歐陽明"]
    assert ["丁一", "王小明", "李小明", "陳大文", "歐陽明"] == ordered(Script.HAN_TRADITIONAL, names)


@pytest.mark.parametrize(("character", "count"), [("一", 1), ("王", 4), ("李", 7), ("陳", 10), ("張", 11), ("龍", 16)])
def test_strokes_are_those_of_unihan(character: str, count: int) -> None:
    assert count == stroke_count(character)


def test_a_character_without_strokes_sorts_last() -> None:
    assert UNKNOWN == stroke_count("a")
    assert ["龍一", "Ann"] == ordered(Script.HAN_TRADITIONAL, ["Ann", "龍一"], Order.STROKES)


def test_the_stroke_table_is_made_from_unihan_lines() -> None:
    packed = pack_stroke_counts(
        ["# comment", "U+4E00\tkTotalStrokes\t1", "U+4E00\tkRSUnicode\t1.0", "U+8303\tkTotalStrokes\t8 9"]
    )
    assert isinstance(packed, bytes)
    assert packed != pack_stroke_counts([])


def test_latin_names_go_by_family_name_and_accents_weigh_least() -> None:
    names = ["Zoë Émile", "Adam emile", "Bea Emile", "Cy Ender"]
    assert ["Adam emile", "Bea Emile", "Zoë Émile", "Cy Ender"] == ordered(Script.LATIN, names)


def test_full_names_are_written_as_the_script_writes_them() -> None:
    assert "Nguyễn Thị An" == PersonName(Script.VIETNAMESE, "An", "Nguyễn", "Thị").full
    assert "歐陽大文" == PersonName(Script.HAN_TRADITIONAL, "大文", "歐陽").full
    assert "Ada Brook Carver" == PersonName(Script.LATIN, "Ada", "Carver", "Brook").full


def test_full_names_are_split_as_the_script_splits_them() -> None:
    assert PersonName(Script.VIETNAMESE, "Anh", "Nguyễn", "Thị Minh") == split_full_name(
        Script.VIETNAMESE, "Nguyễn  Thị Minh Anh"
    )
    assert PersonName(Script.HAN_TRADITIONAL, "大文", "歐陽") == split_full_name(Script.HAN_TRADITIONAL, "歐陽大文")
    assert PersonName(Script.HAN_SIMPLIFIED, "欧阳") == split_full_name(Script.HAN_SIMPLIFIED, "欧阳") or (
        PersonName(Script.HAN_SIMPLIFIED, "阳", "欧") == split_full_name(Script.HAN_SIMPLIFIED, "欧阳")
    )
    assert PersonName(Script.LATIN, "Ada") == split_full_name(Script.LATIN, "Ada")


@given(st.sampled_from(Script), st.integers(0, 10_000))
def test_generated_names_are_split_into_what_they_were_made_of(script: Script, seed: int) -> None:
    name = generated_name(Random(seed), script)
    assert name == split_full_name(script, name.full)


@given(st.sampled_from(Order), st.text(max_size=120), st.text(max_size=120), st.text(min_size=1, max_size=120))
def test_any_text_has_a_key_that_an_index_can_hold(order: Order, family: str, middle: str, given_name: str) -> None:
    key = sort_key(PersonName(Script.LATIN, given_name, family, middle), order)
    assert len(key) <= LONGEST_KEY
    assert key == key.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass")


@given(st.sampled_from(Order), st.integers(0, 10_000))
def test_a_longer_given_name_comes_after_its_beginning(order: Order, seed: int) -> None:
    script = {Order.VIETNAMESE: Script.VIETNAMESE, Order.LATIN: Script.LATIN}.get(order, Script.HAN_SIMPLIFIED)
    name = generated_name(Random(seed), script)
    tail = "z" if script in (Script.LATIN, Script.VIETNAMESE) else "一"
    longer = PersonName(script, name.given + tail, name.family, name.middle)
    if script is Script.VIETNAMESE:
        # The tone comes after the letters of a syllable, so a longer syllable is compared letter by letter.
        longer = PersonName(script, f"{name.given} {name.given}", name.family, name.middle)
    assert sort_key(name, order).encode() < sort_key(longer, order).encode()


def test_each_script_has_its_order() -> None:
    assert [Order.LATIN, Order.VIETNAMESE, Order.STROKES, Order.PINYIN] == [order_for(each) for each in Script]


def test_the_phrases_of_the_library_are_left_out() -> None:
    load_readings()
    from pypinyin.constants import PHRASES_DICT

    assert not PHRASES_DICT
    assert "PYPINYIN_NO_PHRASES" not in os.environ
