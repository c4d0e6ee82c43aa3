"""The nouns of a vocabulary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from homeroom.custom import PREFIX
from homeroom.labels.terms import parts_of
from homeroom.logged_reads import logged_fields
from homeroom.resources import Field, Relation, camel_case
from homeroom_graphql.schema import singular
from homeroom_graphql.vocabulary.values import VocabularyField, VocabularyNoun, VocabularyValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from homeroom.custom_fields.titles import OwnField
    from homeroom.resources import Leaf, Resource
    from homeroom_graphql.sight import Sight
    from homeroom_graphql.vocabulary.speaker import Speaker
    from homeroom_graphql.vocabulary.values import VocabularyVerb

__all__ = ["FOR_PROGRAMS", "KNOWN_BY", "noun_of", "readable_noun"]

#: What people know a row by, the best first.
KNOWN_BY: Final = ("full_name", "name", "title", "code", "number")
#: What serves programs, and nobody who reads a list.
FOR_PROGRAMS: Final = frozenset({"sort_key", "version"})


def noun_of(
    speaker: Speaker, resource: Resource, own: Mapping[tuple[str, str], OwnField], logged: frozenset[str]
) -> VocabularyNoun:
    """A noun with all its fields and without verbs.

    Args:
        speaker: Says what things are called.
        resource: The noun.
        own: The school's own fields, by resource and name.
        logged: What the school has chosen to have logged, such as ``Student.birth_date``.
    """
    chosen = logged_fields(resource, logged)
    parts = {part.name: part for part in parts_of(resource)}
    return VocabularyNoun(
        name=resource.name,
        one=speaker.labels.noun(resource),
        many=speaker.labels.nouns(resource),
        description=speaker.text(resource.name, resource.description),
        row_field=singular(resource),
        list_field=None if resource.single else resource.plural,
        plugin=speaker.plugin(resource.name),
        known_by=[camel_case(name) for name in KNOWN_BY if name in parts],
        unlisted=camel_case(resource.unlisted) if resource.unlisted else None,
        person=resource.name in speaker.variant.persons,
        fields=[
            _field(speaker, resource, each, own.get((resource.name, each.name)), chosen) for each in parts.values()
        ],
        verbs=[],
    )


def readable_noun(
    whole: VocabularyNoun, sight: Sight, resource: Resource, verbs: list[VocabularyVerb]
) -> VocabularyNoun:
    """A noun as far as a reader may read it.

    Args:
        whole: What :func:`noun_of` made of the resource.
        sight: What the reader may read.
        resource: The noun.
        verbs: Those that are about it and that the reader may run.
    """
    names = {camel_case(part.name) for part in parts_of(resource) if sight.readable(resource, part.name)}
    return replace(
        whole,
        known_by=[each for each in whole.known_by if each in names],
        fields=[each for each in whole.fields if each.name in names],
        verbs=verbs,
    )


def _field(
    speaker: Speaker, resource: Resource, part: Field | Leaf | Relation, own: OwnField | None, logged: frozenset[str]
) -> VocabularyField:
    target = speaker.variant.by_table.get(part.target) if isinstance(part, Relation) else None
    field = part if isinstance(part, Field) else None
    described = part.description or (target.description if target is not None else "")
    return VocabularyField(
        name=camel_case(part.name),
        label=speaker.labels.field(resource, part.name),
        description=speaker.text(resource.name, described),
        type=_type(part, target),
        noun=target.name if target is not None else None,
        many=isinstance(part, Relation) and part.many,
        values=_values(speaker, resource, field, own) if field is not None else [],
        filterable=part.name in resource.filters,
        orderable=part.name in resource.order,
        sensitive=part.name in resource.sensitive,
        logged=part.name in logged,
        file=bool(field is not None and field.file),
        own=part.name.startswith(PREFIX),
        search=bool(field is not None and field.search),
        technical=part.name in FOR_PROGRAMS,
        lowest=None if own is None or own.minimum is None else format(own.minimum, "f"),
        highest=None if own is None or own.maximum is None else format(own.maximum, "f"),
    )


def _type(part: Field | Leaf | Relation, target: Resource | None) -> str:
    if isinstance(part, Relation):
        return "" if target is None else target.name
    return part.enum if isinstance(part, Field) and part.values else part.type


def _values(speaker: Speaker, resource: Resource, field: Field, own: OwnField | None) -> list[VocabularyValue]:
    if own is not None:
        upper = bool(field.values)  # several codes are texts, as they are
        return [VocabularyValue(code.upper() if upper else code, title) for code, title in own.codes.items()]
    if field.type == "PersonKind":
        return speaker.persons()
    source = f"{resource.name}.{field.name}"
    source = source if speaker.plugin(source) else resource.name
    return speaker.values(field.enum, field.values, source)
