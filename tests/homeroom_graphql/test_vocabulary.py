"""The vocabulary says about every noun and verb what the schema has, and offers each verb in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from homeroom.boot import closed_host
from homeroom.callers import Caller, Space
from homeroom.host import Host
from homeroom.permissions import WHOLE_SPACE, Access, Scopes
from homeroom.reference.pages import bundled
from homeroom_graphql.schema import declare
from homeroom_graphql.vocabulary import Vocabulary
from homeroom_graphql.vocabulary.build import vocabulary_for
from homeroom_graphql.vocabulary.values import Control, VerbPlace, VocabularyInput


@pytest.fixture(scope="module")
def closed() -> Host:
    """A host with the bundled plugins, which was never opened."""
    return closed_host(bundled())


@pytest.fixture(scope="module")
def caller(closed: Host) -> Caller:
    """The installation itself, in a school with every plugin."""
    plugins = frozenset(closed.registry.plugins)
    return closed.system_caller(Space(UUID(int=1), "s", "school", "S", "vn", ZoneInfo("UTC"), "vi", plugins))


@pytest.fixture(scope="module")
def whole(closed: Host, caller: Caller) -> Vocabulary:
    """All of it, in English."""
    return vocabulary_for(closed, caller, "en", [])


def inputs_within(inputs: Iterable[VocabularyInput]) -> Iterator[VocabularyInput]:
    """Inputs and those within groups."""
    for each in inputs:
        yield each
        yield from inputs_within(each.inputs)


def test_inputs_and_fields_are_those_of_the_schema(closed: Host, caller: Caller, whole: Vocabulary) -> None:
    specs = {spec.name: spec for spec in declare(closed.variant(caller.space.plugins)).specs}
    of_call = {"idempotencyKey", "rehearse"}
    for verb in whole.verbs:
        name = f"{verb.field[0].upper()}{verb.field[1:]}"
        declared = {each.name: each.type for each in specs[f"{name}Input"].fields}
        assert declared.keys() - {each.name for each in verb.inputs} == {*of_call, verb.reason}
        assert {each.name: each.type for each in verb.inputs}.items() <= declared.items()
        assert verb.answers is None or verb.answers in {each.name for each in specs[f"{name}Payload"].fields}
        for each in inputs_within(verb.inputs):
            if each.control is Control.GROUP:
                fields = specs[each.type.strip("[]!")].fields
                assert {(inner.name, inner.type) for inner in each.inputs} == {(one.name, one.type) for one in fields}
            if each.control is Control.CHOICE:
                assert [value.value for value in each.values] == [
                    value
                    for value in specs[each.type.strip("[]!")].values
                    if value != "OTHER" or "PersonKind" not in each.type
                ]
            # What may be any JSON must be given and may be null.
            assert each.required == each.type.endswith("!") or "JSON" == each.type
    for noun in whole.nouns:
        declared = {each.name: each.type for each in specs[noun.name].fields}
        for field in noun.fields:
            if field.search:
                continue
            assert field.type in declared[field.name] or field.many, f"{noun.name}.{field.name}"
            if field.values and field.type != "PersonKind":
                assert [each.value for each in field.values] == list(specs[field.type].values)


def test_every_verb_is_offered_somewhere(whole: Vocabulary) -> None:
    nouns = {each.name: each for each in whole.nouns}
    for verb in whole.verbs:
        names = {each.name for each in verb.inputs}
        assert {name for name in (verb.subject, verb.table) if name is not None} <= names
        assert (verb.place in (VerbPlace.ROW, VerbPlace.ROWS)) <= (verb.subject is not None)
        assert (verb.place is VerbPlace.TABLE) <= (verb.table is not None)
        assert (verb.noun is None) == (verb.place is VerbPlace.APART)
        if verb.noun in nouns:  # the installation itself has no notices
            assert verb in nouns[verb.noun].verbs
    placed = {each.field: (each.place, each.noun, each.subject, each.subject_noun, each.table) for each in whole.verbs}
    assert (VerbPlace.ROW, "Room", "room", "Room", None) == placed["changeRoom"]
    assert (VerbPlace.ROW, "Room", "room", "Room", None) == placed["removeRoom"]
    assert (VerbPlace.TABLE, "Room", "campus", "Campus", "rows") == placed["createRooms"]
    assert (VerbPlace.LIST, "Building", "campus", "Campus", None) == placed["createBuilding"]
    assert (VerbPlace.LIST, "Student", None, None, None) == placed["createStudent"]
    assert (VerbPlace.ROWS, "Lesson", "lessons", "Lesson", None) == placed["cancelLessons"]
    assert (VerbPlace.APART, None, None, None, None) == placed["setLanguage"]


def test_a_form_knows_limits_values_and_where_the_present_value_is(whole: Vocabulary) -> None:
    verb = next(each for each in whole.verbs if each.field == "changeRoom")
    inputs = {each.name: each for each in verb.inputs}
    assert (Control.TEXT, 20, False, ["code"]) == (
        inputs["code"].control, inputs["code"].longest, inputs["code"].clears, inputs["code"].current,
    )  # fmt: skip
    assert (Control.NUMBER, "1", "9999", True) == (
        inputs["capacity"].control, inputs["capacity"].lowest, inputs["capacity"].highest, inputs["capacity"].clears,
    )  # fmt: skip
    assert (Control.CODE, "school.room_kind", ["kind", "code"]) == (
        inputs["kind"].control, inputs["kind"].code_table, inputs["kind"].current,
    )  # fmt: skip
    assert (Control.REFERENCE, "Building", ["building", "id"]) == (
        inputs["building"].control, inputs["building"].noun, inputs["building"].current,
    )  # fmt: skip
    assert (Control.VERSION, ["version"]) == (inputs["expectedVersion"].control, inputs["expectedVersion"].current)
    create = next(each for each in whole.verbs if each.field == "createStudent")
    sex = next(each for each in create.inputs if each.name == "sex")
    assert (Control.CHOICE, "Female") == (sex.control, {each.value: each.label for each in sex.values}["FEMALE"])
    # A text that a plain column holds has the length of the column, also within a group.
    name = next(each for each in create.inputs if each.name == "name")
    assert all(each.longest for each in name.inputs if each.control is Control.TEXT)


def test_a_reader_is_informed_of_what_may_be_read_and_run(closed: Host, caller: Caller) -> None:
    def of(**access: Any) -> Vocabulary:
        import dataclasses

        given = Access(**{"resources": {}, "commands": {}, **access})
        return vocabulary_for(closed, dataclasses.replace(caller, access=given), "en", [])

    school = Scopes(frozenset({WHOLE_SPACE}))
    nothing = of(key="nothing")
    assert ([], [], []) == (nothing.nouns, nothing.verbs, nothing.queries)
    some = of(key="some", resources={"Student": school}, commands={"school.student.change": school})
    (student,) = some.nouns
    assert ["changeStudent"] == [each.field for each in some.verbs] == [each.field for each in student.verbs]
    assert "birthDate" in {each.name for each in student.fields}
    less = of(key="less", resources={"Student": school}, fields={"Student": {"birth_date": Scopes(frozenset())}})
    assert "birthDate" not in {each.name for each in less.nouns[0].fields}


def test_languages_differ_in_labels_alone(closed: Host, caller: Caller, whole: Vocabulary) -> None:
    for language in ("vi", "zh-Hant", "zh-Hans"):
        other = vocabulary_for(closed, caller, language, [])
        assert other is vocabulary_for(closed, caller, language, []), "it is made once"
        assert [each.name for each in whole.nouns] == [each.name for each in other.nouns]
        assert [each.name for each in whole.verbs] == [each.name for each in other.verbs]
        for noun in other.nouns:
            assert not noun.one.isascii() or language == "vi", noun.name
        unsaid = {each.label for each in other.verbs} & {each.label for each in whole.verbs}
        assert set() == unsaid


def test_it_lists_the_codes_of_refusals_with_their_texts(closed: Host, caller: Caller, whole: Vocabulary) -> None:
    texts = {each.name: each.label for each in whole.refusals}
    assert "The value must be between … and …." == texts["OUT_OF_RANGE"]
    chinese = {each.name: each.label for each in vocabulary_for(closed, caller, "zh-Hant", ()).refusals}
    assert texts.keys() == chinese.keys()
    assert texts["OUT_OF_RANGE"] != chinese["OUT_OF_RANGE"]
