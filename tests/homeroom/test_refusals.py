"""Refusals as data: codes that are declared once, values that are written for people, and whose language is chosen."""

from __future__ import annotations

import ast
import copy
import enum
import importlib
import string
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeroom import Plugin, refusals
from homeroom.boot import closed_host
from homeroom.declared_codes import declared_codes, shared_codes
from homeroom.errors import ConfigurationError, Failure, Forbidden, Problem, Refusal
from homeroom.languages import LANGUAGES, placeholders, texts_in
from homeroom.messages import Messages, accepted_language
from homeroom.plugins import PluginRegistry
from homeroom.refusals import Code, FailureCode, FieldName

MESSAGES = Messages(PluginRegistry.discover([], installed=False))
ALL = Code("ALL", "{text} {number} {large} {decimal} {day} {hour} {state} {field} {several} {counted}")


class State(enum.Enum):
    """A state."""

    OPEN = "open"


VALUES = {
    "text": "{x}\n\u202e",
    "number": 2026,
    "large": 1_048_576,
    "decimal": Decimal("7.50"),
    "day": date(2026, 11, 3),
    "hour": time(8, 5),
    "state": State.OPEN,
    "field": FieldName("rows.starts_on"),
    "several": ["a", "b"],
    "counted": {"marks": 3},
}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "{x}?? 2026 1,048,576 7.50 3 November 2026 08:05 open Starts on a, b 3 marks"),
        ("vi", "{x}?? 2026 1.048.576 7,50 03/11/2026 08:05 open Ngày bắt đầu a, b 3 marks"),
        ("zh-Hant", "{x}?? 2026 1,048,576 7.50 2026年11月3日 08:05 open 開始日期 a、b 3 marks"),
    ],
)
def test_values_are_written_for_people(language: str, text: str) -> None:
    assert text == MESSAGES.text(ALL, VALUES, language)


def test_a_refusal_is_a_code_with_values_and_its_field_is_spelt_at_the_door() -> None:
    refusal = Refusal(refusals.TOO_LONG, "rows.exam_capacity", 3, most=20)
    assert ("TOO_LONG", "The text is too long. At most 20 characters are allowed.") == (refusal.code, str(refusal))
    shown = MESSAGES.problem(refusal.problems[0], "zh-Hant")
    assert {
        "code": "TOO_LONG",
        "message": "文字過長，最多可輸入 20 個字元。",
        "field": "rows.examCapacity",
        "row": 3,
    } == shown


def test_many_problems_are_counted() -> None:
    refusal = Refusal.of([Problem(refusals.REQUIRED, "rows.code", row) for row in range(250)])
    assert (101, "MORE_PROBLEMS", "rows") == (len(refusal.problems), *_end(refusal))
    assert "There are 250 problems in all. The first 100 are listed." == refusal.problems[-1].message


def _end(refusal: Refusal) -> tuple[str, str | None]:
    return refusal.problems[-1].code, refusal.problems[-1].field


def test_a_failure_has_the_status_of_its_code() -> None:
    assert (403, "FORBIDDEN") == (Forbidden().status, Forbidden().code)
    assert 404 == Failure(FailureCode("GONE", "It is gone.", 404)).status
    said = copy.copy(refusals.NOT_PERMITTED)
    assert ("FORBIDDEN", 403, refusals.NOT_PERMITTED.text) == (said, said.status, said.text)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_shared_text_is_translated(language: str) -> None:
    texts = texts_in(MESSAGES._locales[0], language)
    for code in shared_codes():
        assert code.text in texts, code
        assert placeholders(code.text) == placeholders(texts[code.text]), code


@given(st.text(max_size=40))
def test_no_value_and_no_missing_value_breaks_a_text(value: str) -> None:
    for language in LANGUAGES:
        assert MESSAGES.text(ALL, {"text": value}, language)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("vi", "vi"),
        ("zh-HK", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("fr-FR, de", None),
        ("fr, EN;q=0.1", "en"),
        ("en;q=0, vi;q=0.001", "vi"),
        ("en;q=nan, *", None),
        ("", None),
    ],
)
def test_the_language_that_a_request_prefers(header: str, language: str | None) -> None:
    assert language == accepted_language(header)


