"""Labels in a language: see :mod:`homeroom.labels`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from homeroom.labels.terms import (
    Term,
    argument_term,
    field_term,
    job_term,
    noun_term,
    nouns_term,
    parts_of,
    value_term,
    verb_term,
)
from homeroom.languages import ENGLISH, text_among

if TYPE_CHECKING:
    from homeroom.commands import Command
    from homeroom.computed_queries import ComputedQuery
    from homeroom.jobs import Job
    from homeroom.resources import Resource
    from homeroom.variants import Variant

__all__ = ["Labels", "OwnTitles", "labels_in"]

#: Resource and name (``Student``, ``custom_bus``) of the fields that a school has added, to their titles.
OwnTitles = Mapping[tuple[str, str], str]


class Labels:
    """What the things of a variant are called in one language.

    Args:
        variant: What a space consists of.
        language: One of :data:`~homeroom.languages.LANGUAGES`.
        own: The titles of the space's own fields in this language.
    """

    def __init__(self, variant: Variant, language: str, own: OwnTitles | None = None) -> None:
        self.language = language
        self._variant = variant
        self._own = own or {}

    def noun(self, resource: Resource) -> str:
        """One row of a resource: Student."""
        return self._of(noun_term(resource), self._variant.given_by.get(resource.name, ""))

    def nouns(self, resource: Resource) -> str:
        """Several rows of a resource: Students. A resource of a single row has no plural."""
        if resource.single:
            return self.noun(resource)
        return self._of(nouns_term(resource), self._variant.given_by.get(resource.name, ""))

    def field(self, resource: Resource, name: str) -> str:
        """A field, leaf or relation of a resource: Starts on.

        Args:
            resource: The resource.
            name: Of the part, in Python: ``starts_on``.
        """
        own = self._own.get((resource.name, name))
        if own:
            return own
        given_by = self._variant.given_by
        plugin = given_by.get(f"{resource.name}.{name}") or given_by.get(resource.name, "")
        return self._of(field_term(resource.name, name), plugin)

    def through(self, resource: Resource, relation: str, target: Resource, name: str) -> str:
        """A field of the row that a relation leads to: School class: name."""
        head, tail = self.field(resource, relation), self.field(target, name)
        if self.language == ENGLISH:
            return f"{head}: {tail[:1].lower()}{tail[1:]}"
        return f"{head}：{tail}" if self.language.startswith("zh") else f"{head}: {tail}"

    def verb(self, verb: Command | ComputedQuery) -> str:
        """A command or a computed query: Create room."""
        return self._of(verb_term(verb), self._variant.given_by.get(verb.name, ""))

    def argument(self, verb: Command | ComputedQuery, name: str, row: str = "") -> str:
        """An argument of a verb. One that is called as a field of the rows it answers with has the field's label.

        Args:
            verb: The verb.
            name: Of the argument, in Python; with ``row``, of a field of this dataclass.
            row: The name of the dataclass of rows within the arguments.
        """
        plugin = self._variant.given_by.get(verb.name, "")
        term = argument_term(row or verb.name, name)
        if term.key not in self._variant.labels.get(plugin, {}):
            resource = self._variant.resources.get(getattr(verb, "returns", None) or "")
            if resource is not None and any(each.name == name for each in parts_of(resource)):
                return self.field(resource, name)
        return self._of(term, plugin)

    def value(self, enum_name: str, value: str, plugin: str) -> str:
        """A value of an enum: Homeroom class.

        Args:
            enum_name: Its name in the schema, or that of the class.
            value: As the database has it.
            plugin: Whose enum it is.
        """
        return self._of(value_term(enum_name, value), plugin)

    def job(self, job: Job, plugin: str) -> str:
        """A job: Recompute results."""
        return self._of(job_term(job), plugin)

    def role(self, name: str) -> str:
        """The title of a role: Teacher."""
        return self.text(self._variant.given_by.get(f"roles.{name}", ""), self._variant.roles.get(name, name))

    def right(self, name: str) -> str:
        """What a right opens, in a sentence."""
        return self.text(self._variant.given_by.get(name, ""), self._variant.rights.get(name, name))

    def text(self, plugin: str, text: str, context: str = "") -> str:
        """A text that a plugin wrote in English, such as its title, or that of a notice or a paper."""
        return self._of(Term("", text, "", context), plugin)

    def _of(self, term: Term, plugin: str) -> str:
        english = self._variant.labels.get(plugin, {}).get(term.key, term.english)
        return text_among(self._variant.catalogues.get(plugin, ()), self.language, english, term.context) or english


def labels_in(variant: Variant, language: str, own: OwnTitles | None = None) -> Labels:
    """The labels of a variant; one object for all who ask without titles of own fields.

    Example:
        items = context.variant.resources["LostItem"]
        heading = labels_in(context.variant, "vi").field(items, "found_on")
    """
    if own:
        return Labels(variant, language, own)
    key = ("labels", language)
    known: Any = variant.parts.get(key)
    if known is None:
        known = variant.parts[key] = Labels(variant, language)
    labels: Labels = known
    return labels
