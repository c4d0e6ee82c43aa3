"""``homeroom gradebook verify``: worked examples through the installed rules, without a database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from homeroom_gradebook.cli import gradebook

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {
    "id": "one",
    "circular": "TT22/2021",
    "kind": "learning_result",
    "input": {"scored": [8, 8, 8, 8, 8, 8, 7, 6.5], "comment": ["Đ", "Đ"], "mode": "exclude"},
    "expected": {"raw": "Tốt", "final": "Tốt"},
}


def verify(path: Path, document: Any) -> tuple[int, str]:
    file = path / "examples.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    result = CliRunner().invoke(gradebook, ["verify", str(file)])
    return result.exit_code, result.output


def test_examples_that_come_out_pass(tmp_path: Path) -> None:
    assert (0, "1 examples: 1 passed, 0 failed\n") == verify(tmp_path, {"examples": [GOOD]})


def test_a_mismatch_is_printed_and_fails(tmp_path: Path) -> None:
    wrong = {**GOOD, "id": "two", "expected": {"raw": "Khá", "final": "Khá"}}
    code, output = verify(tmp_path, {"examples": [GOOD, wrong]})
    assert 1 == code
    assert "two (TT22/2021, learning_result): expected" in output
    assert output.endswith("2 examples: 1 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "horoscope"}, "no installed scheme runs 'horoscope' of 'TT22/2021'"),
        ({"circular": "TT1/1900"}, "no installed scheme runs 'learning_result' of 'TT1/1900'"),
        ({"input": {"scored": [8]}}, "missing required field `comment`"),
        ({"input": {"scored": [8], "comment": [], "luck": 1}}, "unknown field `luck`"),
        ({"input": {"scored": ["eight"], "comment": []}}, "scored"),
        ({"input": {"scored": [12], "comment": []}}, "from 0 to 10; 12 lies outside"),
        ({"input": {"scored": [8], "comment": ["maybe"]}}, "“maybe” is none of"),
        ({"input": {"scored": [8], "comment": [], "mode": "guess"}}, "mode is one of"),
        ({"input": "words"}, "Expected `object`"),
        ({"input": {"scored": [], "comment": []}}, "no subjects"),
    ],
)
def test_an_example_that_cannot_be_run_fails_with_its_reason(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    code, output = verify(tmp_path, {"examples": [{**GOOD, **change}]})
    assert 1 == code
    assert message in output
    assert output.endswith("1 examples: 0 passed, 1 failed\n")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "not JSON"),
        ("[]", "needs an object with a list named 'examples'"),
        ('{"examples": {}}', "needs an object with a list named 'examples'"),
        ('{"examples": []}', "is empty"),
        ('{"examples": [1]}', "examples[0]: is not an object"),
        ('{"examples": [{"id": 5}]}', "examples[0]: needs a text 'id'"),
        ('{"examples": [{"id": "a", "circular": "b", "kind": "c", "input": 1}]}', "has no 'expected'"),
        ('{"examples": [], "examples": []}', "is given twice"),
        ('{"examples": [NaN]}', "NaN is no number"),
    ],
)
def test_a_malformed_file_fails_with_its_place(tmp_path: Path, document: str, message: str) -> None:
    code, output = verify(tmp_path, document)
    assert 1 == code
    assert message in output


def test_two_examples_of_one_name_are_refused(tmp_path: Path) -> None:
    code, output = verify(tmp_path, {"examples": [GOOD, GOOD]})
    assert 1 == code
    assert "examples[1]: a second example has the id 'one'" in output


def test_a_missing_file_fails(tmp_path: Path) -> None:
    result = CliRunner().invoke(gradebook, ["verify", str(tmp_path / "none.json")])
    assert 1 == result.exit_code
    assert "No such file" in result.output


def test_true_is_not_one(tmp_path: Path) -> None:
    example = {
        "id": "bool",
        "circular": "TT27/2020",
        "kind": "primary_year",
        "input": {"subjects": ["T"], "qualities_competences": ["T"], "year_end_tests": [9]},
        "expected": {"level": "Hoàn thành xuất sắc", "title": "Học sinh Xuất sắc", "completes_grade": 1},
    }
    assert 1 == verify(tmp_path, {"examples": [example]})[0]
