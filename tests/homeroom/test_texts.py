"""Texts at the boundary: one form, no characters that mislead, nothing cut."""

from __future__ import annotations

import contextlib
import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom.commands import command
from homeroom.context import Context
from homeroom.errors import Refusal
from homeroom.text_arguments import character_problems
from homeroom.texts import code_text, composed, folded, forbidden, plain_text, required_text

#: A character of extension J (Unicode 17) and one of extension H (Unicode 15): Python 3.11 knows neither.
NEWER = "\U000323b0\U00031350"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(TEXTS)
def test_what_is_kept_is_composed_and_tidy_and_stays_so(text: str) -> None:
    with contextlib.suppress(Refusal):
        _check_kept(plain_text(text, 1000, "name"), text)


def _check_kept(kept: str, text: str) -> None:
    assert unicodedata.is_normalized("NFC", kept)
    assert kept == " ".join(kept.split()) == plain_text(kept, 1000, "name")
    assert kept == plain_text(unicodedata.normalize("NFD", text), 1000, "name")
    assert forbidden(kept) is None


@given(TEXTS)
def test_texts_that_differ_by_case_width_or_spaces_alone_are_twins(text: str) -> None:
    key = folded(text)
    assert key == folded(key)
    for other in (f"  {text}", unicodedata.normalize("NFD", text), f"\u200b{text}\u2060", text.casefold()):
        assert key == folded(other)


@pytest.mark.parametrize(
    "name",
    [
        "Bùi Minh Anh",
        f"陳{NEWER}",
        "क्‍ष",  # a joiner that the script needs
        "👩‍🏫 Club",
        "می‌خواهم",
        "O'Brien-Smith",
        "葛\U000e0100",  # a variant of a character
    ],
)
def test_names_of_all_scripts_are_kept(name: str) -> None:
    assert name == required_text(name, 120, "name")


@pytest.mark.parametrize("number", [*range(9), 0xB, 0x1B, 0x7F, 0x85, *range(0x202A, 0x202F), *range(0x2066, 0x206A),
                                    0xFFF9, 0xFFFF, 0x1FFFE, 0xE0041, 0xE000])  # fmt: skip
def test_characters_that_mislead_are_named(number: int) -> None:
    with pytest.raises(Refusal, match=f"U\\+{number:04X}") as refused:
        plain_text(f"6{chr(number)}A", 120, "rows.name", 3)
    assert [("rows.name", 3)] == [(each.field, each.row) for each in refused.value.problems]


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u200d", "\u200e", "\u3164", "\ufe0f", "\u00a0\u3000"])
def test_what_nobody_sees_is_no_value(text: str) -> None:
    with pytest.raises(Refusal, match="required"):
        required_text(text, 120, "name")


@pytest.mark.parametrize("text", ["6A", "６Ａ", "6\u200bA", "6\u200dA", " 6A ", "6\ufeffA", "6\u00adA", "6\ufe0fA"])
def test_codes_that_look_alike_are_one(text: str) -> None:
    assert "6A" == code_text(text, 20, "code")
    assert "6a" == folded(text)


def test_nothing_is_cut() -> None:
    with pytest.raises(Refusal, match="At most 5 characters") as refused:
        plain_text("123456", 5, "name")
    assert ["TOO_LONG"] == [each.code for each in refused.value.problems]
    # It is the composed form that is measured.
    assert 5 == len(plain_text(unicodedata.normalize("NFD", "ếếếếế"), 5, "name"))


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note."""

    text: str
    tags: list[str] | None = None


@command("shelf.note.write")
async def write_notes(context: Context, *, title: str | None, rows: list[NoteRow], count: int = 0) -> None:
    """Write notes."""


def test_the_arguments_of_a_command_are_searched() -> None:
    assert {"title", "rows"} == set(write_notes.texts)
    rows = [NoteRow("one\ntwo\tthree"), NoteRow("a\u202eb", ["x", "\x1b"])]
    found = character_problems(write_notes.texts, {"title": "\u2066x", "rows": rows, "count": 1})
    assert [("title", None), ("rows.text", 1), ("rows.tags", 1)] == [(each.field, each.row) for each in found]
    assert [] == character_problems(write_notes.texts, {"title": None, "rows": [NoteRow(composed("e\u0302"))]})
