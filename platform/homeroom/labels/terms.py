"""The terms of a plugin: everything that has a label, with its name, its English label and its place."""

from __future__ import annotations

import dataclasses
import enum
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from homeroom.labels.names import words
from homeroom.resources import Field, Leaf, Relation, Resource

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.jobs import Job
    from homeroom.resources import Extension

__all__ = [
    "Declared",
    "Term",
    "argument_term",
    "field_term",
    "job_term",
    "noun_term",
    "nouns_term",
    "parts_of",
    "terms_of",
    "value_term",
    "verb_term",
]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that has a label.

    Args:
        key: Its name in ``LABELS``.
        english: The label that follows from its name.
        place: Where people see it, for translators.
        context: The ``msgctxt`` that may tell it from others with the same English label.
    """

    key: str
    english: str
    place: str
    context: str = ""

    def with_english(self, english: str) -> Term:
        """The same term with another English label."""
        return self if english == self.english else dataclasses.replace(self, english=english)


@dataclass(frozen=True, slots=True)
class Declared:
    """What one plugin declares, as far as it has labels.

    Args:
        title: Of the plugin.
        resources: What can be read of its own.
        extensions: What it adds to resources of others.
        verbs: Its commands and computed queries.
        jobs: Its jobs.
        roles: Roles to titles.
        rights: Rights to what they open.
        known: All resources that it may speak of, by name.
        by_table: The same by table.
    """

    title: str = ""
    resources: Iterable[Resource] = ()
    extensions: Iterable[Extension] = ()
    verbs: Iterable[Command | ComputedQuery] = ()
    jobs: Iterable[Job] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    rights: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, Resource] = field(default_factory=dict)
    by_table: Mapping[str, Resource] = field(default_factory=dict)


# One term -----------------------------------------------------------------------------------------------


def noun_term(resource: Resource) -> Term:
    """One row of a resource."""
    return Term(resource.name, words(resource.name), f"The noun {resource.name}, one.", resource.name)


def nouns_term(resource: Resource) -> Term:
    """Several rows of a resource."""
    return Term(resource.plural, words(resource.plural), f"The noun {resource.name}, several.", resource.name)


def field_term(resource: str, name: str) -> Term:
    """A field, leaf or relation of a resource.

    Args:
        resource: Its name.
        name: Of the part, in Python.
    """
    return Term(f"{resource}.{name}", words(name), f"A field of {resource}.", resource)


def verb_term(verb: Command | ComputedQuery) -> Term:
    """A command or a computed query."""
    return Term(verb.name, words(verb.function.__name__), f"The verb {verb.field}.", verb.name)


def argument_term(owner: str, name: str) -> Term:
    """An argument of a verb, or a field of a row or of a declared value.

    Args:
        owner: The verb's name (``school.room.create``), or that of the dataclass (``RoomRow``).
        name: In Python.
    """
    return Term(f"{owner}.{name}", words(name), f"An input or a part of {owner}.", owner)


def value_term(enum_name: str, value: str) -> Term:
    """A value of an enum.

    Args:
        enum_name: Its name in the schema.
        value: As the database has it.
    """
    return Term(f"{enum_name}.{value}", words(value), f"A value of {enum_name}.", enum_name)


def job_term(job: Job) -> Term:
    """A job."""
    return Term(f"jobs.{job.name}", words(job.function.__name__), f"The job {job.name}.", job.name)


# All terms ----------------------------------------------------------------------------------------------


def parts_of(resource: Resource) -> Iterator[Field | Leaf | Relation]:
    """Fields, leaves and relations of a resource."""
    yield from resource.fields.values()
    yield from resource.leaves.values()
    yield from resource.relations.values()


def terms_of(declared: Declared) -> Iterator[Term]:
    """Every term of a plugin; the same key may come more than once.

    Args:
        declared: What the plugin declares.
    """
    if declared.title:
        yield Term("plugin", declared.title, "The title of the plugin.")
    for resource in declared.resources:
        yield noun_term(resource)
        if not resource.single:
            yield nouns_term(resource)
        yield from _of_parts(resource.name, parts_of(resource))
    for extension in declared.extensions:
        extended = declared.by_table.get(extension.table)
        yield from _of_parts(extended.name if extended is not None else words(extension.table), extension.parts)
    for verb in declared.verbs:
        yield verb_term(verb)
        yield from _of_verb(verb, declared.known)
    for each_job in declared.jobs:
        yield job_term(each_job)
    for role, title in declared.roles.items():
        yield Term(f"roles.{role}", title, f"The role {role}.")
    for right, opens in declared.rights.items():
        yield Term(right, opens, f"The right {right}.")


def _of_parts(resource: str, parts: Iterable[Field | Leaf | Relation]) -> Iterator[Term]:
    for part in parts:
        yield field_term(resource, part.name)
        if isinstance(part, Field):
            for value in part.values:
                yield value_term(part.enum, value)


def _of_verb(verb: Command | ComputedQuery, known: Mapping[str, Resource]) -> Iterator[Term]:
    resource = known.get(getattr(verb, "returns", None) or "")
    names = {each.name for each in parts_of(resource)} if resource is not None else set()
    seen: set[Any] = set()
    for name, (kind, _) in verb.parameters.items():
        if name not in names:
            yield argument_term(verb.name, name)
        yield from _of_kind(kind, names, seen)
    if verb.value is not None and not getattr(verb.value, "for_programs", False):
        yield from _of_kind(verb.value, set(), seen)


def _of_kind(kind: Any, names: set[str], seen: set[Any]) -> Iterator[Term]:
    """The terms within a type: the fields of dataclasses that no field of the resource names, and values of enums."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        for value in kind:
            yield value_term(kind.__name__, str(value.value))
    elif isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if kind not in seen:
            seen.add(kind)
            hints = typing.get_type_hints(kind, include_extras=True)
            for each in dataclasses.fields(kind):
                if each.name not in names:
                    yield argument_term(kind.__name__, each.name)
                yield from _of_kind(hints[each.name], names, seen)
    elif typing.get_origin(kind) is not typing.Literal:
        for inner in typing.get_args(kind):
            yield from _of_kind(inner, names, seen)