@given(st.binary(max_size=200))
def test_any_header_has_an_answer(header: bytes) -> None:
    assert accepted_language(header) in (None, *LANGUAGES)


def _plugin(name: str, *codes: Code) -> Plugin:
    """A plugin of one module with codes."""
    import sys

    module = f"plugin_of_{name}"
    made = type(string.capwords(name), (Plugin,), {"name": name, "title": name, "__module__": module})
    sys.modules[module] = SimpleNamespace(__name__=module, **{f"C{n}": code for n, code in enumerate(codes)})  # type: ignore[assignment]
    return made()  # type: ignore[no-any-return]


def _quarantined(*plugins: Plugin) -> dict[str, str]:
    registry = PluginRegistry.discover(plugins)
    closed_host(registry)
    return {each.name: each.reason for each in registry.quarantined}


def test_a_code_belongs_to_one_plugin() -> None:
    full = Code("SHELF_FULL", "The shelf is full.")
    assert {} == _quarantined(_plugin("one", full, refusals.TOO_LONG, full.with_text("The shelf {name} is full.")))
    assert {} == _quarantined(_plugin("one", full), _plugin("two", Code("SHELF_FULL", "The shelf is full.")))
    with pytest.raises(ConfigurationError, match="both give the code of refusals 'SHELF_FULL'"):
        _quarantined(_plugin("one", full), _plugin("two", Code("SHELF_FULL", "There is no room.")))
    broken = _quarantined(_plugin("one", Code("TOO_LONG", "Too long.")))
    assert "TOO_LONG" in broken["one"]


def test_a_code_that_the_kernel_gives_twice_ends_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "TOO_LONG_TOO", Code("TOO_LONG", "Too long."), raising=False)
    with pytest.raises(ConfigurationError, match="gives the code of refusals 'TOO_LONG' twice"):
        _quarantined()


_MAKERS = {
    *("Refusal", "Failure", "Forbidden", "Unauthenticated", "Unavailable", "Problem"),
    *("BadArchive", "BadInput", "TooComplex", "BadRequest", "RequestError"),
}
_PLUGINS = ("school", "gradebook", "vn", "hk", "cn")


@pytest.mark.parametrize(
    "package", ["homeroom", "homeroom_tenants", "homeroom_policies", "homeroom_graphql", "homeroom_documents"]
)
def test_no_refusal_of_the_host_is_written_with_a_text(package: str) -> None:
    assert [] == list(_written_with_text(package))


@pytest.mark.parametrize(
    "package", ["homeroom_school", "homeroom_gradebook", "homeroom_vn", "homeroom_hk", "homeroom_cn"]
)
def test_no_refusal_of_a_plugin_is_written_with_a_text(package: str) -> None:
    assert [] == list(_written_with_text(package))


def _written_with_text(package: str) -> Iterator[str]:
    """Where a refusal or a failure is made from a text in place of a code."""
    folder = Path(str(importlib.import_module(package).__file__)).parent
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            maker = node.func.value if isinstance(node.func, ast.Attribute) else node.func  # RequestError.of
            if not isinstance(maker, ast.Name):
                continue
            # A fault of a file begins with its file, line and column.
            place = 3 if maker.id in ("Fault", "Problem") and len(node.args) > 3 else 0
            said = node.args[place]
            text = isinstance(said, ast.JoinedStr) or (isinstance(said, ast.Constant) and isinstance(said.value, str))
            if text and (maker.id in _MAKERS or place):
                yield f"{file.relative_to(folder)}:{node.lineno}"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_of_an_installed_plugin_is_translated(language: str) -> None:
    known = {id(each) for each in shared_codes()}
    for plugin in PluginRegistry.discover().in_order():
        texts = texts_in(plugin.locale, language)
        own = [each for each in declared_codes(plugin) if id(each) not in known]
        assert [] == [each.text for each in own if each.text not in texts], plugin.name
        known |= {id(each) for each in own}
