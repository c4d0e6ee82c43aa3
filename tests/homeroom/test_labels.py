"""Everything that people meet has a label in each language, or is listed for translators."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from piccolo.columns import Varchar

from homeroom import Plugin, command, hookimpl
from homeroom.boot import closed_host
from homeroom.context import Context
from homeroom.database.tables import SchoolTable
from homeroom.host import Host
from homeroom.labels import labels_in, words
from homeroom.labels.translations import label_faults, missing, unlabelled
from homeroom.languages import LANGUAGES
from homeroom.plugins import PluginRegistry
from homeroom.reference.pages import bundled
from homeroom.resources import EVERYTHING, resource


@pytest.fixture(scope="module")
def closed() -> Host:
    """A host with the bundled plugins, which was never opened."""
    return closed_host(bundled(), check_texts=False)


def test_everything_of_the_bundled_plugins_has_a_text_in_each_language(closed: Host) -> None:
    assert [] == closed.registry.quarantined
    lacking = {
        (plugin, language): found
        for plugin in closed.registry.plugins
        for language in LANGUAGES[1:]
        if (found := missing(closed, plugin, language))
    }
    assert {} == lacking, "add them to the catalogues: homeroom translations PLUGIN LANGUAGE --write"
    assert [] == [fault for each in closed.registry.in_order() for fault in label_faults(closed, each)]


NOUNS: Final = {
    "en": ("Student", "Students", "School class", "School year", "Birth date", "Starts on", "Create school year"),
    "vi": ("Học sinh", "Học sinh", "Lớp", "Năm học", "Ngày sinh", "Ngày bắt đầu", "Thêm năm học"),
    "zh-Hant": ("學生", "學生", "班別", "學年", "出生日期", "開始日期", "新增學年"),
    "zh-Hans": ("学生", "学生", "班级", "学年", "出生日期", "开始日期", "新增学年"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nouns_fields_and_verbs_are_called_what_schools_of_the_region_call_them(language: str, closed: Host) -> None:
    variant = closed.variant(frozenset(closed.registry.plugins))
    labels = labels_in(variant, language)
    student, year = variant.resources["Student"], variant.resources["SchoolYear"]
    create = variant.commands["school.year.create"]
    reported = (
        labels.noun(student),
        labels.nouns(student),
        labels.noun(variant.resources["SchoolClass"]),
        labels.noun(year),
        labels.field(student, "birth_date"),
        labels.field(year, "starts_on"),
        labels.verb(create),
    )
    assert NOUNS[language] == reported
    # An argument is called as the field is that it writes.
    assert labels.field(year, "starts_on") == labels.argument(create, "starts_on")


def test_one_word_may_be_two_things_in_another_language(closed: Host) -> None:
    variant = closed.variant(frozenset(closed.registry.plugins))
    labels = labels_in(variant, "vi")
    survey, lesson = variant.resources["SurveyedClass"], variant.resources["Lesson"]
    assert ("Số tiết", "Tiết học") == (labels.field(survey, "lessons"), labels.nouns(lesson))
    assert "Lớp: Tên" == labels.through(
        variant.resources["ClassEnrolment"], "school_class", variant.resources["SchoolClass"], "name"
    )


# A plugin of somebody's own ------------------------------------------------------------------------------


class Lantern(SchoolTable, tablename="lantern"):
    """A lantern of the school."""

    glow = Varchar(length=20, default=None, help_text="How it glows.")
    name = Varchar(length=20, default=None, help_text="As people call it.")


@command("lamps.lantern.light", returns="Lantern")
async def light_lantern(context: Context, *, glow: str, wick: str) -> None:
    """Light a lantern."""


def plugin(locale: Path | None, **hooks: Any) -> Plugin:
    """A plugin with a noun and a verb."""

    class Lamps(Plugin):
        name = "lamps"
        title = "Lamps"
        requires = ("school",)

        @hookimpl
        def resources(self) -> Any:
            return [resource(Lantern, scopes={"school": EVERYTHING})]

        @hookimpl
        def commands(self) -> Any:
            return [light_lantern]

        @hookimpl
        def labels(self) -> Any:
            return {"Lantern": "Paper lantern"}

    return type("Made", (Lamps,), {"locale": locale, **hooks})()


HEADER: Final = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_what_a_new_plugin_lacks_is_listed_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "vi.po").write_text(HEADER + 'msgid "Glow"\nmsgstr "Độ sáng"\n', "utf-8")
    host = closed_host(PluginRegistry.discover([plugin(tmp_path)]), check_texts=False)
    lacking = missing(host, "lamps", "vi")
    assert {"Lamps", "Paper lantern", "Lanterns", "Light lantern", "Wick"} == lacking.keys()
    assert ["The noun Lantern, one."] == lacking["Paper lantern"]
    # The host's own catalogue has what is called the same everywhere.
    variant = host.variant(frozenset(host.registry.plugins))
    vietnamese, lantern = labels_in(variant, "vi"), variant.resources["Lantern"]
    assert ("Độ sáng", "Tên") == (vietnamese.field(lantern, "glow"), vietnamese.field(lantern, "name"))
    assert "Paper lantern" == vietnamese.noun(lantern), "what has no translation stays English"


def test_a_label_of_something_else_is_a_fault(tmp_path: Path) -> None:
    wrong = plugin(tmp_path, labels=hookimpl(lambda self: {"Student": "Pupil", "Lantern.glow": "Light"}))
    host = closed_host(PluginRegistry.discover([wrong]), check_texts=False)
    assert ["labels.LABELS names Student, which the plugin does not declare"] == list(label_faults(host, wrong))
    variant = host.variant(frozenset(host.registry.plugins))
    assert "Student" == labels_in(variant, "en").noun(variant.resources["Student"]), "nobody renames another's noun"


@pytest.mark.parametrize(
    "broken",
    [
        {"requires": ("school", "nobody_has_this")},
        {"jobs": hookimpl(lambda self: [1 / 0])},
        {"no_such_hook": hookimpl(lambda self: ())},
        {"api": ">=99"},
    ],
    ids=lambda broken: next(iter(broken)),
)
def test_a_plugin_in_quarantine_is_translated_too(broken: dict[str, Any], tmp_path: Path) -> None:
    made = plugin(tmp_path, **broken)
    host = closed_host(PluginRegistry.discover([made]), check_texts=False)
    assert ["lamps"] == [each.name for each in host.registry.quarantined]
    assert {"Paper lantern", "Light lantern", "Glow"} <= missing(host, "lamps", "vi").keys()
    assert {"Lantern.glow"} <= {term.key for term in unlabelled(host, made, "vi")}


# Names as words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("starts_on", "Starts on"), ("STARTS_ON", "Starts on"), ("startsOn", "Starts on"), ("StartsOn", "Starts on"),
        ("createRoom", "Create room"), ("url", "URL"), ("file_url", "File URL"), ("id", "ID"), ("term1", "Term1"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_name_becomes_words(name: str, label: str) -> None:
    assert label == words(name)


@given(st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=4))
def test_every_spelling_of_a_name_gives_the_same_words(parts: list[str]) -> None:
    snake = "_".join(parts)
    camel = parts[0] + "".join(part.capitalize() for part in parts[1:])
    assert words(snake) == words(snake.upper()) == words(camel)
