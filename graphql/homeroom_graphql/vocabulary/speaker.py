"""What the things of a school are called for one reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeroom.languages import text_among
from homeroom_graphql.vocabulary.values import VocabularyValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from homeroom.labels import Labels
    from homeroom.variants import Variant

__all__ = ["Speaker"]


class Speaker:
    """Labels and texts of a variant in one language.

    Args:
        variant: What the school consists of.
        labels: Its labels in the language.
    """

    def __init__(self, variant: Variant, labels: Labels) -> None:
        self.variant = variant
        self.labels = labels

    def plugin(self, name: str) -> str:
        """The plugin that gives a noun, a field of it, or a verb."""
        return self.variant.given_by.get(name, "")

    def text(self, source: str, text: str) -> str:
        """A description in the reader's language if its plugin translates it, else in English.

        Args:
            source: The noun, the field or the verb that it describes.
            text: In English.
        """
        folders = self.variant.catalogues.get(self.plugin(source), ())
        return (text_among(folders, self.labels.language, text) if text else "") or text

    def values(self, enum_name: str, values: Sequence[str], source: str) -> list[VocabularyValue]:
        """The values of an enum with their labels.

        Args:
            enum_name: Its name.
            values: As the database has them.
            source: The noun, the field or the verb that has it.
        """
        plugin = self.plugin(source) or self.plugin(source.partition(".")[0])
        return [VocabularyValue(each.upper(), self.labels.value(enum_name, each, plugin)) for each in values]

    def persons(self) -> list[VocabularyValue]:
        """The kinds of persons."""
        resources = (self.variant.resources[name] for name in self.variant.persons)
        return [VocabularyValue(each.name, self.labels.noun(each)) for each in resources]
